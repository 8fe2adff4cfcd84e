import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { confinementOf } from './confine.mjs'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tenantatlas-confine-'))
  await mkdir(join(root, 'node_modules'))
})

afterEach(() => rm(root, { recursive: true }))

const database = { DATABASE_URL: 'postgres://db/atlas' }

test.each([
  ['another command', ['migrate'], database],
  ['a command that has one of the words as an argument', ['tenant', 'add', 'work'], database],
  ['no command', ['--help'], database],
  ['an embedded PostgreSQL', ['work'], {}],
  ['an empty DATABASE_URL', ['serve'], { DATABASE_URL: ' ' }],
  ['one who switched it off', ['work'], { ...database, TENANTATLAS_CONFINEMENT: 'off' }],
])('confinementOf() leaves alone %s', (_, args, env) => {
  expect(confinementOf(root, args, env)).toEqual([])
})

test('confinementOf() grants what the environment names, and writing of keys alone', () => {
  const env = {
    DATABASE_URL: 'postgres://db/atlas?sslmode=verify-full&sslrootcert=/etc/atlas/ca.crt&sslkey=own.key',
    TENANTATLAS_DATA_DIR: '/var/lib/atlas',
    TENANTATLAS_CREDENTIALS_KEY_FILE: '/run/secrets/keys',
    AZURE_FEDERATED_TOKEN_FILE: '/run/secrets/token',
    PGPASSFILE: '/etc/atlas/pgpass',
  }
  const flags = confinementOf(root, ['--no-color', 'work', '--slots', '2'], env)
  expect(flags).toContain('--permission')
  expect(granted(flags, 'read')).toEqual(
    expect.arrayContaining([
      join(root, 'src'),
      '/etc/atlas/ca.crt',
      join(process.cwd(), 'own.key'),
      '/run/secrets/keys',
      '/run/secrets/token',
      '/etc/atlas/pgpass',
    ]),
  )
  expect(granted(flags, 'write')).toEqual(['/var/lib/atlas/keys', '/var/lib/atlas/keys/*'])
})

test('confinementOf() grants a server its own files of the folder of keys, and the folder while it is to be made', async () => {
  const env = { ...database, TENANTATLAS_ENTRA_CLIENT_SECRET_FILE: '/run/secrets/entra', HOME: '/home/atlas' }
  const keys = join(root, '.tenantatlas/keys')
  expect(granted(confinementOf(root, ['serve'], env), 'write')).toEqual([join(keys, 'sign-in.key*'), keys])
  await mkdir(keys, { recursive: true })
  const flags = confinementOf(root, ['serve'], env)
  expect(granted(flags, 'write')).toEqual([join(keys, 'sign-in.key*')])
  const reads = granted(flags, 'read')
  expect(reads).toEqual(expect.arrayContaining([join(keys, 'audit.pub'), '/run/secrets/entra', '/home/atlas/.pgpass']))
  expect(reads).not.toContain(keys)
})

test('confinementOf() looks for passwords at home where the environment names none', () => {
  expect(granted(confinementOf(root, ['work'], database), 'read')).toContain(join(homedir(), '.pgpass'))
})

function granted(flags: readonly string[], act: 'read' | 'write'): string[] {
  const prefix = `--allow-fs-${act}=`
  return flags.filter((flag) => flag.startsWith(prefix)).map((flag) => flag.slice(prefix.length))
}
