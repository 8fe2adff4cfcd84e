/** How TenantAtlas proves to Entra that it is the registered application. */
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto'
import { ClientSecretPost, modifyAssertion, PrivateKeyJwt } from 'openid-client'
import type { ClientAuth } from 'openid-client'
import { Failure } from '#foundation/kernel/failure.ts'

export type AppCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'certificate'; readonly privateKeyPem: string; readonly certificatePem: string }

export function createClientAuthentication(credential: AppCredential): Promise<ClientAuth> {
  if (credential.kind === 'secret') return Promise.resolve(ClientSecretPost(credential.secret))
  const made = byCertificate(credential)
  // Asked for at the first sign-in: until then nobody waits for it.
  made.catch(() => undefined)
  return made
}

/** A signed assertion: PS256, for the token endpoint alone, a minute long, named by the certificate's SHA-256. */
async function byCertificate(pair: { privateKeyPem: string; certificatePem: string }): Promise<ClientAuth> {
  const { key, thumbprint } = await readPair(pair)
  return (server, ...rest) => {
    const authenticate = PrivateKeyJwt(key, {
      [modifyAssertion]: (header, payload) => {
        header['x5t#S256'] = thumbprint
        payload['aud'] = server.token_endpoint ?? server.issuer
      },
    })
    return authenticate(server, ...rest)
  }
}

async function readPair({ privateKeyPem, certificatePem }: { privateKeyPem: string; certificatePem: string }) {
  try {
    const der = createPrivateKey(privateKeyPem).export({ type: 'pkcs8', format: 'der' })
    const algorithm = { name: 'RSA-PSS', hash: 'SHA-256' }
    const key = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
    const thumbprint = new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '')
    return { key, thumbprint: Buffer.from(thumbprint, 'hex').toString('base64url') }
  } catch {
    // OpenSSL's own words might quote what they could not read.
    throw new Failure(
      'missing_configuration',
      'The certificate TenantAtlas signs in with at Entra cannot be used: it must be a PEM file with an RSA private key and its certificate. Check TENANTATLAS_ENTRA_CERTIFICATE_FILE.',
    )
  }
}
