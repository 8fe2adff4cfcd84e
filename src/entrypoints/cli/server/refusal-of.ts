import { Failure } from '#foundation/kernel/failure.ts'
import { isReason } from '#foundation/kernel/reasons.ts'
import { z } from 'zod'

const problem = z.object({
  reason: z.string(),
  detail: z.string(),
  next: z.string().optional(),
  requestId: z.string().optional(),
})

/** Why the server refused, as a `Failure`; what is no answer of TenantAtlas names the address that was asked. */
export async function refusalOf(response: Response, serverUrl: string): Promise<Failure> {
  const read = problem.safeParse(await bodyOf(response))
  if (!read.success)
    return new Failure(
      'dependency_unreachable',
      `${serverUrl} answered ${response.status}, and not as TenantAtlas does: is that its address?`,
    )
  const { reason, detail, next, requestId } = read.data
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const wait = Number.isFinite(seconds) ? { retryAfterMs: seconds * 1_000 } : {}
  if (isReason(reason)) return new Failure(reason, withRequestId(reason, detail, requestId), wait)
  // A newer server says what to do in its own words.
  return new Failure('unknown_error', next === undefined ? detail : `${detail} ${next}`, wait)
}

/** A defect is found in the server's log by the id. */
function withRequestId(reason: string, detail: string, requestId: string | undefined): string {
  return reason === 'unknown_error' && requestId !== undefined ? `${detail} Its log has request ${requestId}.` : detail
}

async function bodyOf(response: Response): Promise<unknown> {
  if (response.headers.get('content-type')?.startsWith('application/problem+json') !== true) return undefined
  return response.json().catch(() => undefined)
}
