/** Every form a secret is looked for in. */
import type { Canary } from './canary.ts'

export interface Needle {
  readonly canary: string
  /** Such as `base64`. */
  readonly form: string
  readonly bytes: Buffer
}

/** Shorter pieces of a secret happen by chance. */
const pieceLength = 12

export function needlesOf({ name, value }: Canary): Needle[] {
  const bytes = Buffer.from(value)
  const texts = typeof value === 'string' ? textForms(value) : []
  // Pieces too: what encodes a JSON or a URL encodes the secret as it stands there.
  const encoded = [bytes, ...piecesOf(value).map((piece) => Buffer.from(piece))]
  const all: (readonly [form: string, needle: string | Buffer])[] = [
    ['plain', bytes],
    ...texts,
    ...encoded.map((one) => ['hex', one.toString('hex')] as const),
    ...encoded.map((one) => ['hex', one.toString('hex').toUpperCase()] as const),
    ...encoded
      .flatMap(alignments)
      .flatMap((text) => [
        ['base64', text] as const,
        ['base64url', text.replaceAll('+', '-').replaceAll('/', '_')] as const,
      ]),
  ]
  const distinct = new Map<string, Needle>()
  for (const [form, needle] of all) {
    const wanted = Buffer.from(needle)
    const key = wanted.toString('latin1')
    if (!distinct.has(key)) distinct.set(key, { canary: name, form, bytes: wanted })
  }
  return [...distinct.values()]
}

function piecesOf(value: string | Buffer): string[] {
  if (typeof value !== 'string' || value.length < 2 * pieceLength) return []
  return [value.slice(0, pieceLength), value.slice(-pieceLength)]
}

function textForms(value: string): (readonly [string, string])[] {
  const json = JSON.stringify(value).slice(1, -1)
  const percent = Buffer.from(value).toString('hex').replaceAll(/../g, '%$&')
  return [
    ...piecesOf(value).map((piece) => ['a piece', piece] as const),
    ['in lower case', value.toLowerCase()],
    ['without hyphens', value.replaceAll('-', '')],
    ['URL', encodeURIComponent(value)],
    ['URL', new URLSearchParams({ v: value }).toString().slice(2)],
    ['URL', percent],
    ['URL', percent.toUpperCase()],
    ['JSON', json],
    ['JSON', JSON.stringify(json).slice(1, -1)],
    ['JSON', escapedAll(value)],
    ['HTML', value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')],
  ]
}

function escapedAll(value: string): string {
  return Array.from(
    { length: value.length },
    (_, at) => `\\u${value.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('')
}

/**
 * What base64 of anything that holds the bytes has in it, wherever they begin: without the characters at the ends, which
 * the neighbours have a part in.
 */
function alignments(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '')
    const first = Math.ceil((before * 8) / 6)
    const wholes = Math.floor(((before + bytes.length) * 8) / 6)
    return text.slice(first, wholes)
  })
}
