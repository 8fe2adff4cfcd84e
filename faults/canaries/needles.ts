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
  const all: (readonly [form: string, needle: string | Buffer])[] = [
    ['plain', bytes],
    ...texts,
    ['hex', bytes.toString('hex')],
    ['hex', bytes.toString('hex').toUpperCase()],
    ...alignments(bytes).flatMap((text) => [
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

function textForms(value: string): (readonly [string, string])[] {
  const json = JSON.stringify(value).slice(1, -1)
  const percent = Buffer.from(value).toString('hex').replaceAll(/../g, '%$&')
  const pieces = value.length >= 2 * pieceLength ? [value.slice(0, pieceLength), value.slice(-pieceLength)] : []
  return [
    ...pieces.map((piece) => ['a piece', piece] as const),
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
