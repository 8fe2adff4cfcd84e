import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readAppCredential } from '#domain/access/sign-in/read-app-credential.ts'
import { createCertificate } from '#domain/connections/create-certificate.ts'

async function givenFile(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'app-credential-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'credential')
  await writeFile(path, content)
  return path
}

test('readAppCredential() reads a secret from its file, without the line end', async () => {
  const path = await givenFile('the-secret\n')
  expect(await readAppCredential({ kind: 'secretFile', path })).toEqual({ kind: 'secret', secret: 'the-secret' })
})

test('readAppCredential() reads a private key and its certificate from one file', async () => {
  const { privateKeyPem, certificatePem } = await createCertificate('sign-in')
  const path = await givenFile(`${certificatePem}\n${privateKeyPem}`)
  const credential = await readAppCredential({ kind: 'certificateFile', path })
  expect(credential).toEqual({
    kind: 'certificate',
    privateKeyPem: privateKeyPem.trim(),
    certificatePem: certificatePem.trim(),
  })
})

test.each([
  ['secretFile', '\n', /CLIENT_SECRET_FILE is empty/],
  ['certificateFile', 'not PEM', /CERTIFICATE_FILE must hold/],
] as const)('readAppCredential() names the variable of a %s of no use', async (kind, content, message) => {
  await expect(readAppCredential({ kind, path: await givenFile(content) })).rejects.toThrow(message)
})

test('readAppCredential() names the file that is not there', async () => {
  const attempt = readAppCredential({ kind: 'secretFile', path: '/nowhere/secret' })
  await expect(attempt).rejects.toThrow(
    'The file "/nowhere/secret" of TENANTATLAS_ENTRA_CLIENT_SECRET_FILE cannot be read.',
  )
})
