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

/** Splits a PEM file that holds a private key and its certificate, in whatever order. */
export function splitPem(pem: string): { privateKeyPem: string; certificatePem: string } {
  const blocks = pem.match(/-----BEGIN ([A-Z ]+)-----[\s\S]+?-----END \1-----/g) ?? []
  const privateKeyPem = blocks.find((block) => /^-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/.test(block))
  const certificatePem = blocks.find((block) => block.startsWith('-----BEGIN CERTIFICATE-----'))
  if (privateKeyPem === undefined || certificatePem === undefined) {
    const missing = privateKeyPem === undefined ? 'an unencrypted private key' : 'a certificate'
    throw new Failure(
      'invalid_input',
      `The PEM file lacks ${missing}; it must hold the private key and the certificate.`,
    )
  }
  return { privateKeyPem, certificatePem }
}

// OpenSSL's own words name neither file nor remedy, and might quote what they could not read.
function parse<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch {
    throw new Failure('invalid_input', `The ${what} is not a readable PEM text.`)
  }
}
