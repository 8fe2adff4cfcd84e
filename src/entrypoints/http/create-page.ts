/**
 * The plain page: notifications, tenants and runs as the ledger has them, live, for whoever is signed in. It reads and
 * never changes anything.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { html } from 'hono/html'
import { streamSSE } from 'hono/streaming'
import { admit } from '#domain/access/admit.ts'
import type { Person } from '#domain/access/caller.ts'
import { listMemberships } from '#domain/access/list-memberships.ts'
import { listGuests } from '#domain/platform/break-glass.ts'
import { listNotifications } from '#domain/notifications/list-notifications.ts'
import { unreadCount } from '#domain/notifications/read-notifications.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { listRuns } from '#domain/operations/list-runs.ts'
import { showRun } from '#domain/operations/show-run.ts'
import { listWorkers } from '#domain/operations/list-workers.ts'
import { listTenants } from '#domain/workspaces/list-tenants.ts'
import type { Workspace } from '#domain/workspaces/workspace.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import { reasons } from '#foundation/kernel/reasons.ts'
import type { Log } from '#foundation/observability/log.ts'
import type { LiveFragments } from '#entrypoints/http/live-fragments.ts'
import { personOfPage } from '#entrypoints/http/person-of-page.ts'
import { onlyShows } from '#entrypoints/http/protect.ts'
import type { Cookies } from '#entrypoints/http/session-cookie.ts'
import { guestBanner } from '#entrypoints/http/views/guest-banner.ts'
import { layout } from '#entrypoints/http/views/layout.ts'
import type { Html, Page } from '#entrypoints/http/views/layout.ts'
import { overviewView } from '#entrypoints/http/views/overview.ts'
import { problemView } from '#entrypoints/http/views/problem.ts'
import { runView } from '#entrypoints/http/views/run.ts'

export interface PageDeps {
  readonly db: Database
  readonly log: Log
  readonly live: LiveFragments
  readonly cookies: Cookies
}

/** Who looks, at which workspace, and where else they may go. */
interface Visit {
  readonly person: Person
  readonly ctx: WorkspaceContext
  readonly workspace: Workspace
  readonly workspaces: Page['workspaces']
}

/** One page: its title, and its live part rendered anew whenever asked. */
interface Shown {
  readonly title: string
  readonly render: () => Promise<Html>
}

const mostFollowers = 32
const runsShown = 50
// Of a page that can be there: nothing else of an address is said back.
const pageAddress = /^\/w\/[a-z0-9-]{1,63}(?:\/runs\/[0-9a-f-]{36})?$/
const notificationsShown = 8

export function createPage({ db, log, live, cookies }: PageDeps): Hono {
  const app = new Hono()
  app.use(onlyShows())
  serveAssets(app)

  const pages: Readonly<Record<string, (c: Context, visit: Visit) => Promise<Shown>>> = {
    '/w/:workspace': async (_c, visit) => ({ title: visit.workspace.name, render: () => renderOverview(db, visit) }),
    '/w/:workspace/runs/:run': async (c, { ctx, workspace }) => {
      const runId = asId<RunId>(c.req.param('run') ?? '')
      const { label } = await getRun(db, ctx, runId)
      return { title: label, render: async () => runView(await showRun(db, ctx, runId), workspace, new Date()) }
    },
  }

  app.get('/', async (c) => {
    const person = await signedIn(db, cookies, c)
    const [first] = await listMemberships(db, person)
    if (first !== undefined) return c.redirect(`/w/${first.slug}`)
    return c.html(
      layout({ title: 'Welcome', livePath: undefined, body: noWorkspaceView(), workspaces: [], person: person.name }),
    )
  })

  /** Who of the platform is in the workspace stands above everything else. */
  const render = async ({ ctx }: Visit, shown: Shown): Promise<Html> => {
    const [guests, body] = await Promise.all([listGuests(db, ctx), shown.render()])
    return html`${guestBanner(guests, new Date())}${body}`
  }

  for (const [path, page] of Object.entries(pages)) {
    app.get(path, async (c) => {
      const visit = await visitOf(db, cookies, c)
      const shown = await page(c, visit)
      const { workspaces, person } = visit
      const body = await render(visit, shown)
      return c.html(layout({ title: shown.title, livePath: c.req.path, body, workspaces, person: person.name }))
    })
    app.get(`/fragments${path}`, async (c) => {
      const visit = await visitOf(db, cookies, c)
      return c.html(await render(visit, await page(c, visit)))
    })
    app.get(`/live${path}`, async (c) => {
      if (live.followers >= mostFollowers) return c.text('Too many pages are open.\n', 503)
      const visit = await visitOf(db, cookies, c)
      const shown = await page(c, visit)
      // Two people may not see the same of one page.
      return streamFragments(c, live, `${c.req.path} ${visit.person.sessionId}`, async () =>
        String(await render(visit, shown)),
      )
    })
  }

  app.notFound((c) => c.html(problemPage('There is no such page.'), 404))
  app.onError((error, c) => {
    if (!(error instanceof Failure)) {
      log.error({ err: error }, 'page failed')
      return c.html(problemPage('Something went wrong here; the log of `tenantatlas up` says what.'), 500)
    }
    const { status } = reasons[error.reason]
    if (status !== 401) return c.html(problemPage(error.message), status === 404 || status === 403 ? status : 409)
    // Whoever came for a page signs in and comes back to it; a script that keeps one up to date is told.
    if (c.req.path !== '/' && !c.req.path.startsWith('/w/')) return c.text('Sign in.\n', 401)
    const returnTo = pageAddress.test(c.req.path) ? c.req.path : '/'
    return c.redirect(`/sign-in?return_to=${encodeURIComponent(returnTo)}`)
  })
  return app
}

async function signedIn(db: Database, cookies: Cookies, c: Context): Promise<Person> {
  const person = await personOfPage(db, cookies, c)
  if (person === undefined) throw new Failure('sign_in_required', 'You are not signed in.')
  return person
}

async function visitOf(db: Database, cookies: Cookies, c: Context): Promise<Visit> {
  const person = await signedIn(db, cookies, c)
  const slug = c.req.param('workspace') ?? ''
  const [{ ctx, workspace }, memberships] = await Promise.all([
    admit(db, person, { workspace: slug, capability: 'operations.view', changes: false }),
    listMemberships(db, person),
  ])
  const workspaces = memberships.map((one) => ({ name: one.name, slug: one.slug, isShown: one.slug === slug }))
  return { person, ctx, workspace, workspaces }
}

function problemPage(message: string): Html {
  return layout({ title: 'Problem', livePath: undefined, body: problemView(message), workspaces: [] })
}

async function renderOverview(db: Database, { ctx, workspace }: Visit): Promise<Html> {
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

function noWorkspaceView(): Html {
  return html`<h1>Welcome</h1>
    <p>You belong to no workspace: ask an owner of one for an invitation.</p>`
}

/** Sends the fragment now and whenever it changes, until the browser goes away. */
function streamFragments(c: Context, live: LiveFragments, key: string, render: () => Promise<string>): Response {
  return streamSSE(c, async (stream) => {
    const { promise: gone, resolve } = Promise.withResolvers<void>()
    const stop = live.follow(
      key,
      untilClosed(render, () => resolve()),
      (fragment) => {
        stream.writeSSE({ event: 'fragment', data: JSON.stringify(fragment) }).catch(() => resolve())
      },
    )
    stream.onAbort(() => resolve())
    await gone
    stop()
  })
}

/** An access that has ended ends the stream; the browser asks again, and is told. */
function untilClosed(render: () => Promise<string>, close: () => void): () => Promise<string> {
  return async () => {
    try {
      return await render()
    } catch (error) {
      if (error instanceof Failure && reasons[error.reason].status < 500) close()
      throw error
    }
  }
}

const assets: Readonly<Record<string, string>> = {
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'sign-in.js': 'text/javascript; charset=utf-8',
  'sign-out.js': 'text/javascript; charset=utf-8',
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
