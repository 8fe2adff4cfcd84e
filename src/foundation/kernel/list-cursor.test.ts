import { describe, expect, test } from 'vitest'
import { readCursor, writeCursor } from '#foundation/kernel/list-cursor.ts'

const id = '01990000-0000-7000-8000-000000000001'
const encoded = (text: string) => Buffer.from(text).toString('base64url')

describe('readCursor()', () => {
  test.each(['2026-03-01 08:00:00+00', '2026-03-01 08:00:00.123456-05:30'])('reads what was written of %s', (at) => {
    expect(readCursor(writeCursor({ createdAt: at, id }))).toEqual({ createdAt: at, id })
  })

  test.each([
    '',
    'nonsense',
    `2026 ${id}`,
    `2026-02-30 08:00:00+00 ${id}`,
    `0000-01-01 08:00:00+00 ${id}`,
    `2026-03-01 25:00:00+00 ${id}`,
    `2026-03-01 08:00:00+99 ${id}`,
    '2026-03-01 08:00:00+00 0199',
    `2026-03-01 08:00:00+00\u0000 ${id}`,
  ])('refuses %j', (text) => {
    expect(() => readCursor(encoded(text))).toThrow(expect.objectContaining({ reason: 'invalid_input' }))
  })
})
