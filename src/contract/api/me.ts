import { z } from 'zod'
import { capabilities } from '#foundation/kernel/capability.ts'
import { procedure } from '#contract/api/procedure.ts'
import { done, factorCode, id, list, moment, password, role, workspaceSlug } from '#contract/api/schemas.ts'

const tag = 'me'

export const sessionDocument = z.object({
  id,
  method: z.enum(['entra', 'local', 'console', 'device']),
  createdAt: moment,
  seenAt: moment,
  expiresAt: moment,
  /** Whether it is the one this request came with. */
  isThis: z.boolean(),
})

export const me = {
  show: procedure(
    { access: 'signed_in', effect: 'read', audit: null },
    { method: 'GET', path: '/me', summary: 'Show who is signed in, and the workspaces they belong to', tag },
  ).output(
    z.object({
      id,
      name: z.string(),
      kind: z.enum(['person', 'key']),
      session: z.object({ id, method: z.string(), authenticatedAt: moment, expiresAt: moment }).nullable(),
      workspaces: list(
        z.object({
          id,
          name: z.string(),
          slug: workspaceSlug,
          role,
          /** False: only the tenants the workspace lists for this member. */
          allTenants: z.boolean(),
          capabilities: list(z.enum(capabilities)),
          archivedAt: moment.nullable(),
        }),
      ),
    }),
  ),
  sessions: procedure(
    { access: 'signed_in', effect: 'read', audit: null },
    { method: 'GET', path: '/me/sessions', summary: 'List your own living sessions', tag },
  ).output(z.object({ items: list(sessionDocument) })),
  endOtherSessions: procedure(
    { access: 'signed_in', effect: 'change', audit: null, stepUp: true },
    { method: 'DELETE', path: '/me/sessions', summary: 'End all your sessions but this one', tag },
  ).output(z.object({ ended: z.number() })),
  endSession: procedure(
    { access: 'signed_in', effect: 'change', audit: null, stepUp: true },
    { method: 'DELETE', path: '/me/sessions/{session}', summary: 'End one of your sessions', tag },
  )
    .input(z.strictObject({ session: id }))
    .output(done),
  changePassword: procedure(
    { access: 'signed_in', effect: 'change', audit: null },
    {
      method: 'POST',
      path: '/me/password',
      summary: 'Change the password of your local account',
      description: 'For the password you have and a code. Every other session of yours ends.',
      tag,
    },
  )
    .input(
      z.strictObject({
        loginName: z.string().min(1).max(100),
        password,
        code: factorCode,
        newPassword: password,
      }),
    )
    .output(done),
  signOut: procedure(
    { access: 'signed_in', effect: 'change', audit: null },
    { method: 'DELETE', path: '/me/session', summary: 'Sign out: end this session', tag },
  ).output(done),
} as const
