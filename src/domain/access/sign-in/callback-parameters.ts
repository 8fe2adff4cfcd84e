const longestAddress = 16_384

/**
 * The parameters of an address a browser was sent back to; undefined unless it is exactly ours, without a fragment or a
 * login, and names each parameter once. Whoever sends the browser can write anything else.
 */
export function callbackParameters(callbackUrl: string | URL, redirectUri: string): URLSearchParams | undefined {
  const text = String(callbackUrl)
  const url = text.length > longestAddress ? null : URL.parse(text)
  if (url === null || `${url.origin}${url.pathname}` !== redirectUri) return undefined
  if (`${url.hash}${url.username}${url.password}` !== '') return undefined
  const names = [...url.searchParams.keys()]
  return new Set(names).size === names.length ? url.searchParams : undefined
}
