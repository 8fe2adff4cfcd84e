import { userInfo } from 'node:os'
import type { PlatformActor } from '#domain/platform/operator.ts'

/** Whoever runs a command of the host, by the name the host knows them under. */
export function hostActor(): PlatformActor {
  return { accountId: null, name: `${userInfo().username} on the host` }
}
