import { join } from 'node:path'
import type { Config } from '#foundation/config/config.ts'
import type { KeyPlace } from '#foundation/crypto/key-files.ts'

/** Where this host has the private keys of credentials. */
export function keyPlaceOf({ dataDir, credentialsKeyFile }: Pick<Config, 'dataDir' | 'credentialsKeyFile'>): KeyPlace {
  return { directory: join(dataDir, 'keys'), file: credentialsKeyFile }
}
