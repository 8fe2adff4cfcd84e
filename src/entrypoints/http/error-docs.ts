/** The page about each reason a refusal can have: where `type` of a problem leads. */
import { Hono } from 'hono'
import { html } from 'hono/html'
import { isReason, reasons } from '#foundation/kernel/reasons.ts'
import { layout } from '#entrypoints/http/views/layout.ts'

export function errorDocs(): Hono {
  const app = new Hono()
  app.get('/docs/errors/:reason', (c) => {
    const reason = c.req.param('reason')
    if (!isReason(reason)) return c.notFound()
    const { status, exit, retry, next } = reasons[reason]
    const body = html`<div class="narrow">
      <h1><code>${reason}</code></h1>
      <p>${next}</p>
      <dl>
        <dt>HTTP status</dt>
        <dd>${status}</dd>
        <dt>Exit code of the command line</dt>
        <dd>${exit}</dd>
        <dt>Tried again by itself, where it ends a run</dt>
        <dd>${retry === 'later' ? 'yes' : 'no'}</dd>
      </dl>
    </div>`
    return c.html(layout({ title: reason, livePath: undefined, body, workspaces: [] }))
  })
  return app
}
