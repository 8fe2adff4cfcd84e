/** Keys as people rotate them, with a worker at work, and what another host can do without them. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCli } from '#entrypoints/cli/testing.ts'
import { useCommandLine } from '#entrypoints/cli/testing-commands.ts'

const line = useCommandLine()

describe('keys', () => {
  test('are rotated, everything put under the new one, and the old one destroyed, while the worker works', async () => {
    const [before] = await line.json<{ version: number; secrets: number }[]>('key', 'list')
    expect(before).toMatchObject({ version: 1, state: 'active', privateHalf: 'here' })
    expect((await line.ta('key', 'retire', '1', '--yes')).stderr).toContain('rotate first')
    expect((await line.must('key', 'rotate')).stdout).toBe('2\n')
    expect(await line.json('key', 'rewrap')).toMatchObject({ version: 2, rewrapped: before?.secrets, unopened: 0 })
    await line.must('key', 'retire', '1', '--yes')
    expect(await line.json('key', 'list')).toMatchObject([
      { version: 1, state: 'retired', secrets: 0, privateHalf: 'missing' },
      { version: 2, state: 'active', secrets: before?.secrets, privateHalf: 'here' },
    ])
    expect(await line.json('key', 'check')).toEqual({ tried: before?.secrets, unopened: [] })
    expect(await line.json('connection', 'verify', '--tenant', 'Contoso')).toMatchObject({ outcome: 'succeeded' })
  })

  test('that are on another host are missed by name: nothing opens, and sealing goes on', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'tenantatlas-host-'))
    const elsewhere = { ...line.env, TENANTATLAS_DATA_DIR: dataDir }
    const checked = await runCli(['key', 'check'], elsewhere)
    expect([checked.exitCode, checked.stdout]).toEqual([1, expect.stringContaining('private key of version')])
    expect((await runCli(['doctor'], elsewhere)).stdout).toMatch(/credentials\.\d\.private is not there/)
    const certificate = ['connection', 'certificate', '--tenant', 'Contoso', '--client-id', crypto.randomUUID()]
    expect((await runCli([...certificate, '--purpose', 'writer'], elsewhere)).exitCode).toBe(0)
    expect((await line.json<{ unopened: unknown[] }>('key', 'check')).unopened).toEqual([])
    await line.connect('Contoso', 'writer')
    await rm(dataDir, { recursive: true })
  })
})

describe('connection remove', () => {
  test('forgets credentials and keeps the tenant, whose runs then end blocked with what to do', async () => {
    await line.must('connection', 'remove', '--tenant', 'Fabrikam', '--yes')
    const tenants = await line.json<{ name: string; health: string }[]>('tenant', 'list')
    expect(tenants.find(({ name }) => name === 'Fabrikam')).toMatchObject({ health: 'not_connected' })
    const synced = await line.ta('inventory', 'sync', '--tenant', 'Fabrikam')
    expect(synced.stderr + synced.stdout).toContain('is not connected yet')
    await line.connect('Fabrikam', 'reader')
    await line.connect('Fabrikam', 'writer')
    await line.must('connection', 'verify', '--tenant', 'Fabrikam')
  })
})
