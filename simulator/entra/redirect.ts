/** Where an app may be answered, and the answer. */
import type { Reply } from '../graph/reply.ts'
import type { SimApp } from '../world.ts'
import { escaped, pageReply } from './page.ts'

/** Whether an app registered this address: exactly, a loopback one with any port, one that ends in `*` by its beginning. */
export function isRegistered({ redirectUris }: SimApp, asked: string): boolean {
  if (!URL.canParse(asked) || asked.includes('#')) return false
  return redirectUris.some((registered) => {
    const [wanted, got] = [withoutLoopbackPort(registered), withoutLoopbackPort(asked)]
    return wanted.endsWith('*') ? got.startsWith(wanted.slice(0, -1)) : wanted === got
  })
}

function withoutLoopbackPort(address: string): string {
  return address.replace(/^(http:\/\/(?:localhost|127\.0\.0\.1)):\d+(?=\/|$)/, '$1')
}

export interface Recipient {
  readonly redirectUri: string
  readonly responseMode: 'query' | 'form_post'
  readonly state: string | null
}

/** Sends the browser back with an answer. Without scripts a posted answer takes one more click. */
export function answerTo({ redirectUri, responseMode, state }: Recipient, given: Record<string, string>): Reply {
  const answer = { ...given, ...(state === null ? {} : { state }) }
  if (responseMode === 'form_post') return postedAnswer(redirectUri, answer)
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries(answer)) url.searchParams.append(name, value)
  return { status: 302, headers: { location: url.href, 'cache-control': 'no-store' }, text: undefined }
}

function postedAnswer(redirectUri: string, answer: Record<string, string>): Reply {
  const inputs = Object.entries(answer).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  )
  const form = `<form method="post" action="${escaped(redirectUri)}">${inputs.join('')}<button>Continue</button></form>`
  return pageReply(200, 'Continue to the application', form)
}
