/**
 * Key pairs of the installation. Secrets are sealed with the public half of the newest active one, which the database has;
 * private halves are in files of the hosts that work, and nowhere else.
 */
export interface EncryptionKey {
  readonly version: number
  /** The public half. */
  readonly publicText: string
  readonly createdAt: Date
  /** Null: prepared, and not sealed with yet. */
  readonly activatedAt: Date | null
  /** Its private half was destroyed; nothing is sealed with it any more. */
  readonly retiredAt: Date | null
}

export type KeyState = 'prepared' | 'active' | 'older' | 'retired'

/** `active` is the newest that seals; `older` ones open what was sealed with them. */
export function stateOf(key: EncryptionKey, all: readonly EncryptionKey[]): KeyState {
  if (key.retiredAt !== null) return 'retired'
  if (key.activatedAt === null) return 'prepared'
  return key.version === activeVersion(all) ? 'active' : 'older'
}

export function activeVersion(all: readonly EncryptionKey[]): number | undefined {
  return all.findLast(({ activatedAt, retiredAt }) => activatedAt !== null && retiredAt === null)?.version
}
