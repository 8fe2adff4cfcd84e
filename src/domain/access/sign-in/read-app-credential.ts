import { readFile } from 'node:fs/promises'
import type { AppCredential } from '#domain/access/sign-in/client-authentication.ts'
import type { EntraConfig } from '#foundation/config/entra-config.ts'
import { splitPem } from '#foundation/crypto/split-pem.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/**
 * The credential that the configuration names, read from its file where it is in one.
 * @throws Failure `missing_configuration` that names the variable
 */
export async function readAppCredential(configured: EntraConfig['credential']): Promise<AppCredential> {
  switch (configured.kind) {
    case 'secret':
      return configured
    case 'secretFile': {
      const secret = (await readOrRefuse('TENANTATLAS_ENTRA_CLIENT_SECRET_FILE', configured.path)).trim()
      if (secret === '') throw refusal('TENANTATLAS_ENTRA_CLIENT_SECRET_FILE', configured.path, 'is empty')
      return { kind: 'secret', secret }
    }
    case 'certificateFile': {
      const pem = await readOrRefuse('TENANTATLAS_ENTRA_CERTIFICATE_FILE', configured.path)
      return { kind: 'certificate', ...pairIn(pem, configured.path) }
    }
  }
}

function pairIn(pem: string, path: string): ReturnType<typeof splitPem> {
  try {
    return splitPem(pem)
  } catch (cause) {
    const what = 'must hold an unencrypted private key and its certificate, as PEM'
    throw refusal('TENANTATLAS_ENTRA_CERTIFICATE_FILE', path, what, cause)
  }
}

async function readOrRefuse(variable: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw refusal(variable, path, 'cannot be read', cause)
  }
}

function refusal(variable: string, path: string, what: string, cause?: unknown): Failure {
  return new Failure('missing_configuration', `The file "${path}" of ${variable} ${what}.`, { cause })
}
