/** Every Intune collection the simulator serves. */
import { appProtectionTypes } from './app-protection.ts'
import { appTypes } from './apps.ts'
import { cloudPcTypes } from './cloud-pc.ts'
import { configurationTypes } from './configuration.ts'
import { enrollmentTypes } from './enrollment.ts'
import type { ResourceType } from './resource-type.ts'
import { scriptTypes } from './scripts.ts'
import { tenantWideTypes } from './tenant-wide.ts'
import { updateTypes } from './updates.ts'

export const resourceTypes: readonly ResourceType[] = [
  ...configurationTypes,
  ...scriptTypes,
  ...appTypes,
  ...appProtectionTypes,
  ...enrollmentTypes,
  ...updateTypes,
  ...cloudPcTypes,
  ...tenantWideTypes,
]

const byCollection = new Map(resourceTypes.map((type) => [type.collection.toLowerCase(), type]))

/** The type of a collection path; Graph does not mind upper and lower case in paths. */
export function typeOf(collection: string): ResourceType | undefined {
  return byCollection.get(collection.toLowerCase())
}
