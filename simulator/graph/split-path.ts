import { decodeLoosely } from '../http/decode.ts'

/** A path below the version as decoded segments; `collection('id')` reads as `collection/id`. */
export function splitPath(path: string): string[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .flatMap((segment) => {
      const text = decodeLoosely(segment)
      const keyed = /^(\w+)\('([^']*)'\)$/.exec(text)
      return keyed ? [keyed[1] ?? '', keyed[2] ?? ''] : [text]
    })
}
