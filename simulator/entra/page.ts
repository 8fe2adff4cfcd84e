/** The pages people see: plain HTML that needs no script, light or dark, on any width. */
import type { Reply } from '../graph/reply.ts'

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 28rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; line-height: 1.25 }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem }
.note { opacity: .8; font-size: .875rem }
.error { border-left: .25rem solid #d13438; padding-left: .75rem }
form { margin: 0 } ul { padding: 0; list-style: none } ul.rights { padding-left: 1.25rem; list-style: disc }
li { margin: .375rem 0; overflow-wrap: anywhere }
label { display: block; margin: .75rem 0 .25rem }
input, select { box-sizing: border-box; width: 100%; padding: .5rem; font: inherit }
button { padding: .5rem .875rem; font: inherit; cursor: pointer }
button.person { width: 100%; text-align: left }
button small { display: block; opacity: .8 }
.actions { display: flex; gap: .5rem; margin-top: 1rem }`

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}

/** `body` is HTML; what goes into it from outside is escaped by `escaped`. */
export function pageReply(status: number, title: string, body: string): Reply {
  const text = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${style}</style></head>
<body><main>
<h1>${escaped(title)}</h1>
${body}
<p class="note">A simulated Microsoft Entra. No real account is asked for here.</p>
</main></body></html>`
  return { status, headers, text }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}

export function errorParagraph(text: string | undefined): string {
  return text === undefined ? '' : `<p class="error" role="alert">${escaped(text)}</p>`
}
