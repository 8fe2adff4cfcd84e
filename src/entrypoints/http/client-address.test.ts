import { expect, test } from 'vitest'
import { clientAddress } from '#entrypoints/http/client-address.ts'

test.each([
  // Without a trusted proxy nobody is believed.
  ['203.0.113.7', '198.51.100.1', [], '203.0.113.7'],
  ['203.0.113.7', undefined, ['203.0.113.7'], '203.0.113.7'],
  ['10.0.0.1', '198.51.100.1', ['10.0.0.0/8'], '198.51.100.1'],
  // What stands left of the first stranger is what the stranger says.
  ['10.0.0.1', '1.1.1.1, 198.51.100.1, 10.0.0.2', ['10.0.0.0/8'], '198.51.100.1'],
  ['::ffff:10.0.0.1', '2001:db8::1', ['10.0.0.1'], '2001:db8::1'],
  ['10.0.0.1', 'nonsense', ['10.0.0.0/8'], '10.0.0.1'],
])('clientAddress(%s, %s, %j) is %s', (socket, forwarded, trusted, expected) => {
  expect(clientAddress(socket, forwarded, trusted)).toBe(expected)
})
