import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { signInApps } from './people.ts'
import { startSimulator } from './start-simulator.ts'
import { signIn } from './testing.ts'
import { submit } from './testing-sign-in.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const small = { tenants: [{ name: 'Contoso', policies: 50 }] }

/** Runs the program to its end. */
async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [main, ...args])
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, out, err }
}

function newJournal(): string {
  return join(mkdtempSync(join(tmpdir(), 'program-test-')), 'journal.jsonl')
}

describe('startSimulator()', () => {
  it('serves until it is stopped, and then is gone', async () => {
    const simulator = await startSimulator(small)
    const [tenant] = await simulator.control.tenants()
    expect(tenant).toMatchObject({ name: 'Contoso', apps: [{ name: 'reader' }, { name: 'writer' }] })
    await simulator.stop()
    await expect(fetch(`${simulator.url}/_sim/health`)).rejects.toThrow('fetch failed')
  })

  it('stops when its signal is aborted', async () => {
    const abort = new AbortController()
    const simulator = await startSimulator({ ...small, signal: abort.signal })
    abort.abort()
    await simulator.gone
    await expect(fetch(simulator.url)).rejects.toThrow('fetch failed')
  })

  it('rejects with the sentence of a simulator that cannot start', async () => {
    await expect(startSimulator({ ...small, faults: '/does/not/exist.json' })).rejects.toThrow(/cannot be read as JSON/)
  })

  it('speaks HTTPS with a certificate of its own', async () => {
    await using simulator = await startSimulator({ ...small, https: true })
    expect(simulator.url).toMatch(/^https:/)
    await expect(fetch(`${simulator.url}/_sim/health`)).rejects.toThrow('fetch failed')
  })
})

describe('a restarted simulator', () => {
  it('goes on with the journal of a killed one', async () => {
    const journal = newJournal()
    const before = await startSimulator({ ...small, journal })
    const [tenant] = before.tenants
    if (!tenant) throw new TypeError('no tenant')
    const collection = '/deviceManagement/deviceConfigurations'
    const [policy] = await before.control.objectsOf('Contoso', collection)
    await before.control.registerApp('Contoso', {
      name: 'mine',
      permissions: ['DeviceManagementConfiguration.ReadWrite.All'],
    })
    const client = await signIn(before.url, tenant, 'mine')
    const assignments = [{ target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } }]
    await client.send('POST', `/beta${collection}/${policy?.id}/assign`, { assignments })
    await before.control.change('Contoso', [{ action: 'createGroup', displayName: 'New', id: 'new-group' }])
    process.kill(before.pid, 'SIGKILL')
    await before.gone

    await using after = await startSimulator({ ...small, journal })
    const found = (await after.control.objectsOf('Contoso', collection)).find(({ id }) => id === policy?.id)
    expect(found?.assignments.filter(({ source }) => source !== 'policySets')).toEqual(assignments)
    expect((await after.control.groups('Contoso')).some(({ id }) => id === 'new-group')).toBe(true)
    expect((await after.control.tenants())[0]?.apps.map(({ name }) => name)).toEqual(['reader', 'writer', 'mine'])
    const { entries } = await after.control.journal()
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1))
  })

  it('keeps what an administrator consented to', async () => {
    const journal = newJournal()
    const options = { ...small, journal, homeTenant: true }
    const before = await startSimulator(options)
    const given = { client_id: signInApps.reader.clientId, redirect_uri: 'http://localhost/consent' }
    const page = `${before.url}/Contoso/v2.0/adminconsent?${new URLSearchParams(given).toString()}`
    await submit(page, { action: 'accept' })
    await before.stop()

    await using after = await startSimulator(options)
    const names = (await after.control.tenants()).map(({ name, apps }) => [name, ...apps.map((app) => app.name)])
    expect(names).toEqual([
      ['Contoso', 'reader', 'writer', 'TenantAtlas Reader'],
      ['Northwind MSP', 'TenantAtlas', 'TenantAtlas Reader', 'TenantAtlas Writer'],
    ])
  })

  it('refuses the journal of other tenants', async () => {
    const journal = newJournal()
    await (await startSimulator({ ...small, journal })).stop()
    await expect(startSimulator({ ...small, seed: 99, journal })).rejects.toThrow(/simulator with other tenants/)
  })
})

describe('the program', () => {
  it('says in one sentence that a port is in use, and ends with 1', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => blocker.once('listening', resolve))
    const { port } = blocker.address() as AddressInfo
    const { code, err } = await run('--port', String(port), '--policies', '5')
    blocker.close()
    expect([code, err.trim()]).toEqual([
      1,
      `Port ${port} is in use; name another one with --port, or 0 for any free one.`,
    ])
  })

  it.each([
    [['--port', 'many'], /port: /],
    [['--policies=-1'], /policies: /],
    [['--colour', 'red'], /Unknown option '--colour'/],
  ])('refuses %j', async (args, sentence) => {
    const { code, err } = await run(...args)
    expect(code).toBe(1)
    expect(err).toMatch(sentence)
  })

  it('names each wrong field of a fault plan', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'program-test-')), 'plan.json')
    writeFileSync(path, JSON.stringify({ faults: [{ effect: { kind: 'delay', ms: 0 } }] }))
    const { code, err } = await run('--faults', path, '--port', '0', '--policies', '5')
    expect(code).toBe(1)
    expect(err).toContain('faults.0.effect.ms: ')
  })

  it('prints what it serves, and stops on Ctrl-C', async () => {
    const child = spawn(process.execPath, [main, '--port', '0', '--policies', '5'])
    let out = ''
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString()
        if (out.includes('Ctrl-C')) resolve()
      })
    })
    expect(out).toMatch(/client id [0-9a-f-]{36} {2}secret sim~/)
    child.kill('SIGINT')
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
  })

  it('started as a child, ends when its parent is gone', async () => {
    const child = spawn(process.execPath, [main, '--port', '0', '--policies', '5', '--ready-json', '--with-parent'])
    await new Promise((resolve) => child.stdout.once('data', resolve))
    child.stdin.end()
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
  })
})
