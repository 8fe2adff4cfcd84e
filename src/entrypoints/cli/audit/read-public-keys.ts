import { createPublicKey } from 'node:crypto'
import { Failure } from '#foundation/kernel/failure.ts'

const pemBlock = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g

/** The public keys in a PEM text, each as base64 of its DER form. @throws Failure `invalid_input` when there is none */
export function readPublicKeys(text: string, name: string): string[] {
  const blocks = text.match(pemBlock) ?? []
  if (blocks.length === 0) throw new Failure('invalid_input', `${name} has no public key: give an \`audit.pub\`.`)
  return blocks.map((block) => derOf(block, name))
}

function derOf(block: string, name: string): string {
  try {
    return createPublicKey(block).export({ type: 'spki', format: 'der' }).toString('base64')
  } catch (cause) {
    throw new Failure('invalid_input', `${name} has a public key that cannot be read.`, { cause })
  }
}
