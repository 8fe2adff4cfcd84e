import { sha256 } from '#foundation/kernel/canonical-json.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { ApiContext } from '#entrypoints/http/api/api-context.ts'

/** The ETag of a record as it is answered: another one whenever anything shown of it differs. */
export function etagOf(document: object): string {
  return `"${sha256(JSON.parse(JSON.stringify(document)))
    .subarray(0, 16)
    .toString('base64url')}"`
}

/** Answers a record with its ETag. */
export function withEtag<T extends object>(context: ApiContext, document: T): T {
  context.answer.set('ETag', etagOf(document))
  return document
}

/**
 * Refuses a change of what the sender has not seen.
 * @throws Failure `precondition_required` without If-Match, `precondition_failed` when the record is another one now
 */
export function requireMatch(context: ApiContext, current: object): void {
  const wanted = context.header('if-match')
  if (wanted === undefined)
    throw new Failure('precondition_required', 'A change of this record needs its ETag in If-Match.')
  const tags = wanted.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  if (!tags.includes('*') && !tags.includes(etagOf(current)))
    throw new Failure('precondition_failed', 'The record is not the one of that ETag any more.')
}
