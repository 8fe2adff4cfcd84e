import { stripVTControlCharacters } from 'node:util'

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u
const plainAscii = /^[\x20-\x7e]*$/

/** Columns a text takes on a terminal: wide characters take two, colours none. */
export function textWidth(text: string): number {
  if (plainAscii.test(text)) return text.length
  const visible = stripVTControlCharacters(text)
  let width = 0
  for (const { segment } of segmenter.segment(visible)) width += wide.test(segment) ? 2 : 1
  return width
}

/** The text cut to a width, with an ellipsis where something is missing. Takes text without colours. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let kept = ''
  let room = width - 1
  for (const { segment } of segmenter.segment(text)) {
    room -= textWidth(segment)
    if (room < 0) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

/** An id cut to a width at its beginning: its end is what tells it from others. */
export function truncateId(id: string, width: number): string {
  return id.length <= width ? id : `…${id.slice(1 - width)}`
}

/** One line without control characters: what comes from a tenant must not steer the terminal. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}|\p{Bidi_Control}/gu, '')
    .trim()
}
