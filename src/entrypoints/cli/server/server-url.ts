import { Failure } from '#foundation/kernel/failure.ts'

// Without https:// in front a single word is no address: it may be a key in the wrong place, and would be looked up as a name.
const bare = /^(localhost|\[::1\]|[a-z0-9-]+(\.[a-z0-9-]+)+)(:\d+)?(\/|$)/i
const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * The address of a server as people write it, `atlas.example.com` too, without what follows its path.
 * @throws Failure `invalid_input` for what is no address, and for one that would show the sign-in to the network
 */
export function serverUrl(text: string): string {
  const url = URL.parse(bare.test(text) ? `${schemeFor(text)}://${text}` : text)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.username !== '')
    throw new Failure('invalid_input', 'This is no address of a server: write it like https://tenantatlas.example.com.')
  if (url.protocol === 'http:' && !loopback.has(url.hostname))
    throw new Failure(
      'invalid_input',
      `${url.origin} is not encrypted, and your sign-in goes along with each request: use https.`,
    )
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

/** What runs on this machine is not encrypted, everything else is. */
function schemeFor(text: string): string {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/i.test(text) ? 'http' : 'https'
}
