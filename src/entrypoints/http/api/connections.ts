import { askConsent } from '#domain/connections/ask-consent.ts'
import { requireAllowedEndpoints } from '#domain/connections/allowed-endpoints.ts'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import type { NewCredential } from '#domain/connections/connection.ts'
import { permissionNeeds } from '#domain/connections/permission-needs.ts'
import { removeConnection } from '#domain/connections/remove-connection.ts'
import { setCertificate } from '#domain/connections/set-certificate.ts'
import { showConnection } from '#domain/connections/show-connection.ts'
import { showVerification } from '#domain/connections/show-verification.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { contracts } from '#graph/contracts/registry.ts'
import { connectionDocument } from '#entrypoints/documents/connection-document.ts'
import { verificationDocument } from '#entrypoints/documents/verification-document.ts'
import { answerStart } from '#entrypoints/http/api/answer-start.ts'
import { type ApiContext, personOf, tenantOf, triggerOf } from '#entrypoints/http/api/api-context.ts'
import { requireName } from '#entrypoints/http/api/confirm.ts'
import { os } from '#entrypoints/http/api/implement.ts'
import { consentCallbackPath } from '#entrypoints/http/create-consent-callback.ts'

export const connections = {
  get: os.connections.get.handler(({ context }) => shown(context)),
  set: os.connections.set.handler(async ({ context, input: { endpoints, reader, writer } }) => {
    if (endpoints === undefined && reader === undefined && writer === undefined)
      throw new Failure('invalid_input', 'Say what to set: endpoints, reader or writer.')
    if (endpoints !== undefined) requireAllowedEndpoints(endpoints, context.graphAllowHosts)
    await connectTenant({ db: context.db }, tenantOf(context), {
      ...(endpoints && { endpoints }),
      ...(reader && { reader: credentialOf(reader) }),
      ...(writer && { writer: credentialOf(writer) }),
    })
    return shown(context)
  }),
  certificate: os.connections.certificate.handler(async ({ context, input: { app, clientId } }) => {
    const made = await setCertificate(context.db, tenantOf(context), { purpose: app, clientId })
    const { certificatePem, thumbprint, expiresAt } = made
    return { certificatePem, thumbprint, expiresAt: expiresAt.toISOString() }
  }),
  remove: os.connections.remove.handler(async ({ context, input }) => {
    const tenant = tenantOf(context)
    requireName(input.confirm, tenant.tenantName)
    await removeConnection(context.db, tenant)
    return { ok: true }
  }),
  verify: os.connections.verify.handler(async ({ context }) =>
    answerStart(
      await startRun(context.db, tenantOf(context), {
        type: 'connection.verify',
        input: {},
        trigger: triggerOf(context),
      }),
    ),
  ),
  report: os.connections.report.handler(async ({ context }) => {
    const tenant = tenantOf(context)
    const report = await showVerification(context.db, tenant)
    if (report === null) throw new Failure('not_found', `The connection of "${tenant.tenantName}" was never verified.`)
    return verificationDocument(report)
  }),
  needs: os.connections.needs.handler(() => ({
    items: permissionNeeds(contracts).map(({ purpose, permission, neededFor }) => ({
      app: purpose,
      permission,
      neededFor,
    })),
  })),
  consent: os.connections.consent.handler(async ({ context, input: { app, returnTo } }) => {
    const { sessionId } = personOf(context)
    const { url, browserToken } = await askConsent(context.db, tenantOf(context), {
      purpose: app,
      sessionId,
      redirectUri: `${context.pageUrl}${consentCallbackPath}`,
      returnTo,
    })
    context.answer.append('Set-Cookie', context.cookies.consent.header(browserToken))
    return { url }
  }),
}

async function shown(context: ApiContext) {
  const tenant = tenantOf(context)
  const connection = await showConnection(context.db, tenant)
  if (connection === null) throw new Failure('not_found', `"${tenant.tenantName}" is not connected yet.`)
  return connectionDocument(connection)
}

type GivenCredential =
  | Exclude<NewCredential, { readonly kind: 'secret' }>
  | {
      readonly kind: 'secret'
      readonly clientId: string
      readonly secret: string
      readonly expiresAt?: string | undefined
    }

function credentialOf(given: GivenCredential): NewCredential {
  if (given.kind !== 'secret') return given
  const { kind, clientId, secret, expiresAt } = given
  return { kind, clientId, secret, ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }) }
}
