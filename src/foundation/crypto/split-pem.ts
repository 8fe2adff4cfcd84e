import { Failure } from '#foundation/kernel/failure.ts'

/**
 * Splits a PEM file that holds a private key and its certificate, in whatever order.
 * @throws Failure `invalid_input` when one of them is not there, or the key is encrypted
 */
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
