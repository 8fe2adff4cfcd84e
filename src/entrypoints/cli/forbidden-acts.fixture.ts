/**
 * Test only: tries, one after the other, what a confined process may do and what it may not, and prints what came of each.
 * The folders to try it in come as arguments: the data directory, and one that is nobody's.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, linkSync, openSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'

const [dataDir = '', elsewhere = ''] = process.argv.slice(2)
const keys = join(dataDir, 'keys')
const root = join(import.meta.dirname, '../../..')

const acts: Readonly<Record<string, () => unknown>> = {
  'start a program': () => {
    const { error } = spawnSync('/bin/true')
    if (error !== undefined) throw error
  },
  'start a thread': () => void new Worker('', { eval: true }),
  'load a native module': () => process.dlopen({ exports: {} }, join(elsewhere, 'module.node')),
  'read a file elsewhere': () => readFileSync(join(elsewhere, 'file')),
  'list a folder elsewhere': () => readdirSync(elsewhere),
  'read its environment': () => readFileSync('/proc/self/environ'),
  'reach the machine through /proc': () => readFileSync(`/proc/self/root${elsewhere}/file`),
  'write elsewhere': () => writeFileSync(join(elsewhere, 'new'), ''),
  'change the program': () => closeSync(openSync(join(root, 'src/main.ts'), 'r+')),
  'link a file elsewhere into its folder': () => symlinkSync(join(elsewhere, 'file'), join(keys, 'sign-in.key.link')),
  'read beside the keys': () => readFileSync(join(dataDir, 'profiles.json')),
  'write beside the keys': () => writeFileSync(join(dataDir, 'new'), ''),
  'read a private key': () => readFileSync(join(keys, 'credentials.1.private')),
  'make a private key': () => writeFileSync(join(keys, 'credentials.2.private'), ''),
  'make the key of second factors': () => {
    writeFileSync(join(keys, 'sign-in.key.aside'), '')
    linkSync(join(keys, 'sign-in.key.aside'), join(keys, 'sign-in.key'))
    rmSync(join(keys, 'sign-in.key.aside'))
  },
  'read the public key of the audit log': () => readFileSync(join(keys, 'audit.pub')),
  'read a migration': () => readdirSync(join(root, 'migrations')),
}

function outcomeOf(act: () => unknown): string {
  try {
    act()
    return 'done'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

const outcomes = Object.entries(acts).map(([name, act]) => [name, outcomeOf(act)] as const)
process.stdout.write(JSON.stringify(Object.fromEntries(outcomes)))
