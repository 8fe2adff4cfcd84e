import { pathOnly } from '#domain/access/browser-sign-in/begin-browser-sign-in.ts'
import { newToken } from '#domain/access/tokens.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { adminConsentLink } from '#domain/connections/admin-consent.ts'
import type { Purpose } from '#domain/connections/connection.ts'
import { connectionOf, credentialViews } from '#domain/connections/connections.store.ts'
import { keepConsent } from '#domain/connections/pending-consents.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { SessionId } from '#foundation/kernel/ids.ts'

export interface ConsentWish {
  /** For which of the two apps. */
  readonly purpose: Purpose
  /** Of the person who asks: only this session takes the answer. */
  readonly sessionId: SessionId
  /** Where Microsoft Entra sends the browser back to. */
  readonly redirectUri: string
  /** Where the browser goes in the end: a path of this console. */
  readonly returnTo: string
}

/**
 * Where an administrator of the tenant gives consent, and the token that binds the answer to this browser.
 * @throws Failure `missing_configuration` when the tenant has no credential for that app, or people do not open the
 * console by https
 */
export async function askConsent(
  db: Database,
  ctx: TenantContext,
  { purpose, sessionId, redirectUri, returnTo }: ConsentWish,
): Promise<{ readonly url: string; readonly browserToken: string }> {
  const state = newToken('')
  const browser = newToken('tab_')
  const url = await inWorkspace(db, ctx, async (tx) => {
    const connection = await connectionOf(tx, ctx)
    const credential = (await credentialViews(tx, ctx)).find((one) => one.purpose === purpose)
    if (connection === undefined || credential === undefined)
      throw new Failure(
        'missing_configuration',
        `"${ctx.tenantName}" has no ${purpose} yet: set its application id and credential first, then ask for consent.`,
      )
    const { authorityUrl, graphUrl, entraTenantId } = connection
    const { clientId } = credential
    const scope = `${graphUrl}/.default`
    const link = adminConsentLink({
      authority: authorityUrl,
      clientId,
      tenantId: entraTenantId,
      redirectUri,
      state: state.token,
      scope,
    })
    await keepConsent(
      tx,
      ctx,
      { state: state.hash, browser: browser.hash },
      { purpose, clientId, entraTenantId, sessionId, returnTo: pathOnly(returnTo) },
    )
    await recordAudit(tx, ctx, {
      action: 'connection.ask_consent',
      subject: { kind: 'tenant', id: ctx.tenantRef },
      outcome: 'succeeded',
      detail: { purpose, clientId, entraTenantId },
    })
    return link
  })
  return { url, browserToken: browser.token }
}
