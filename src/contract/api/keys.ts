import { z } from 'zod'
import { capabilities } from '#foundation/kernel/capability.ts'
import { procedure } from '#contract/api/procedure.ts'
import { done, id, inWorkspace, list, moment, text } from '#contract/api/schemas.ts'

const tag = 'api keys'

export const apiKeyDocument = z.object({
  id,
  name: z.string(),
  member: z.object({ id, name: z.string() }),
  /** The last four characters. */
  ending: z.string(),
  capabilities: list(z.enum(capabilities)),
  /** Null: all the member may open. */
  tenants: list(id).nullable(),
  createdAt: moment,
  expiresAt: moment,
  usedAt: moment.nullable(),
  revokedAt: moment.nullable(),
})
export type ApiKeyDocument = z.output<typeof apiKeyDocument>

export const keys = {
  list: procedure(
    { access: 'keys.own', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/api-keys',
      summary: 'List your API keys',
      description: 'Owners see those of all members. Ended ones are shown for 90 days.',
      tag,
    },
  )
    .input(z.strictObject(inWorkspace))
    .output(z.object({ items: list(apiKeyDocument) })),
  create: procedure(
    { access: 'keys.own', effect: 'change', audit: 'api_key.create', stepUp: true, answersSecret: true },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/api-keys',
      summary: 'Make an API key',
      description:
        'It acts for you, with no more than you may and no more than it names. It is shown once. A key cannot make keys.',
      tag,
      successStatus: 201,
    },
  )
    .input(
      z.strictObject({
        ...inWorkspace,
        name: text(100),
        capabilities: z.array(z.enum(capabilities)).min(1).max(capabilities.length),
        tenants: z.array(id).min(1).max(500).optional(),
        days: z.number().int().min(1).max(365).default(90),
      }),
    )
    .output(z.object({ id, key: z.string() })),
  revoke: procedure(
    { access: 'keys.own', effect: 'change', audit: 'api_key.revoke' },
    {
      method: 'DELETE',
      path: '/workspaces/{workspace}/api-keys/{key}',
      summary: 'Revoke an API key',
      description: 'Your own; an owner revokes those of all members.',
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, key: id }))
    .output(done),
} as const
