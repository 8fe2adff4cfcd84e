import { isLoopback } from '#graph/client/clouds.ts'

/** An address without query, fragment or login, over https, or over http on this machine; else undefined. */
export function plainAddress(text: string): URL | undefined {
  const url = URL.parse(text)
  if (url === null || `${url.search}${url.hash}${url.username}${url.password}` !== '') return undefined
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
  return isSafe ? url : undefined
}
