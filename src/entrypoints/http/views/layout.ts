import { html } from 'hono/html'

/** Text that is escaped already; views make it, nothing else does. */
export type Html = ReturnType<typeof html>

export interface Page {
  readonly title: string
  /** Where the live part comes from, undefined for a page that never changes: `/live/…` streams it, `/fragments/…` answers it once. */
  readonly livePath: string | undefined
  readonly body: Html
  /** Of the assets; default `page.js`. */
  readonly script?: string
  /** Whoever is signed in. */
  readonly person?: string
  readonly workspaces: readonly { readonly name: string; readonly slug: string; readonly isShown: boolean }[]
}

/** The whole document around the live part. */
export function layout({ title, livePath, body, workspaces, person, script = 'page.js' }: Page): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} – TenantAtlas</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/page.css" />
        <script type="module" src="/assets/${script}"></script>
        ${person === undefined ? '' : html`<script type="module" src="/assets/sign-out.js"></script>`}
      </head>
      <body>
        <header class="top">
          <a class="name" href="/">TenantAtlas</a>
          ${workspaces.length > 1 ? workspaceLinks(workspaces) : ''}
          <span id="live-state" role="status"></span>
          ${person === undefined ? '' : html`<span class="person"><span>${person}</span> <button type="button" data-sign-out disabled>Sign out</button></span>`}
        </header>
        ${livePath === undefined ? html`<main>${body}</main>` : html`<main data-live="/live${livePath}" data-fragment="/fragments${livePath}">${body}</main>`}
      </body>
    </html> `
}

function workspaceLinks(workspaces: Page['workspaces']): Html {
  const links = workspaces.map(({ name, slug, isShown }) =>
    isShown ? html`<a href="/w/${slug}" aria-current="page">${name}</a>` : html`<a href="/w/${slug}">${name}</a>`,
  )
  return html`<nav aria-label="Workspaces">${links}</nav>`
}
