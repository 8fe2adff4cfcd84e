import { z } from 'zod'
import { procedure, procedureWithStatus } from '#contract/api/procedure.ts'
import { runDocument } from '#contract/api/runs.ts'
import { done, entraId, inTenant, list, moment, started } from '#contract/api/schemas.ts'

const tag = 'connections'
const at = '/workspaces/{workspace}/tenants/{tenant}/connection'
const read = { access: 'tenant.view', effect: 'read', audit: null } as const
const set = { access: 'connections.manage', effect: 'change', audit: 'connection.set', stepUp: true } as const

/** The reader observes; the writer makes the writes of a confirmed restore. */
const app = z.enum(['reader', 'writer'])
const clientId = entraId.describe('The application (client) id of the app registration.')
const pem = z.string().min(1).max(20_000)

const credential = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('secret'),
    clientId,
    secret: z.string().min(1).max(1_000),
    expiresAt: z.iso.datetime().optional().describe('When the secret ends, as Entra shows it; we warn before.'),
  }),
  z.strictObject({
    kind: z.literal('certificate'),
    clientId,
    privateKeyPem: pem.describe('Unencrypted.'),
    certificatePem: pem,
  }),
  z.strictObject({ kind: z.literal('federated'), clientId }),
])

export type CredentialSent = z.output<typeof credential>

const endpoints = z.discriminatedUnion('cloud', [
  z.strictObject({ cloud: z.enum(['global', 'usGovL4', 'usGovL5', 'china']) }),
  z.strictObject({
    cloud: z.literal('custom'),
    authorityUrl: z.string().max(300).describe('Where the tenant signs in: an https origin.'),
    graphUrl: z.string().max(300).describe('Where its Graph is: an https origin.'),
  }),
])
export type EndpointsSent = z.output<typeof endpoints>

/** What somebody has to do about a credential. */
const credentialWarning = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('expired') }),
  z.object({ kind: z.literal('expires_soon'), withinDays: z.number(), daysLeft: z.number() }),
  z.object({ kind: z.literal('old_secret'), ageDays: z.number(), olderThanDays: z.number() }),
  z.object({ kind: z.literal('long_secret'), lifeDays: z.number(), longerThanDays: z.number() }),
])
export type CredentialWarning = z.output<typeof credentialWarning>

/** Never what is secret. */
const credentialDocument = z.object({
  purpose: z.string(),
  kind: z.string(),
  clientId: z.string(),
  thumbprint: z.string().nullable(),
  expiresAt: moment.nullable(),
  createdAt: moment,
  warnings: list(credentialWarning),
})
export type CredentialDocument = z.output<typeof credentialDocument>

const connectionDocument = z.object({
  cloud: z.string(),
  authorityUrl: z.string(),
  graphUrl: z.string(),
  changedAt: moment,
  credentials: list(credentialDocument),
})
export type ConnectionDocument = z.output<typeof connectionDocument>

/** `not_checked`: not yet, or something before it failed, or there is nothing to check. */
const check = z.object({
  state: z.enum(['passed', 'failed', 'not_checked']),
  code: z.string().nullable(),
  message: z.string().nullable(),
})

const appReport = z.object({
  /** What somebody has to do about its credential; null when that was not checked. */
  warnings: list(credentialWarning).nullable(),
  /** Whether Microsoft Entra gives the app a token. */
  token: check,
  permissions: list(
    z.object({
      permission: z.string(),
      state: z.enum(['granted', 'missing', 'not_checked']),
      neededFor: list(z.string()),
    }),
  ),
  /** Granted and not needed; null when that was not checked. */
  excess: list(z.string()).nullable(),
})

const verificationDocument = z.object({
  run: runDocument,
  /** False: endpoints or credentials changed since, so it says nothing about now. */
  isCurrent: z.boolean(),
  organization: z.string().nullable(),
  graph: check,
  intune: check,
  licence: z.enum(['present', 'missing', 'unknown']),
  reader: appReport,
  writer: appReport,
})

export const connections = {
  get: procedure(read, {
    method: 'GET',
    path: at,
    summary: 'Show how a tenant is reached',
    description:
      'Endpoints, credentials and what somebody has to do about them; never what is secret. 404: not connected.',
    tag,
  })
    .input(z.strictObject(inTenant))
    .output(connectionDocument),
  set: procedure(set, {
    method: 'PUT',
    path: at,
    summary: 'Say how a tenant is reached',
    description:
      'What is left out stays as it is; the first time a reader is needed. Secrets and private keys are sealed at once and ' +
      'never answered. Other endpoints need every credential given again.',
    tag,
  })
    .input(
      z.strictObject({
        ...inTenant,
        endpoints: endpoints.optional(),
        reader: credential.optional(),
        writer: credential.optional(),
      }),
    )
    .output(connectionDocument),
  certificate: procedure(set, {
    method: 'POST',
    path: `${at}/certificate`,
    summary: 'Make a certificate for an app registration',
    description:
      'It becomes the credential at once, so upload it to the app registration next. The private key never leaves the database.',
    tag,
  })
    .input(z.strictObject({ ...inTenant, app, clientId }))
    .output(z.object({ certificatePem: z.string(), thumbprint: z.string(), expiresAt: moment })),
  remove: procedure(
    { access: 'connections.manage', effect: 'change', audit: 'connection.remove', stepUp: true },
    {
      method: 'POST',
      path: `${at}/remove`,
      summary: 'Forget how a tenant is reached, and destroy its credentials',
      description: 'The tenant and its backups stay; runs that need the connection end blocked.',
      tag,
    },
  )
    .input(z.strictObject({ ...inTenant, confirm: z.string().max(200).describe('The name of the tenant, typed.') }))
    .output(done),
  verify: procedureWithStatus(
    { access: 'connections.verify', effect: 'start', audit: null },
    {
      method: 'POST',
      path: `${at}/verify`,
      summary: 'Check token, permissions, licence and reachability of a tenant',
      description: 'Starts a run; `report` says what it found.',
      tag,
    },
  )
    .input(z.strictObject(inTenant))
    .output(started),
  report: procedure(read, {
    method: 'GET',
    path: `${at}/verification`,
    summary: 'Show what the newest verification found',
    description: 'While it is under way, what it has found so far. 404: never verified.',
    tag,
  })
    .input(z.strictObject(inTenant))
    .output(verificationDocument),
  needs: procedure(read, {
    method: 'GET',
    path: `${at}/needs`,
    summary: 'List the application permissions reader and writer need',
    description: 'The least privileged ones, computed from the policy types this version knows, and what each is for.',
    tag,
  })
    .input(z.strictObject(inTenant))
    .output(z.object({ items: list(z.object({ app, permission: z.string(), neededFor: list(z.string()) })) })),
  consent: procedure(
    { access: 'connections.manage', effect: 'change', audit: 'connection.ask_consent', answersSecret: true },
    {
      method: 'POST',
      path: `${at}/consent`,
      summary: 'Ask an administrator of the tenant for consent to an app',
      description:
        'Answers where to send the browser. What comes back within 15 minutes, in the same browser and session, starts a ' +
        'verification, which decides, and leads to `returnTo`. For people, not for API keys.',
      tag,
    },
  )
    .input(
      z.strictObject({
        ...inTenant,
        app,
        returnTo: z.string().max(1_000).default('/').describe('A path of this console.'),
      }),
    )
    .output(z.object({ url: z.url() })),
} as const
