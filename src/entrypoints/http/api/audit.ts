import { checkKept } from '#domain/audit/check-kept.ts'
import { exportPage } from '#domain/audit/export-entries.ts'
import { listCheckpoints } from '#domain/audit/list-checkpoints.ts'
import { listEntries, type EntryQuery } from '#domain/audit/list-entries.ts'
import { verifyPart } from '#domain/audit/verify-part.ts'
import { findTenant } from '#domain/workspaces/find-tenant.ts'
import { parseSigningKeys, type SigningKeys } from '#foundation/crypto/sign.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { RunId, UserId } from '#foundation/kernel/ids.ts'
import { auditDocument } from '#entrypoints/documents/audit-document.ts'
import { workspaceOf, type ApiContext } from '#entrypoints/http/api/api-context.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const audit = {
  list: os.audit.list.handler(async ({ context, input: { cursor, limit, ...filters } }) => {
    const query = await queryOf(context, filters)
    const { items, nextCursor } = await listEntries(context.db, workspaceOf(context), {
      ...query,
      limit,
      ...(cursor !== undefined && { cursor }),
    })
    return { items: items.map(auditDocument), nextCursor }
  }),
  export: os.audit.export.handler(async ({ context, input: { after, limit, ...filters } }) => {
    const query = await queryOf(context, filters)
    const items = await exportPage(context.db, workspaceOf(context), { query, after, limit })
    return { items, next: items.length < limit ? null : (items.at(-1)?.seq ?? null) }
  }),
  checkpoints: os.audit.checkpoints.handler(async ({ context }) => ({
    items: await listCheckpoints(context.db, workspaceOf(context)),
  })),
  verify: os.audit.verify.handler(({ context, input: { cursor, limit, publicKey } }) =>
    verifyPart(context.db, workspaceOf(context), { keys: keysOf(context, publicKey), cursor, limit }),
  ),
  checkKept: os.audit.checkKept.handler(({ context, input: { checkpoints, publicKeys } }) =>
    checkKept(context.db, workspaceOf(context), { keys: keysOf(context, publicKeys), kept: checkpoints }),
  ),
}

function keysOf({ auditKeys }: ApiContext, given: readonly string[] | undefined): SigningKeys {
  return given === undefined ? auditKeys() : parseSigningKeys(given)
}

interface Filters {
  readonly action?: readonly string[] | undefined
  readonly actor?: string | undefined
  readonly actorName?: string | undefined
  readonly subjectKind?: string | undefined
  readonly subjectId?: string | undefined
  readonly tenant?: string | undefined
  readonly run?: string | undefined
  readonly outcome?: readonly string[] | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
}

async function queryOf(context: ApiContext, filters: Filters): Promise<EntryQuery> {
  const { action, actor, actorName, subjectKind, subjectId, tenant, run, outcome, since, until } = filters
  const by = actor === undefined ? actorName && { name: actorName } : asId<UserId>(actor)
  return {
    ...(action && { actions: action }),
    ...(by && { actor: by }),
    ...(subjectKind && { subjectKind }),
    ...(subjectId && { subjectId }),
    ...(run !== undefined && { runId: asId<RunId>(run) }),
    ...(outcome && { outcomes: outcome }),
    ...(since !== undefined && { since: new Date(since) }),
    ...(until !== undefined && { until: new Date(until) }),
    ...(tenant !== undefined && {
      tenantId: (await findTenant(context.db, workspaceOf(context), tenant, { withArchived: true })).tenantId,
    }),
  }
}
