/** A path below the version as decoded segments; `collection('id')` reads as `collection/id`. */
export function splitPath(path: string): string[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .flatMap((segment) => {
      const text = decode(segment)
      const keyed = /^(\w+)\('([^']*)'\)$/.exec(text)
      return keyed ? [keyed[1] ?? '', keyed[2] ?? ''] : [text]
    })
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    // A stray percent sign names nothing that exists; it is looked for as it stands.
    return segment
  }
}
