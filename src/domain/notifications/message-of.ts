import type { ChannelView } from '#domain/notifications/channel.ts'
import type { ClaimedDelivery } from '#domain/notifications/delivery.ts'
import { events, testNotice } from '#domain/notifications/message.ts'
import type { Message } from '#domain/notifications/message.ts'
import { runNotice } from '#domain/notifications/run-notice.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { showWorkspace } from '#domain/workspaces/change-workspace.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

interface MessageDeps {
  readonly db: Database
  readonly notify: { readonly pageUrl: string }
}

/** What a delivery says, read when it is sent: the run does not change any more. */
export async function messageOf(
  { db, notify }: MessageDeps,
  { ctx, id, runId, createdAt }: ClaimedDelivery,
  channel: Pick<ChannelView, 'name'>,
): Promise<Message> {
  const { workspaceId } = ctx
  const page = await pageOf(db, notify.pageUrl, ctx)
  if (runId === null) {
    return {
      id,
      workspaceId,
      event: events.test,
      at: createdAt,
      notice: testNotice(channel.name),
      run: null,
      url: page,
    }
  }
  const run = await getRun(db, ctx, runId)
  const at = run.completedAt ?? createdAt
  return { id, workspaceId, event: events.runCompleted, at, notice: runNotice(run), run, url: `${page}/runs/${run.id}` }
}

async function pageOf(db: Database, pageUrl: string, ctx: WorkspaceContext): Promise<string> {
  const { slug } = await showWorkspace(db, ctx)
  return `${pageUrl.replace(/\/$/, '')}/w/${slug}`
}
