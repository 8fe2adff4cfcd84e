import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { nouns, commandsWithoutNoun } from '#entrypoints/cli/catalogue.ts'
import type { CommandSpec } from '#entrypoints/cli/command-spec.ts'
import { createProgram } from '#entrypoints/cli/program.ts'
import { runCli } from '#entrypoints/cli/testing.ts'

const specs: readonly [string, CommandSpec][] = [
  ...nouns.flatMap(({ noun, commands }) =>
    commands.map((spec) => [`${noun} ${spec.usage.split(' ')[0]}`, spec] as [string, CommandSpec]),
  ),
  ...commandsWithoutNoun.map((spec) => [spec.usage.split(' ')[0] ?? '', spec] as [string, CommandSpec]),
]

describe('createProgram()', () => {
  test.each(specs)('understands the examples of %s', async (_name, spec) => {
    for (const example of spec.examples) {
      const dispatched: CommandSpec[] = []
      const program = createProgram(async (found) => void dispatched.push(found))
      await program.parseAsync(wordsOf(example), { from: 'user' })
      expect(dispatched).toEqual([spec])
    }
  })

  test('gives a command its arguments, its options and those of all commands, wherever they stand', async () => {
    let given: unknown
    const program = createProgram(
      async (_spec, args, options, globalOptions) => void (given = { args, options, globalOptions }),
    )
    await program.parseAsync(
      ['-o', 'json', 'assignments', 'fetch', 'one', '--type', 'intents', 'two', '--tenant', 'Contoso', '--no-wait'],
      { from: 'user' },
    )
    expect(given).toMatchObject({
      args: ['one', 'two'],
      options: { type: ['intents'] },
      globalOptions: { output: 'json', tenant: 'Contoso', wait: false, input: true },
    })
  })

  test.each(specs)('has %s in docs/cli.md', async (name) => {
    const docs = await readFile(join(import.meta.dirname, '../../../docs/cli.md'), 'utf8')
    expect(docs).toContain(`\`${name}`)
  })

  test.each(specs)('can load %s', async (_name, spec) => {
    expect(await spec.load()).toBeTypeOf('function')
  })
})

describe('the completion script', () => {
  test.each(['bash', 'zsh', 'fish'])('of %s knows every command', async (shell) => {
    const { stdout, exitCode } = await runCli(['completion', shell], {})
    expect(exitCode).toBe(0)
    for (const [name] of specs) expect(stdout).toContain(name.split(' ').at(-1))
  })

  test('of bash completes nouns, verbs and options', async () => {
    const { stdout: script } = await runCli(['completion', 'bash'], {})
    expect(await completionsOf(script, ['res'])).toEqual(['restore'])
    expect(await completionsOf(script, ['restore', 'pl'])).toEqual(['plan'])
    expect(await completionsOf(script, ['restore', 'plan', '--mo'])).toEqual(['--mode'])
    expect(await completionsOf(script, ['tenant', 'list', '-o', 'js'])).toEqual(['json', 'jsonl'])
    expect(await completionsOf(script, ['up', '--simulator'])).toEqual(['--simulator-port'])
  })
})

async function completionsOf(script: string, words: readonly string[]): Promise<string[]> {
  const line = ['tenantatlas', ...words].map((word) => `'${word}'`).join(' ')
  const ask = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length}; _tenantatlas; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = await promisify(execFile)('bash', ['-c', ask])
  return stdout.split('\n').filter((word) => word !== '')
}

/** The words of an example as a shell gives them, without the program, variables before it and what it is piped into. */
function wordsOf(example: string): string[] {
  const own = example.replace(/^.*?\btenantatlas /, '').replace(/(\)| > .*)$/, '')
  return (own.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''))
}
