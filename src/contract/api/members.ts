import { z } from 'zod'
import { procedure } from '#contract/api/procedure.ts'
import { done, entraId, id, inWorkspace, list, moment, role, text } from '#contract/api/schemas.ts'

const tag = 'members'

const narrowing = list(z.object({ tenant: id, role }))

export const memberDocument = z.object({
  id,
  name: z.string(),
  role,
  allTenants: z.boolean(),
  /** Narrower roles in single tenants; without `allTenants`, the only tenants the member sees. */
  tenants: narrowing,
  signIn: z.enum(['entra', 'local', 'none']),
  since: moment,
  signedInAt: moment.nullable(),
  disabledAt: moment.nullable(),
})
export type MemberDocument = z.output<typeof memberDocument>

export const invitationDocument = z.object({
  id,
  kind: z.enum(['entra', 'local']),
  name: z.string(),
  role,
  allTenants: z.boolean(),
  entraTenantId: z.string().nullable(),
  entraObjectId: z.string().nullable(),
  invitedBy: z.string(),
  createdAt: moment,
  expiresAt: moment,
})
export type InvitationDocument = z.output<typeof invitationDocument>

const access = {
  role,
  allTenants: z.boolean().default(true),
  /** At most the role itself. */
  tenants: z
    .array(z.strictObject({ tenant: id, role }))
    .max(1_000)
    .default([]),
}
const oneMember = { ...inWorkspace, member: id } as const

export const members = {
  list: procedure(
    { access: 'members.view', effect: 'read', audit: null },
    { method: 'GET', path: '/workspaces/{workspace}/members', summary: 'List the members of a workspace', tag },
  )
    .input(z.strictObject(inWorkspace))
    .output(z.object({ items: list(memberDocument) })),
  change: procedure(
    { access: 'members.manage', effect: 'change', audit: 'member.change', stepUp: true },
    {
      method: 'PUT',
      path: '/workspaces/{workspace}/members/{member}',
      summary: 'Change what a member may do',
      description: 'In force at their next request. The last owner stays one.',
      tag,
    },
  )
    .input(z.strictObject({ ...oneMember, ...access }))
    .output(memberDocument),
  remove: procedure(
    { access: 'members.manage', effect: 'change', audit: 'member.remove', stepUp: true },
    {
      method: 'DELETE',
      path: '/workspaces/{workspace}/members/{member}',
      summary: 'Remove a member',
      description: 'Their API keys of this workspace end with it. The last owner stays.',
      tag,
    },
  )
    .input(z.strictObject(oneMember))
    .output(done),
  endSessions: procedure(
    { access: 'members.manage', effect: 'change', audit: 'member.end_sessions' },
    {
      method: 'DELETE',
      path: '/workspaces/{workspace}/members/{member}/sessions',
      summary: 'End every session of a member',
      tag,
    },
  )
    .input(z.strictObject(oneMember))
    .output(z.object({ ended: z.number() })),
  invitations: procedure(
    { access: 'members.manage', effect: 'read', audit: null },
    { method: 'GET', path: '/workspaces/{workspace}/invitations', summary: 'List open invitations', tag },
  )
    .input(z.strictObject(inWorkspace))
    .output(z.object({ items: list(invitationDocument) })),
  invite: procedure(
    { access: 'members.manage', effect: 'change', audit: 'member.invite', stepUp: true, answersSecret: true },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/invitations',
      summary: 'Invite somebody',
      description:
        'The answer holds a link that works once, for seven days. By Entra identity: whoever opens it signs in at the ' +
        'Entra tenant named, as the object named where one is. Local: they choose a password and a second factor.',
      tag,
      successStatus: 201,
    },
  )
    .input(
      z.strictObject({
        ...inWorkspace,
        name: text(100),
        kind: z.enum(['entra', 'local']),
        entraTenantId: entraId.optional(),
        entraObjectId: entraId.optional(),
        role,
        allTenants: z.boolean().default(true),
        /** Without `allTenants`: the tenants they will see. */
        tenants: z.array(id).max(1_000).default([]),
      }),
    )
    .output(z.object({ id, link: z.string() })),
  withdraw: procedure(
    { access: 'members.manage', effect: 'change', audit: 'member.withdraw_invitation' },
    {
      method: 'DELETE',
      path: '/workspaces/{workspace}/invitations/{invitation}',
      summary: 'Withdraw an invitation',
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, invitation: id }))
    .output(done),
} as const
