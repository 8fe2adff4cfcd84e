import { z } from 'zod'
import { procedure } from '#contract/api/procedure.ts'
import {
  done,
  factorCode,
  id,
  list,
  moment,
  page,
  paging,
  password,
  text,
  workspaceSlug,
} from '#contract/api/schemas.ts'

/* The platform's plane: its operators have accounts, sessions and a cookie of their own, and see nothing of a tenant. */

const tag = 'system'
const read = { access: 'platform', effect: 'read', audit: null } as const
const change = { access: 'platform', effect: 'change', audit: null } as const
const isPublic = { access: 'public', effect: 'change', audit: null } as const

export const system = {
  setUp: procedure(isPublic, {
    method: 'POST',
    path: '/system/sign-in/setup',
    summary: 'Make the account of a platform operator',
    description:
      'With the link that `tenantatlas operator invite` prints on the host. The recovery codes are shown once.',
    tag,
    successStatus: 201,
  })
    .input(
      z.strictObject({
        token: z.string().min(10).max(200),
        name: text(100),
        loginName: z.string().min(2).max(63),
        password,
        totpSecret: z.string().regex(/^[A-Z2-7]{32}$/),
        code: z.string().regex(/^\d{6}$/),
      }),
    )
    .output(z.object({ recoveryCodes: list(z.string()) })),
  signIn: procedure(isPublic, {
    method: 'POST',
    path: '/system/sign-in',
    summary: 'Sign in as a platform operator',
    description: 'The session comes as a cookie of its own.',
    tag,
  })
    .input(z.strictObject({ loginName: z.string().min(1).max(100), password, code: factorCode }))
    .output(done),
  me: procedure(read, { method: 'GET', path: '/system/me', summary: 'Show which operator is signed in', tag }).output(
    z.object({ id, name: z.string() }),
  ),
  signOut: procedure(change, { method: 'DELETE', path: '/system/session', summary: 'Sign out', tag }).output(done),
  workspaces: procedure(read, {
    method: 'GET',
    path: '/system/workspaces',
    summary: 'List all workspaces in figures',
    tag,
  }).output(
    z.object({
      items: list(
        z.object({
          id,
          name: z.string(),
          slug: workspaceSlug,
          createdAt: moment,
          archivedAt: moment.nullable(),
          members: z.number(),
          tenants: z.number(),
          activeRuns: z.number(),
        }),
      ),
    }),
  ),
  workers: procedure(read, {
    method: 'GET',
    path: '/system/workers',
    summary: 'List the worker processes',
    tag,
  }).output(
    z.object({
      items: list(
        z.object({
          id,
          host: z.string(),
          pid: z.number(),
          version: z.string(),
          state: z.enum(['working', 'draining', 'drained']),
          running: z.number(),
          startedAt: moment,
          leaseUntil: moment,
        }),
      ),
    }),
  ),
  drainWorker: procedure(change, {
    method: 'POST',
    path: '/system/workers/{worker}/drain',
    summary: 'Let a worker finish what it has and take nothing more',
    tag,
  })
    .input(z.strictObject({ worker: id }))
    .output(done),
  resumeWorker: procedure(change, {
    method: 'POST',
    path: '/system/workers/{worker}/resume',
    summary: 'Let a drained worker take runs again',
    tag,
  })
    .input(z.strictObject({ worker: id }))
    .output(done),
  queue: procedure(read, {
    method: 'GET',
    path: '/system/queue',
    summary: 'Show the queue of all workspaces in figures',
    tag,
  }).output(
    z.object({
      runs: list(z.object({ priority: z.string(), state: z.string(), runs: z.number() })),
      oldestWaiting: list(z.object({ priority: z.string(), seconds: z.number() })),
      longestLane: z.number(),
      lanes: z.object({ waiting: z.number(), paused: z.number(), throttled: z.number() }),
      workers: z.object({ working: z.number(), draining: z.number() }),
    }),
  ),
  stuckRuns: procedure(read, {
    method: 'GET',
    path: '/system/stuck-runs',
    summary: 'List runs that nobody takes, or that are past their deadline',
    description: 'Of all workspaces, the longest stuck first, 200 at most.',
    tag,
  }).output(
    z.object({
      items: list(
        z.object({
          workspace: workspaceSlug,
          run: id,
          type: z.string(),
          state: z.enum(['not_taken', 'past_deadline']),
          since: moment,
        }),
      ),
    }),
  ),
  breakGlass: procedure(
    { ...change, stepUp: true },
    {
      method: 'POST',
      path: '/system/workspaces/{workspace}/break-glass',
      summary: 'Come into a workspace for a while',
      description:
        'As a guest whom its members see; the reason stands in their audit log. The session of the guest comes as the cookie ' +
        'of members.',
      tag,
    },
  )
    .input(
      z.strictObject({
        workspace: workspaceSlug,
        reason: text(500),
        role: z.enum(['readonly', 'operator', 'manager']).default('readonly'),
        minutes: z.number().int().min(5).max(240).default(60),
      }),
    )
    .output(z.object({ until: moment })),
  people: procedure(read, {
    method: 'GET',
    path: '/system/people',
    summary: 'List the people of all workspaces',
    description: 'By name; of their workspaces only how many. Operators who break the glass are not among them.',
    tag,
  })
    .input(
      z.strictObject({
        ...paging,
        search: text(100).optional().describe('Only names with this text, whatever its case.'),
      }),
    )
    .output(
      page(
        z.object({
          id,
          name: z.string(),
          signIn: z.enum(['entra', 'local', 'none']),
          workspaces: z.number(),
          createdAt: moment,
          signedInAt: moment.nullable(),
          disabledAt: moment.nullable(),
        }),
      ),
    ),
  disablePerson: procedure(
    { ...change, stepUp: true },
    {
      method: 'POST',
      path: '/system/people/{person}/disable',
      summary: 'Disable the account of a person',
      description:
        'Their sessions end for good, and their keys do nothing until it is enabled again. One entry with the reason in the ' +
        'audit log of every workspace of theirs. 409 for whoever alone owns a workspace, unless `evenLastOwner`.',
      tag,
    },
  )
    .input(
      z.strictObject({
        person: id,
        reason: text(500).describe('Why: it stands in what operators did, and in the audit log of each workspace.'),
        evenLastOwner: z.boolean().default(false),
      }),
    )
    .output(done),
  enablePerson: procedure(
    { ...change, stepUp: true },
    {
      method: 'POST',
      path: '/system/people/{person}/enable',
      summary: 'Enable the account of a person again',
      tag,
    },
  )
    .input(z.strictObject({ person: id, reason: text(500) }))
    .output(done),
  keys: procedure(read, {
    method: 'GET',
    path: '/system/keys',
    summary: 'List the key pairs that secrets are sealed under, and how many lie under each',
    description:
      'What needs their private halves, which only the hosts of workers have, is done there: `tenantatlas key rotate`, ' +
      '`rewrap`, `retire` and `check`.',
    tag,
  }).output(
    z.object({
      items: list(
        z.object({
          version: z.number(),
          /** `active` seals; `older` ones open what was sealed with them; `prepared` did not seal yet. */
          state: z.enum(['prepared', 'active', 'older', 'retired']),
          secrets: z.number(),
          publicKey: z.string(),
          createdAt: moment,
          activatedAt: moment.nullable(),
          retiredAt: moment.nullable(),
        }),
      ),
      /** Secrets that were sealed before there were key pairs. */
      first: z.number(),
    }),
  ),
  events: procedure(read, {
    method: 'GET',
    path: '/system/events',
    summary: 'List what operators did',
    description: 'Newest first, 200 at most.',
    tag,
  }).output(
    z.object({
      items: list(
        z.object({ at: moment, by: z.string(), action: z.string(), subject: z.string(), detail: z.unknown() }),
      ),
    }),
  ),
} as const
