import { html } from 'hono/html'
import type { Html } from '#entrypoints/http/views/layout.ts'

export function problemView(message: string): Html {
  return html`<h1>That did not work</h1>
    <p>${message}</p>
    <p><a href="/">Back to the overview</a></p>`
}
