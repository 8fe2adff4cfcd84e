/**
 * What comes back from a consent. It travelled through a browser and proves nothing: it is written down, and a
 * verification is started, which reads the roles in the app's own token and decides.
 */
import { admit } from '#domain/access/admit.ts'
import type { Person } from '#domain/access/caller.ts'
import { hashOfToken } from '#domain/access/tokens.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { readAdminConsentAnswer } from '#domain/connections/admin-consent.ts'
import { credentialViews, markConsented } from '#domain/connections/connections.store.ts'
import { placeOfConsent, takeConsent } from '#domain/connections/pending-consents.store.ts'
import type { PendingConsent } from '#domain/connections/pending-consents.store.ts'
import { ensureRun } from '#domain/operations/ensure-run.ts'
import { wakeWorkers } from '#domain/operations/wake.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { RunId } from '#foundation/kernel/ids.ts'

export interface ConsentAnswer {
  /** The whole address the browser came back to. */
  readonly url: string
  /** The address Microsoft Entra was told to send it to. */
  readonly redirectUri: string
  /** Of the cookie of this one consent. */
  readonly browserToken: string | undefined
}

/** An answer that fits to what was asked: a yes, whose verification has begun, or why it is none. */
export type AnsweredConsent = { readonly returnTo: string } & (
  | { readonly state: 'given'; readonly runId: RunId }
  | { readonly state: 'refused'; readonly refusal: Failure }
)

/**
 * Takes the answer of a consent, once, for the person who asked and still may.
 * @throws Failure `invalid_state` for an answer this browser and session did not ask for, `not_found` and `not_allowed` as
 * `admit`
 */
export async function answerConsent(db: Database, person: Person, answer: ConsentAnswer): Promise<AnsweredConsent> {
  const state = URL.parse(answer.url)?.searchParams.get('state') ?? ''
  const hashes = { state: hashOfToken(state), browser: hashOfToken(answer.browserToken ?? '') }
  const place = await placeOfConsent(db, hashes.state)
  if (place === undefined) throw notAsked()
  const { tenant } = await admit(db, person, { ...place, capability: 'connections.manage', changes: true })
  if (tenant === undefined) throw notAsked()
  const answered = await inWorkspace(db, tenant, async (tx): Promise<AnsweredConsent> => {
    const asked = await takeConsent(tx, tenant, hashes, person.sessionId)
    if (asked === undefined) throw notAsked()
    const { returnTo } = asked
    const refusal = await refusalOf(tx, tenant, asked, { ...answer, state })
    await recordAudit(tx, tenant, {
      action: 'connection.consent',
      subject: { kind: 'tenant', id: tenant.tenantRef },
      outcome: refusal === undefined ? 'succeeded' : 'refused',
      detail: {
        purpose: asked.purpose,
        clientId: asked.clientId,
        entraTenantId: asked.entraTenantId,
        ...(refusal && { reason: refusal.reason }),
      },
    })
    // What was asked for is used up and written down, whatever the answer was.
    if (refusal !== undefined) return { state: 'refused', refusal, returnTo }
    await markConsented(tx, tenant, asked.purpose)
    const { runId } = await ensureRun(tx, tenant, { type: 'connection.verify', input: {}, trigger: 'user' })
    return { state: 'given', runId, returnTo }
  })
  if (answered.state === 'given') wakeWorkers(db)
  return answered
}

async function refusalOf(
  tx: Tx,
  ctx: TenantContext,
  asked: PendingConsent & { readonly isLate: boolean },
  answer: ConsentAnswer & { readonly state: string },
): Promise<Failure | undefined> {
  if (asked.isLate)
    return new Failure('invalid_state', 'This consent was asked for more than 15 minutes ago. Ask for consent again.')
  const credential = (await credentialViews(tx, ctx)).find(({ purpose }) => purpose === asked.purpose)
  if (credential?.clientId !== asked.clientId)
    return new Failure(
      'invalid_state',
      `The ${asked.purpose} of "${ctx.tenantName}" is another app since this consent was asked for. Ask for consent again.`,
    )
  try {
    const { redirectUri, state } = answer
    readAdminConsentAnswer(answer.url, { redirectUri, state, tenantId: asked.entraTenantId })
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

function notAsked(): Failure {
  return new Failure(
    'invalid_state',
    'This consent was not asked for in this browser and session, or was answered already. If an administrator did accept, it counts: verify the connection. Otherwise ask for consent again.',
  )
}
