import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sanitizeMessage } from '#foundation/kernel/sanitize.ts'

const jwt = 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJhdWQiOiJodHRwczovL2dyYXBoIn0.c2lnbmF0dXJlLW9mLXRoaXM'
const pem = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----'

test.each([
  ['a JWT', `token ${jwt} was refused`, 'eyJ'],
  ['a bearer header', 'Authorization: Bearer abcdefgh12345678', 'abcdefgh12345678'],
  ['a short basic header', 'Authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
  ['a PEM block', `key ${pem} is bad`, 'MIIEvQ'],
  ['a PEM block without its end', pem.slice(0, 45), 'MIIEvQ'],
  ['a client secret', 'client_secret=Q~8abc.DEF_ghi&grant_type=client_credentials', 'Q~8abc'],
  ['a quoted secret', `{"clientSecret": "hunter two"}`, 'hunter'],
  ['a password with spaces around', 'password : correct-horse', 'correct-horse'],
  ['a connection string', 'cannot reach postgres://ada:hunter2@db:5432/atlas', 'hunter2'],
  ['an Azure connection string', 'AccountName=x;AccountKey=abc123+/=;EndpointSuffix=y', 'abc123'],
  ['an e-mail address', 'user ada.moreau@contoso.onmicrosoft.com is blocked', 'ada.moreau'],
  ['an API key of ours', 'ta_0123456789abcdefXYZ is not known', '0123456789abcdefXYZ'],
  ['a long key', 'value 3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy7Qd9xA1b2C is wrong', '3J98t1WpEZ73'],
  ['an HTML page', 'Graph said <!DOCTYPE html><html><body>contoso secrets</body></html>', 'contoso'],
  ['a JSON body', `Graph said {"error": {"inner": "${'contoso '.repeat(40)}"}}`, 'contoso'],
])('sanitizeMessage() takes out %s', (_what, text, secret) => {
  expect(sanitizeMessage(text)).not.toContain(secret)
})

test.each([
  'The policy 0b1f9851-5c1e-4d4f-9c7a-2f0c1f0f1a11 was not found in "Contoso Ltd".',
  'Microsoft Graph answered 429: Retry-After 12 s; request-id 8c1a2b3d-0000-4000-8000-000000000000',
  'microsoft.graph.deviceManagementConfigurationPolicyAssignment cannot be read at deviceManagement/configurationPolicies/assignments',
  '"Contoso-Windows-SecurityBaseline-03-Device" (Settings catalog policy): settings are damaged.',
  '"Windows Basic Configuration – Berlin" and "Basic SETTINGS" are equal already.',
  'DEV_WIN11_SC_BitLockerEnforceOSDriveEncryption_v2 is written by somebody else',
  'token endpoint https://login.microsoftonline.com/common/oauth2/v2.0/token is unreachable (ECONNREFUSED)',
])('sanitizeMessage() leaves what helps: %s', (text) => {
  expect(sanitizeMessage(text)).toBe(text)
})

test('sanitizeMessage() gives one line of at most 500 characters, whatever comes, and changes it no further', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 6_000, unit: 'binary' }), (text) => {
      const once = sanitizeMessage(text)
      expect(once.length).toBeLessThanOrEqual(500)
      expect(once).not.toMatch(/[\n\r]/)
    }),
  )
})

test('sanitizeMessage() takes out random keys, however many dashes they have', () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const keys = fc
    .sample(bytes, { numRuns: 20_000, seed: 1 })
    .map((key) => `k${Buffer.from(key).toString('base64url')}A1`)
  expect(keys.filter((key) => sanitizeMessage(key).includes(key))).toEqual([])
})

test('sanitizeMessage() takes out a secret wherever it stands', () => {
  const words = fc.array(fc.constantFrom('graph', 'said', '429', 'for', 'policy', ':', ',', '\n'))
  fc.assert(
    fc.property(words, words, (before, after) => {
      const text = [...before, jwt, ...after, pem].join(' ')
      expect(sanitizeMessage(text)).not.toMatch(/eyJ|MIIE/)
    }),
  )
})
