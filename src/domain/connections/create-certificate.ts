import { generate } from 'selfsigned'

const validDays = 365

/**
 * Makes a key pair and a self-signed certificate for one app registration. The certificate is what is uploaded to
 * Entra; the private key is made here and goes nowhere but into the sealed credential.
 */
export async function createCertificate(
  commonName: string,
): Promise<{ privateKeyPem: string; certificatePem: string }> {
  const notBeforeDate = new Date()
  const notAfterDate = new Date(notBeforeDate.getTime() + validDays * 86_400_000)
  const pair = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'rsa',
    keySize: 3072,
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  })
  return { privateKeyPem: pair.private, certificatePem: pair.cert }
}
