import type { ChannelView } from '#domain/notifications/channel.ts'
import { credentialNotice } from '#domain/notifications/credential-notice.ts'
import { noticeOf } from '#domain/notifications/credential-notices.store.ts'
import type { ClaimedDelivery } from '#domain/notifications/delivery.ts'
import { credentialEvent, events, testNotice } from '#domain/notifications/message.ts'
import type { Message } from '#domain/notifications/message.ts'
import { runNotice } from '#domain/notifications/run-notice.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { showWorkspace } from '#domain/workspaces/change-workspace.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { CredentialNoticeId, RunId } from '#foundation/kernel/ids.ts'

interface MessageDeps {
  readonly db: Database
  readonly notify: { readonly pageUrl: string }
}

type Told = Omit<Message, 'id' | 'workspaceId' | 'url'>

/**
 * What a delivery says, read when it is sent: what it is about does not change any more. `moot`: there is nothing to be
 * told any more.
 */
export async function messageOf(
  { db, notify }: MessageDeps,
  claim: ClaimedDelivery,
  channel: Pick<ChannelView, 'name'>,
): Promise<Message | 'moot'> {
  const { ctx, id, runId } = claim
  const told = await toldBy(db, claim, channel)
  if (told === 'moot') return told
  const page = await pageOf(db, notify.pageUrl, ctx)
  return { ...told, id, workspaceId: ctx.workspaceId, url: runId === null ? page : `${page}/runs/${runId}` }
}

async function toldBy(
  db: Database,
  claim: ClaimedDelivery,
  { name }: Pick<ChannelView, 'name'>,
): Promise<Told | 'moot'> {
  if (claim.runId !== null) return endOfRun(db, claim, claim.runId)
  if (claim.noticeId !== null) return endOfCredential(db, claim, claim.noticeId)
  const about = { tenant: null, run: null, credential: null }
  return { event: events.test, at: claim.createdAt, notice: testNotice(name), ...about }
}

async function endOfRun(db: Database, { ctx, createdAt }: ClaimedDelivery, runId: RunId): Promise<Told> {
  const run = await getRun(db, ctx, runId)
  const at = run.completedAt ?? createdAt
  return { event: events.runCompleted, at, notice: runNotice(run), tenant: run.tenant, run, credential: null }
}

async function endOfCredential(
  db: Database,
  { ctx, createdAt }: ClaimedDelivery,
  noticeId: CredentialNoticeId,
): Promise<Told | 'moot'> {
  const { credential, tenant, isMoot } = await inWorkspace(db, ctx, (tx) => noticeOf(tx, ctx, noticeId))
  if (isMoot) return 'moot'
  const notice = credentialNotice(credential, tenant)
  return { event: credentialEvent(credential), at: createdAt, notice, tenant, run: null, credential }
}

async function pageOf(db: Database, pageUrl: string, ctx: WorkspaceContext): Promise<string> {
  const { slug } = await showWorkspace(db, ctx)
  return `${pageUrl.replace(/\/$/, '')}/w/${slug}`
}
