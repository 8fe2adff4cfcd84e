import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

/*
 * The bootstrap in a checkout of its own, with a program that stands for npm: it notes each call and installs a Node
 * that is the one running this.
 */

let checkout: string

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'tenantatlas-bootstrap-'))
  await mkdir(join(checkout, 'tools'))
  for (const name of ['bootstrap.mjs', 'confine.mjs', 'install.mjs', 'install-lock.mjs']) {
    await cp(join(import.meta.dirname, name), join(checkout, 'tools', name))
  }
  await writeFile(join(checkout, 'package.json'), '{ "type": "module" }')
  await writeFile(join(checkout, 'package-lock.json'), '{}')
  await given('npm-cli.js', npmThatInstalls)
  await given(
    'program.mjs',
    `console.log(JSON.stringify([process.cwd(), ...process.argv.slice(2)])); process.exitCode = 7`,
  )
})

afterEach(() => rm(checkout, { recursive: true }))

const npmThatInstalls = `
  import { appendFileSync, mkdirSync, symlinkSync } from 'node:fs'
  appendFileSync('npm-calls', process.argv[2] + '\\n')
  mkdirSync('node_modules/.bin', { recursive: true })
  if (process.argv[2] === 'rebuild') symlinkSync(process.execPath, 'node_modules/.bin/node')`

test('bootstrap() installs once, says so, and runs the program with its arguments and its exit code', async () => {
  const first = await start(['program.mjs', 'a b', '--c']).ended
  expect(first).toMatchObject({ code: 7, stdout: `${JSON.stringify([tmpdir(), 'a b', '--c'])}\n` })
  expect(first.stderr).toMatch(/^Installing [\s\S]*Installed in [\d.]+ s\.\n$/)
  const second = await start(['program.mjs']).ended
  expect(second).toMatchObject({ code: 7, stderr: '' })
  expect(await npmCalls()).toEqual(['ci', 'rebuild'])
})

test('bootstrap() installs again when the lockfile changed', async () => {
  await start(['program.mjs']).ended
  await writeFile(join(checkout, 'package-lock.json'), '{ "changed": true }')
  await rm(join(checkout, 'node_modules/.bin/node'))
  await start(['program.mjs']).ended
  expect(await npmCalls()).toEqual(['ci', 'rebuild', 'ci', 'rebuild'])
})

test('bootstrap() started twice at once installs once, and both run', async () => {
  const both = await Promise.all([start(['program.mjs', '1']).ended, start(['program.mjs', '2']).ended])
  expect(both).toMatchObject([{ code: 7 }, { code: 7 }])
  expect(await npmCalls()).toEqual(['ci', 'rebuild'])
})

test('bootstrap() takes over from an install that was killed', async () => {
  await mkdir(join(checkout, '.tmp'))
  const lock = join(checkout, '.tmp/install.lock')
  await writeFile(lock, '')
  const longAgo = new Date(Date.now() - 60_000)
  await utimes(lock, longAgo, longAgo)
  expect(await start(['program.mjs']).ended).toMatchObject({ code: 7 })
})

test('bootstrap() says what to do when the install fails, and starts it over the next time', async () => {
  await given('npm-cli.js', `console.error('npm error code ENOTFOUND'); process.exitCode = 1`)
  const failed = await start(['program.mjs']).ended
  expect(failed).toMatchObject({ code: 1, stdout: '' })
  expect(failed.stderr).toMatch(/npm error code ENOTFOUND[\s\S]*npm ci ended with 1[\s\S]*What to do:/)
  await given('npm-cli.js', npmThatInstalls)
  expect(await start(['program.mjs']).ended).toMatchObject({ code: 7 })
})

test('bootstrap() gives npm a cache it can write when HOME is not writable', async () => {
  await given('npm-cli.js', `${npmThatInstalls}\nappendFileSync('npm-calls', process.env.npm_config_cache + '\\n')`)
  await start(['program.mjs'], { HOME: '/proc', npm_config_cache: undefined }).ended
  expect(await npmCalls()).toContain(join(tmpdir(), `tenantatlas-npm-${process.getuid?.()}`))
})

test('bootstrap() sends SIGTERM on, and ends with the exit code the program then has', async () => {
  await given(
    'program.mjs',
    `process.on('SIGTERM', () => process.exit(3)); setInterval(() => {}, 1_000); console.log('ready')`,
  )
  const { child, ended } = start(['program.mjs'])
  await once(child.stdout, 'data')
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 3 })
})

test('bootstrap() ends by the signal that ended the program', async () => {
  await given('program.mjs', `setInterval(() => {}, 1_000); console.log('ready')`)
  const { child, ended } = start(['program.mjs'])
  await once(child.stdout, 'data')
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM' })
})

test('bootstrap() puts the programs of the checkout first on the path', async () => {
  await given('program.mjs', `console.log(process.env.PATH.split(':')[0])`)
  expect((await start(['program.mjs']).ended).stdout).toBe(`${join(checkout, 'node_modules/.bin')}\n`)
})

function given(name: string, text: string): Promise<void> {
  return writeFile(join(checkout, name), text)
}

async function npmCalls(): Promise<string[]> {
  return (await readFile(join(checkout, 'npm-calls'), 'utf8')).trim().split('\n')
}

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

function start(args: readonly string[], env: Record<string, string | undefined> = {}) {
  const child = spawn(process.execPath, [join(checkout, 'tools/bootstrap.mjs'), ...args], {
    cwd: tmpdir(),
    env: { ...process.env, npm_execpath: join(checkout, 'npm-cli.js'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, ended }
}
