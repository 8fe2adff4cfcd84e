/**
 * One assignment row as Graph returns it, checked. Whatever is not understood is a refusal: a row that was skipped
 * would make the policy look assigned to fewer than it is.
 */
import { z } from 'zod'
import { bareTypeName } from '#domain/assignments/canonical-value.ts'
import type { AssignmentFilterUse, AssignmentTarget } from '#domain/assignments/assignment.ts'
import { canonicalJson } from '#foundation/kernel/canonical-json.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import { virtualGroups } from '#graph/contracts/contract.ts'

// PostgreSQL stores neither U+0000 nor half a surrogate pair.
const storableText = z.string().refine((text) => isStorable(text), 'holds text that cannot be stored')
// Not `z.record`: it leaves out a member named `__proto__`.
const storableObject = z.custom<Readonly<Record<string, unknown>>>(
  isStorableObject,
  'is not an object that can be stored',
)
const guid = z
  .string()
  .refine(isUuid, 'is not a GUID')
  .transform((text) => text.toLowerCase())
const intent = storableText.refine((text) => text !== '' && text !== 'unknownFutureValue', 'is not shown by Graph')

const filterUse = z
  .object({
    deviceAndAppManagementAssignmentFilterId: z.union([guid, z.literal('')]).nullish(),
    deviceAndAppManagementAssignmentFilterType: z.enum(['none', 'include', 'exclude']).nullish(),
  })
  .transform((raw, context) =>
    filterOf(raw.deviceAndAppManagementAssignmentFilterId, raw.deviceAndAppManagementAssignmentFilterType, context),
  )

const targets = {
  groupAssignmentTarget: z.object({ groupId: guid }).transform(({ groupId }) => groupTarget(groupId)),
  exclusionGroupAssignmentTarget: z
    .object({ groupId: guid })
    .transform(({ groupId }) => ({ kind: 'exclusion', groupId })),
  allLicensedUsersAssignmentTarget: z.object({}).transform(() => ({ kind: 'allUsers' })),
  allDevicesAssignmentTarget: z.object({}).transform(() => ({ kind: 'allDevices' })),
  configurationManagerCollectionAssignmentTarget: z
    .object({ collectionId: storableText.min(1) })
    .transform(({ collectionId }) => ({ kind: 'configManagerCollection', collectionId })),
  cloudPcManagementGroupAssignmentTarget: z
    .object({
      groupId: guid,
      servicePlanId: storableText.nullish(),
      allotmentDisplayName: storableText.nullish(),
      allotmentLicensesCount: z.int().nullish(),
    })
    .transform(cloudPcTarget),
} as const satisfies Record<string, z.ZodType<AssignmentTarget>>

type TargetType = keyof typeof targets

const target = z.looseObject({ '@odata.type': z.string() }).transform((raw, context) => {
  const type = bareTypeName(raw['@odata.type'])
  if (isTargetType(type)) return { is: targets[type].parse(raw), filter: filterUse.parse(raw), raw }
  context.addIssue({ code: 'custom', message: `is of type ${type.slice(0, 80)}, which this version does not know` })
  return z.NEVER
})

/** A row with its target and filter understood; throws a `ZodError` otherwise. */
export const rawAssignment = z.looseObject({
  target,
  source: z.enum(['direct', 'policySets']).nullish(),
  intent: intent.nullish(),
  installIntent: intent.nullish(),
  settings: storableObject.nullish(),
  runSchedule: storableObject.nullish(),
  runRemediationScript: z.boolean().nullish(),
})

export type RawAssignment = z.infer<typeof rawAssignment>

function isTargetType(name: string): name is TargetType {
  return Object.hasOwn(targets, name)
}

/** App protection knows "all users" only as a group with a reserved id. */
function groupTarget(groupId: string): AssignmentTarget {
  if (groupId === virtualGroups.allUsers) return { kind: 'allUsers' }
  if (groupId === virtualGroups.allDevices) return { kind: 'allDevices' }
  return { kind: 'group', groupId }
}

interface RawCloudPcGroup {
  readonly groupId: string
  readonly servicePlanId?: string | null | undefined
  readonly allotmentDisplayName?: string | null | undefined
  readonly allotmentLicensesCount?: number | null | undefined
}

function cloudPcTarget(raw: RawCloudPcGroup): AssignmentTarget {
  return {
    kind: 'cloudPcGroup',
    groupId: raw.groupId,
    ...(raw.servicePlanId ? { servicePlanId: raw.servicePlanId.toLowerCase() } : {}),
    ...(raw.allotmentDisplayName ? { allotmentDisplayName: raw.allotmentDisplayName } : {}),
    ...(typeof raw.allotmentLicensesCount === 'number' ? { allotmentLicensesCount: raw.allotmentLicensesCount } : {}),
  }
}

/** Graph says "no filter" as null, as the zero GUID, as type `none`, or not at all. */
function filterOf(
  id: string | null | undefined,
  mode: 'none' | 'include' | 'exclude' | null | undefined,
  context: z.RefinementCtx,
): AssignmentFilterUse | null {
  if (!mode || mode === 'none') return null
  if (id && id !== '00000000-0000-0000-0000-000000000000') return { id, mode }
  context.addIssue({ code: 'custom', message: `has the filter mode ${mode} but no filter` })
  return z.NEVER
}

function isStorableObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isStorable(value)
}

function isStorable(value: unknown): boolean {
  try {
    const text = canonicalJson(value)
    return text.isWellFormed() && !text.includes('\\u0000')
  } catch {
    return false
  }
}
