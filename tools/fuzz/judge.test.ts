import { expect, test } from 'vitest'
import { judge, type Answer } from './judge.ts'
import { readDocument } from './read-document.ts'

const document = {
  paths: {
    '/things/{thing}': {
      get: {
        operationId: 'things.get',
        parameters: [{ name: 'thing', in: 'path', required: true, schema: { type: 'string' } }],
        responses: {
          200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
          404: { $ref: '#/components/responses/NotFound' },
        },
      },
    },
  },
  components: {
    responses: { NotFound: { content: { 'application/problem+json': { schema: { type: 'object' } } } } },
    schemas: {
      Thing: {
        type: 'object',
        required: ['id'],
        additionalProperties: false,
        properties: { id: { type: 'string', format: 'uuid' } },
      },
    },
  },
}

const { operations } = readDocument(JSON.stringify(document))

const sound = {
  'content-type': 'application/json',
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=()',
  'cache-control': 'no-store',
}

function rulesBroken(answer: Partial<Answer>, { target = '/api/v1/things/x', method = 'GET' } = {}): string[] {
  const [operation] = operations
  if (operation === undefined) throw new TypeError('the document has an operation')
  const request = { operation, method, target, headers: {}, body: undefined, caller: 'owner', broken: [] }
  const whole = { status: 200, headers: sound, text: JSON.stringify({ id: crypto.randomUUID() }), ...answer }
  return judge(request, whole, { operations, foreign: ['canary-of-elsewhere'] }).map(({ rule }) => rule)
}

const problem = { ...sound, 'content-type': 'application/problem+json' }
const refusal = (status: number, reason: string) => ({
  status,
  headers: problem,
  text: JSON.stringify({ status, reason }),
})

test('judge() has nothing against an answer that is declared, nor against a refusal that is', () => {
  expect(rulesBroken({})).toEqual([])
  expect(rulesBroken(refusal(404, 'not_found'))).toEqual([])
  expect(rulesBroken(refusal(405, 'method_not_allowed'), { method: 'PUT' })).toEqual([])
})

test.each<[string, Partial<Answer>, string]>([
  ['a defect', refusal(500, 'unknown_error'), 'defect'],
  ['a field too many', { text: '{"id":"6f0a1f0e-7b55-4d1c-9c1e-0a4f5f0d2d11","secret":1}' }, 'undeclared'],
  ['a field of another kind', { text: '{"id":"x"}' }, 'undeclared'],
  ['a status nobody declared', refusal(409, 'conflict'), 'undeclared'],
  ['a refusal as HTML', { status: 404, text: '<h1>', headers: { ...sound, 'content-type': 'text/html' } }, 'problem'],
  ['a reason nobody knows', refusal(404, 'because'), 'problem'],
  ['a name of another workspace', { text: '{"id":"canary-of-elsewhere"}' }, 'foreign'],
  ['a cookie of another workspace', { headers: { ...sound, 'set-cookie': ['canary-of-elsewhere'] } }, 'foreign'],
  ['a page that may be framed', { headers: { ...sound, 'x-frame-options': undefined } }, 'headers'],
])('judge() finds %s', (_name, answer, rule) => {
  expect(rulesBroken(answer)).toContain(rule)
})

test('judge() holds an odd path against the operation it leads to', () => {
  expect(rulesBroken(refusal(409, 'conflict'), { target: '/api/v1/other/../things/y' })).toEqual(['undeclared'])
  expect(rulesBroken({}, { target: '/api/v1/nothing' })).toEqual(['undeclared'])
})
