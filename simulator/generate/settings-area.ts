import type { Subject } from './names.ts'
import type { Platform } from './platform.ts'

/**
 * What settings catalog policies are about: real setting definition ids, in a short notation.
 *
 *     name=1|0        a choice; its value is the definition id with `_1` or `_0`
 *     name#5|30       a number
 *     name"a|b        a text
 *     name[]a;b       a list of texts
 *     name=1{…, …}    a choice with child settings, which are written from the same prefix
 *     name*{…, …}     a list of groups of settings
 */
export interface SettingsArea {
  readonly subject: Subject
  readonly platform: Platform
  readonly platforms: string
  readonly technologies: string
  /** The endpoint security template the policy was made from; absent for plain settings catalog policies. */
  readonly template?: {
    readonly family: string
    readonly id: string
    readonly displayName: string
    readonly version: string
  }
  /** What every definition id of the area begins with. */
  readonly prefix: string
  readonly settings: readonly string[]
}
