/**
 * What the installation signs of a chain. A checkpoint says: at that time the entry of this number had this hash, and so
 * had everything before it. Kept outside of the database, it shows what whoever may write the database cannot hide.
 */
import type { Signer, SigningKeys } from '#foundation/crypto/sign.ts'

/** `head`: the chain ended there when it was signed. `front`: retention removed everything up to it. */
export type CheckpointKind = 'head' | 'front'

export interface Place {
  readonly workspaceId: string
  readonly kind: CheckpointKind
  readonly seq: number
  /** Lower-case hexadecimal. */
  readonly hash: string
  /** ISO 8601 in UTC, to the millisecond. */
  readonly at: string
}

export interface Checkpoint extends Place {
  readonly keyId: string
  /** Base64. */
  readonly signature: string
}

/** The text that is signed. */
function statementOf({ workspaceId, kind, seq, hash, at }: Place): string {
  return ['tenantatlas audit checkpoint 1', workspaceId, kind, seq, hash, at].join('\n')
}

export function signCheckpoint(signer: Signer, place: Place): Checkpoint {
  const { keyId, signature } = signer.sign(statementOf(place))
  return { ...place, keyId, signature }
}

/** Whether a checkpoint was signed by its key: `unknown_key` when that key is not among them. */
export function checkSignature(keys: SigningKeys, checkpoint: Checkpoint): 'valid' | 'forged' | 'unknown_key' {
  if (!keys.has(checkpoint.keyId)) return 'unknown_key'
  return keys.verify(checkpoint.keyId, statementOf(checkpoint), checkpoint.signature) ? 'valid' : 'forged'
}
