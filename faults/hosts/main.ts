/**
 * npm run faults:hosts -- [--json]: three hosts, one PostgreSQL, and the network of one host is cut off in mid-run
 * (README.md). The hosts are network namespaces of a namespace of their own, which Linux takes down with the last process
 * in it: nothing of the machine's own network is touched, and nothing of it can be left behind.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** New network, mounts and process ids for what follows; who is killed takes everything in it along. */
const apart = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']

const isJson = process.argv.includes('--json')
const obstacle = whyNot()
if (obstacle === undefined) process.exitCode = await playApart()
else {
  console.log(`skipped: ${obstacle}`)
  if (isJson) console.log(JSON.stringify({ ok: true, checks: [], skipped: obstacle }))
}

/** What this machine lacks to lay out hosts, in a sentence. */
function whyNot(): string | undefined {
  if (process.platform !== 'linux') return `hosts are network namespaces of Linux, and this is ${process.platform}`
  if (process.getuid?.() !== 0) return 'laying out hosts as network namespaces needs root'
  const tried = spawnSync('unshare', [
    ...apart,
    'sh',
    '-c',
    'mount -t tmpfs none /run && ip netns add probe && ip link add probe0 type veth peer name probe1',
  ])
  if (tried.status === 0) return undefined
  const said = (tried.stderr?.toString() || tried.error?.message || '').trim().split('\n').at(-1)
  return `this machine allows no network namespaces (${said})`
}

async function playApart(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantatlas-hosts-'))
  // The server's user passes through it.
  await chmod(folder, 0o755)
  try {
    const program = join(import.meta.dirname, 'play.ts')
    const child = spawn('unshare', [...apart, process.execPath, program, ...(isJson ? ['--json'] : [])], {
      stdio: 'inherit',
      env: { ...process.env, TMPDIR: folder },
    })
    const stop = () => void child.kill('SIGTERM')
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
    const [code] = (await once(child, 'exit')) as [number | null]
    return code ?? 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
