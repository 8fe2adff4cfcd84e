/**
 * The plain page: notifications, tenants and runs as the ledger has them, live, for whoever sits at this machine. It reads and never
 * changes anything.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { listNotifications } from '#domain/notifications/list-notifications.ts'
import { unreadCount } from '#domain/notifications/read-notifications.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { listRuns } from '#domain/operations/list-runs.ts'
import { showRun } from '#domain/operations/show-run.ts'
import { listWorkers } from '#domain/operations/list-workers.ts'
import { actAsOwner, listWorkspaces } from '#domain/workspaces/find-workspace.ts'
import { listTenants } from '#domain/workspaces/list-tenants.ts'
import type { Workspace } from '#domain/workspaces/workspace.ts'
import type { Database } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import { reasons } from '#foundation/kernel/reasons.ts'
import type { Log } from '#foundation/observability/log.ts'
import type { LiveFragments } from '#entrypoints/http/live-fragments.ts'
import { onlyShows } from '#entrypoints/http/protect.ts'
import { layout } from '#entrypoints/http/views/layout.ts'
import type { Html } from '#entrypoints/http/views/layout.ts'
import { overviewView } from '#entrypoints/http/views/overview.ts'
import { problemView } from '#entrypoints/http/views/problem.ts'
import { runView } from '#entrypoints/http/views/run.ts'

export interface PageDeps {
  readonly db: Database
  readonly log: Log
  readonly live: LiveFragments
}

/** One page: its title, and its live part rendered anew whenever asked. */
interface Shown {
  readonly title: string
  readonly render: () => Promise<Html>
}

const mostFollowers = 32
const runsShown = 50
const notificationsShown = 8

export function createPage({ db, log, live }: PageDeps): Hono {
  const app = new Hono()
  app.use(onlyShows())
  serveAssets(app)

  const pages: Readonly<Record<string, (c: Context, workspace: Workspace) => Promise<Shown>>> = {
    '/w/:workspace': async (_c, workspace) => ({ title: workspace.name, render: () => renderOverview(db, workspace) }),
    '/w/:workspace/runs/:run': async (c, workspace) => {
      const runId = asId<RunId>(c.req.param('run') ?? '')
      const ctx = await actAsOwner(db, workspace)
      const { label } = await getRun(db, ctx, runId)
      return { title: label, render: async () => runView(await showRun(db, ctx, runId), workspace, new Date()) }
    },
  }

  app.get('/', async (c) => {
    const [first] = await listWorkspaces(db)
    if (first !== undefined) return c.redirect(`/w/${first.slug}`)
    return c.html(
      layout({ title: 'Welcome', livePath: undefined, body: overviewView(undefined, new Date()), workspaces: [] }),
    )
  })

  for (const [path, page] of Object.entries(pages)) {
    app.get(path, async (c) => {
      const { workspace, workspaces } = await workspaceOf(db, c)
      const shown = await page(c, workspace)
      return c.html(layout({ title: shown.title, livePath: c.req.path, body: await shown.render(), workspaces }))
    })
    app.get(`/fragments${path}`, async (c) => {
      const { workspace } = await workspaceOf(db, c)
      return c.html(await (await page(c, workspace)).render())
    })
    app.get(`/live${path}`, async (c) => {
      if (live.followers >= mostFollowers) return c.text('Too many pages are open.\n', 503)
      const { workspace } = await workspaceOf(db, c)
      const { render } = await page(c, workspace)
      return streamFragments(c, live, async () => String(await render()))
    })
  }

  app.notFound((c) => c.html(problemPage('There is no such page.'), 404))
  app.onError((error, c) => {
    if (error instanceof Failure) {
      const status = reasons[error.reason].status === 404 ? 404 : 409
      return c.html(problemPage(error.message), status)
    }
    log.error({ err: error }, 'page failed')
    return c.html(problemPage('Something went wrong here; the log of `tenantatlas up` says what.'), 500)
  })
  return app
}

function problemPage(message: string): Html {
  return layout({ title: 'Problem', livePath: undefined, body: problemView(message), workspaces: [] })
}

async function renderOverview(db: Database, workspace: Workspace): Promise<Html> {
  const ctx = await actAsOwner(db, workspace)
  const [unread, notifications, tenants, runs, workers] = await Promise.all([
    unreadCount(db, ctx),
    listNotifications(db, ctx, { limit: notificationsShown }),
    listTenants(db, ctx),
    listRuns(db, ctx, { limit: runsShown }),
    listWorkers(db),
  ])
  const inbox = { name: ctx.actor.name, unread, latest: notifications.items }
  return overviewView({ workspace, inbox, tenants, runs: runs.items, hasWorker: workers.length > 0 }, new Date())
}

async function workspaceOf(db: Database, c: Context) {
  const all = await listWorkspaces(db)
  const workspace = all.find(({ slug }) => slug === c.req.param('workspace'))
  if (workspace === undefined) throw new Failure('not_found', 'There is no such workspace.')
  return { workspace, workspaces: all.map(({ name, slug }) => ({ name, slug, isShown: slug === workspace.slug })) }
}

/** Sends the fragment now and whenever it changes, until the browser goes away. */
function streamFragments(c: Context, live: LiveFragments, render: () => Promise<string>): Response {
  return streamSSE(c, async (stream) => {
    const { promise: gone, resolve } = Promise.withResolvers<void>()
    const stop = live.follow(c.req.path, render, (fragment) => {
      stream.writeSSE({ event: 'fragment', data: JSON.stringify(fragment) }).catch(() => resolve())
    })
    stream.onAbort(() => resolve())
    await gone
    stop()
  })
}

const assets: Readonly<Record<string, string>> = {
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

function serveAssets(app: Hono): void {
  for (const [name, type] of Object.entries(assets)) {
    app.get(`/assets/${name}`, async (c) => {
      const content = await readFile(join(import.meta.dirname, 'assets', name))
      return c.body(content, 200, { 'Content-Type': type })
    })
  }
}
