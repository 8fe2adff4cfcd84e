/** The network of the hosts: a bridge with an address, and each host behind a cable that can be cut. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const hostNames = ['host-1', 'host-2', 'host-3'] as const
export type HostName = (typeof hostNames)[number]

/** Where hosts reach the database and Microsoft. */
export const hubAddress = '10.213.0.1'

/** Lays it out in the network namespace of this process, which `main.ts` made for it. */
export async function layOut(): Promise<void> {
  // `ip netns` keeps its names there; those of the machine are none of ours.
  await run('mount', ['-t', 'tmpfs', 'none', '/run'])
  await ip('link set lo up', 'link add hub type bridge', `addr add ${hubAddress}/24 dev hub`, 'link set hub up')
  for (const [index, name] of hostNames.entries()) {
    const cable = cableOf(name)
    await ip(`netns add ${name}`, `link add ${cable} type veth peer name eth0 netns ${name}`)
    await ip(`link set ${cable} master hub`, `link set ${cable} up`, `-n ${name} link set lo up`)
    await ip(`-n ${name} addr add 10.213.0.${11 + index}/24 dev eth0`, `-n ${name} link set eth0 up`)
  }
}

/** From now on nothing gets through, and nobody is told. */
export async function cutOff(name: HostName): Promise<void> {
  await ip(`link set ${cableOf(name)} nomaster`)
}

export async function connectAgain(name: HostName): Promise<void> {
  await ip(`link set ${cableOf(name)} master hub`)
}

/** The command line that runs a program on a host, under the host's name. */
export function onHost(name: HostName, command: readonly string[]): readonly string[] {
  return ['ip', 'netns', 'exec', name, 'unshare', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', name, ...command]
}

function cableOf(name: HostName): string {
  return `to-${name}`
}

async function ip(...lines: readonly string[]): Promise<void> {
  for (const line of lines) await run('ip', line.split(' '))
}
