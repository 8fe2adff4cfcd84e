import { describe, expect, test } from 'vitest'
import { oneLine, textWidth, truncate } from '#entrypoints/cli/output/text-width.ts'

describe('textWidth()', () => {
  test.each([
    ['Contoso', 7],
    ['Zürich', 6],
    ['東京支社', 8],
    ['👩‍💻 Dev', 6],
    ['\u001b[31mred\u001b[39m', 3],
    ['e\u0301', 1],
  ])('of %j is %d', (text, width) => {
    expect(textWidth(text)).toBe(width)
  })
})

describe('truncate()', () => {
  test('leaves what fits and marks what is cut', () => {
    expect(truncate('Windows baseline', 16)).toBe('Windows baseline')
    expect(truncate('Windows baseline', 10)).toBe('Windows b…')
    expect(truncate('Windows baseline', 9)).toBe('Windows…')
  })

  test('never splits a wide character', () => {
    expect(truncate('東京支社', 6)).toBe('東京…')
  })
})

describe('oneLine()', () => {
  test('takes away line breaks, escape sequences and direction marks', () => {
    expect(oneLine('a\r\n\tb \u001b[2Jc\u0007\u202ed')).toBe('a b cd')
  })
})
