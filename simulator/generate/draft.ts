import type { GraphObject, SimTenant } from '../world.ts'
import type { Subject } from './names.ts'
import type { Organisation } from './organisation.ts'
import type { Platform } from './platform.ts'
import type { Random } from './random.ts'

/** What a family of policy types says about one object; name, dates, scope tags and assignments are added to it. */
export interface Draft {
  /** The Graph type, e.g. `windows10CompliancePolicy`: decides the properties. */
  readonly type: string
  readonly platform: Platform
  readonly audience: 'devices' | 'users'
  readonly subject: Subject
  /** The kind of policy in a few letters, for names. */
  readonly kind: string
  readonly isForEveryPlatform?: true
  /** What differs from the values of an unset object. */
  readonly values?: GraphObject
  readonly sub?: Record<string, GraphObject[]>
  /** Where names are not made up, e.g. of applications. */
  readonly name?: string
  readonly id?: string
}

export interface DraftContext {
  readonly random: Random
  readonly organisation: Organisation
  /** The tenant so far; its mobile apps and notification templates are there before anything refers to them. */
  readonly tenant: SimTenant
  /** How many of this collection were made before this one. */
  readonly index: number
}

/** Makes the next object of a collection. */
export type DraftNext = (context: DraftContext) => Draft

export const mobileAppsCollection = '/deviceAppManagement/mobileApps'
export const notificationTemplatesCollection = '/deviceManagement/notificationMessageTemplates'

/** Ids of up to `count` objects of a collection. */
export function someIds({ random, tenant }: DraftContext, collection: string, count: number): string[] {
  const first = tenant.collections.get(collection)?.keys().take(400)
  return random.sample(first ? [...first] : [], count)
}

/** Text as Graph carries it in a binary property. */
export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
