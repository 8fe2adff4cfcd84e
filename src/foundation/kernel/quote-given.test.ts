import { expect, test } from 'vitest'
import { quoteGiven } from '#foundation/kernel/quote-given.ts'

test.each(['backup.captur', 'entraTenantID', 'client_secret', 'x-api-key'])('quoteGiven() says %s back', (word) => {
  expect(quoteGiven(word, 'what was given')).toBe(`"${word}"`)
})

test.each(['', 'Tr0ub4dor', 'ta_2TnXgYbBzqUIpC8dArt1wP', 'correct horse battery staple', 'a'.repeat(41), 'pass"word'])(
  'quoteGiven() does not say %j back',
  (text) => {
    expect(quoteGiven(text, 'what was given')).toBe('what was given')
  },
)
