import { createPrivateKey, X509Certificate } from 'node:crypto'
import { Failure } from '#foundation/kernel/failure.ts'

/** What is public of a certificate. */
export interface CertificateFacts {
  /** SHA-256 of the DER form, lower-case hexadecimal: what Entra shows as the thumbprint of the uploaded certificate. */
  readonly thumbprint: string
  readonly expiresAt: Date
}

/**
 * Reads a certificate and makes sure that the private key belongs to it.
 * @throws Failure `invalid_input` when either cannot be read or they do not match.
 */
export function readCertificate(pair: { privateKeyPem: string; certificatePem: string }): CertificateFacts {
  const certificate = parse('certificate', () => new X509Certificate(pair.certificatePem))
  const privateKey = parse('private key', () => createPrivateKey(pair.privateKeyPem))
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Failure('invalid_input', 'The private key does not belong to the certificate.')
  }
  return {
    thumbprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    expiresAt: new Date(certificate.validTo),
  }
}

// OpenSSL's own words name neither file nor remedy, and might quote what they could not read.
function parse<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch {
    throw new Failure('invalid_input', `The ${what} is not a readable PEM text.`)
  }
}
