import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import {
  createSigner,
  readSigningKeys,
  type Signer,
  type SignerFiles,
  type SigningKeys,
} from '#foundation/crypto/sign.ts'

/** Test only: a signer with key files of the test's own, and the keys to check what it signed. */
export function useSigner(): Signer & { readonly files: SignerFiles; keys(): SigningKeys } {
  let folder = ''
  const filesIn = () => ({
    keyFile: join(folder, 'keys', 'audit.key'),
    publicKeyFile: join(folder, 'keys', 'audit.pub'),
  })
  let signer: Signer
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenantatlas-signer-'))
    signer = createSigner(filesIn())
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return {
    sign: (text) => signer.sign(text),
    get files() {
      return filesIn()
    },
    keys: () => readSigningKeys([filesIn().publicKeyFile]),
  }
}
