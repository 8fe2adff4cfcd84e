/** Who gets a policy, in words: what it includes, what it excludes, and that an exclusion wins. */
import { readReferences, viewAssignment } from '#domain/assignments/assignment-view.ts'
import type { AssignmentView } from '#domain/assignments/assignment-view.ts'
import { describeTarget } from '#domain/assignments/describe-assignment.ts'
import { noNames } from '#domain/assignments/names.ts'
import { getObserved } from '#domain/assignments/observed-assignments.ts'
import type { AssignmentsFreshness, PolicyRef } from '#domain/inventory/policy.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { PolicyId } from '#foundation/kernel/ids.ts'

export interface PolicyExplanation {
  readonly policy: PolicyRef
  readonly freshness: AssignmentsFreshness
  readonly includes: readonly AssignmentView[]
  readonly excludes: readonly AssignmentView[]
  /** Sentences to read from top to bottom. */
  readonly sentences: readonly string[]
}

/** @throws Failure `not_found` */
export async function explainPolicy(
  db: Database,
  ctx: TenantContext,
  { policyId }: { readonly policyId: PolicyId },
): Promise<PolicyExplanation> {
  return inWorkspace(db, ctx, async (tx) => {
    const { policy, freshness, assignments } = await getObserved(tx, ctx, policyId)
    const references = await readReferences(tx, ctx, assignments ?? [])
    const views = (assignments ?? []).map((assignment) => viewAssignment(assignment, references))
    const [includes, excludes] = [views.filter((view) => !isExclusion(view)), views.filter(isExclusion)]
    const sentences = assignments === null ? notRead(freshness) : explain(includes, excludes)
    return { policy, freshness, includes, excludes, sentences: [...sentences, ...howFresh(freshness)] }
  })
}

function notRead({ state, problem }: AssignmentsFreshness): string[] {
  if (state === 'not_assignable') return ['Nobody gets it by itself: objects of this type are used by other policies.']
  return [`Who gets it is unknown: its assignments were never read${problem === null ? '' : ` (${problem})`}.`]
}

/** The sentences for what was read. Pure. */
export function explain(includes: readonly AssignmentView[], excludes: readonly AssignmentView[]): string[] {
  if (includes.length === 0 && excludes.length === 0) return ['Nobody gets it: it is not assigned.']
  if (includes.length === 0) return ['Nobody gets it: it only excludes groups.', ...excludes.map(excludeSentence)]
  return [...includes.map((view) => includeSentence(view, excludes)), ...excludes.map(excludeSentence)]
}

function includeSentence(view: AssignmentView, excludes: readonly AssignmentView[]): string {
  const who = whoOf(view)
  if (view.group?.isOrphaned) return `${who}: nobody, the group was deleted.`
  if (excludes.some((exclude) => isSameGroup(exclude, view))) {
    return `${who}: nobody, the group is excluded as well and an exclusion wins.`
  }
  const parts = [filterWords(view), intentWords(view.assignment.intent), sourceWords(view)].filter(
    (part) => part !== '',
  )
  return `${[who, ...parts].join(', ')}.`
}

function excludeSentence(view: AssignmentView): string {
  const intent = view.assignment.intent === undefined ? '' : ` for ${view.assignment.intent}`
  if (view.group?.isOrphaned) return `Excluded${intent}: ${nameOf(view)}, which was deleted and so keeps nobody out.`
  return `Never members of ${nameOf(view)}${intent}: an exclusion wins over every inclusion.`
}

function whoOf(view: AssignmentView): string {
  const { target } = view.assignment
  switch (target.kind) {
    case 'group':
    case 'exclusion':
    case 'cloudPcGroup':
      return `Members of ${nameOf(view)}`
    case 'allUsers':
      return 'All licensed users'
    case 'allDevices':
      return 'All managed devices'
    case 'configManagerCollection':
      return `Members of the collection ${target.collectionId}`
  }
}

function nameOf({ group, assignment }: AssignmentView): string {
  if (group === null) return describeTarget(assignment.target, noNames)
  const rule = group.kind === 'dynamic' && group.membershipRule !== null ? ` (dynamic: ${group.membershipRule})` : ''
  return `"${group.name ?? group.id}"${rule}`
}

function filterWords({ filter }: AssignmentView): string {
  if (filter === null) return ''
  if (filter.isOrphaned) return `through the filter "${filter.name ?? filter.id}", which was deleted`
  const rule = filter.rule === null ? '' : ` (${filter.rule})`
  const which = filter.mode === 'include' ? 'only devices that match' : 'except devices that match'
  return `${which} the filter "${filter.name ?? filter.id}"${rule}`
}

function intentWords(intent: string | undefined): string {
  switch (intent) {
    case undefined:
    case 'apply':
      return ''
    case 'remove':
      return 'for whom it is removed'
    case 'availableWithoutEnrollment':
      return 'available with or without enrollment'
    default:
      return intent
  }
}

function sourceWords({ assignment }: AssignmentView): string {
  return assignment.source === 'policySet' ? 'through a policy set' : ''
}

function howFresh({ state, problem }: AssignmentsFreshness): string[] {
  return state === 'stale' ? [`This may be out of date: the latest read failed (${problem ?? 'no reason'}).`] : []
}

function isExclusion({ assignment }: AssignmentView): boolean {
  return assignment.target.kind === 'exclusion'
}

/** Apps are excluded per intent. */
function isSameGroup(a: AssignmentView, b: AssignmentView): boolean {
  return a.group !== null && a.group.id === b.group?.id && a.assignment.intent === b.assignment.intent
}
