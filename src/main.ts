/** The program `tenantatlas`: reads the command line, runs one command, ends with its exit code. */
import { runCli } from '#entrypoints/cli/run-cli.ts'

// Who reads our output may stop reading: `tenantatlas policy list | head` is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  // Loaded when a command first needs it: help and completion start without.
  compose: async (config, options) => (await import('./compose.ts')).compose(config, options),
})
