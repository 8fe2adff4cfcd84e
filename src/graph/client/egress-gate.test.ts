import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PolicyContract } from '#graph/contracts/contract.ts'
import { contractOf, contracts } from '#graph/contracts/registry.ts'
import { createEgressGate } from '#graph/client/egress-gate.ts'
import type { Admission, EgressGate } from '#graph/client/egress-gate.ts'
import type { GraphOperation, ReadOperation } from '#graph/client/operations.ts'
import { clientOf, noAbort, permitOf, sendJson, silentLog, startCloud } from '#graph/client/testing.ts'

const graphOrigin = 'https://graph.microsoft.com'
const policies = contractOf('configurationPolicies')
const list: ReadOperation = { kind: 'listPolicies', contract: policies, expand: ['assignments', 'settings'], top: 100 }

let gate: EgressGate
beforeEach(() => {
  gate = createEgressGate({ graphOrigin, log: silentLog })
})

describe('admit()', () => {
  test('admit() makes the requests the contracts describe', () => {
    expect(urlOf(gate.admit(list))).toBe(
      'https://graph.microsoft.com/beta/deviceManagement/configurationPolicies?$expand=assignments,settings&$top=100',
    )
    expect(urlOf(gate.admit({ kind: 'readAssignments', contract: contractOf('deviceShellScripts'), id: 'a1' }))).toBe(
      'https://graph.microsoft.com/beta/deviceManagement/deviceShellScripts/a1?$expand=assignments',
    )
  })

  test('admit() makes every read and every allowed write of every contract', () => {
    for (const contract of contracts) {
      const id = '0199b2a4-0000-7000-8000-000000000001'
      expect(gate.admit({ kind: 'listPolicies', contract, expand: [], top: null }).state).toBe('admitted')
      expect(gate.admit({ kind: 'readPolicy', contract, id, expand: [] }).state).toBe('admitted')
      const assignments = gate.admit({ kind: 'readAssignments', contract, id }).state
      expect([contract.key, assignments]).toEqual([
        contract.key,
        contract.assignmentsRead === 'none' ? 'refused' : 'admitted',
      ])
    }
  })

  test('admit() sends the assignments under the body property of the contract', () => {
    const admission = gate.admit({
      kind: 'replaceAssignments',
      contract: contractOf('deviceHealthScripts'),
      id: 'a1',
      assignments: [],
    })
    expect(admission).toMatchObject({ state: 'admitted', request: { body: '{"deviceHealthScriptAssignments":[]}' } })
  })

  test('admit() counts each part of a batch', () => {
    const parts = Array.from({ length: 20 }, (_, index): ReadOperation => ({
      kind: 'readAssignments',
      contract: policies,
      id: `p${index}`,
    }))
    expect(gate.admit({ kind: 'batch', parts })).toMatchObject({ state: 'admitted', request: { cost: 20 } })
    expect(gate.admit({ kind: 'batch', parts: [...parts, ...parts] }).state).toBe('refused')
  })

  test('admit() refuses a contract that is only shaped like one of the registry', () => {
    const forged: PolicyContract = { ...policies, collection: '/users' }
    const operations: GraphOperation[] = [
      { kind: 'listPolicies', contract: forged, expand: [], top: null },
      { kind: 'readPolicy', contract: { ...policies }, id: 'a', expand: [] },
      { kind: 'batch', parts: [{ kind: 'readAssignments', contract: forged, id: 'a' }] },
    ]
    expect(operations.map((operation) => gate.admit(operation).state)).toEqual(['refused', 'refused', 'refused'])
    expect(gate.refusals()).toBe(3)
  })

  test.each(['policySets', 'managedEBooks', 'deviceComplianceScripts'] as const)(
    'admit() refuses every write to %s',
    (type) => {
      const contract = contractOf(type)
      const writes: GraphOperation[] = [
        { kind: 'replaceAssignments', contract, id: 'a', assignments: [] },
        { kind: 'addAssignment', contract, id: 'a', assignment: {} },
        { kind: 'removeAssignment', contract, id: 'a', assignmentId: 'b' },
      ]
      expect(writes.map((operation) => gate.admit(operation).state)).toEqual(['refused', 'refused', 'refused'])
    },
  )
})

describe('admitNext()', () => {
  test.each([
    'https://graph.microsoft.com/beta/deviceManagement/configurationPolicies?$skiptoken=a%2Fb',
    "https://graph.microsoft.com/beta/deviceManagement/configurationPolicies('a1')/settings?$skip=100",
    'https://graph.microsoft.com/beta/devicemanagement/configurationpolicies?$skip=1',
  ])('admitNext() follows %s as it is', (link) => {
    expect(urlOf(gate.admitNext(link, list))).toBe(link)
  })

  test.each([
    'https://graph.microsoft.com.evil.example/beta/deviceManagement/configurationPolicies',
    'https://graph.microsoft.com@evil.example/beta/deviceManagement/configurationPolicies',
    'https://user:secret@graph.microsoft.com/beta/deviceManagement/configurationPolicies',
    'http://graph.microsoft.com/beta/deviceManagement/configurationPolicies',
    'https://graph.microsoft.com:8443/beta/deviceManagement/configurationPolicies',
    'https://graph.microsoft.com/v1.0/deviceManagement/configurationPolicies',
    'https://graph.microsoft.com/beta/../v1.0/deviceManagement/configurationPolicies',
    'https://graph.microsoft.com/beta/users',
    'https://graph.microsoft.com/beta/deviceManagement/configurationPolicies/../../users',
    'https://graph.microsoft.com/beta/deviceManagement/configurationPolicies/%2e%2e/%2e%2e/users',
    'https://graph.microsoft.com/beta/deviceManagement/configurationPolicies/a/assign',
    "https://graph.microsoft.com/beta/deviceManagement/configurationPolicies('a')/getEnrollmentTime()",
    '/beta/deviceManagement/configurationPolicies?$skip=1',
    'file:///beta/deviceManagement/configurationPolicies',
    `https://graph.microsoft.com/beta/deviceManagement/configurationPolicies?$skiptoken=${'a'.repeat(20_000)}`,
  ])('admitNext() refuses %s', (link) => {
    expect(gate.admitNext(link, list).state).toBe('refused')
  })
})

describe('10,000 hostile inputs', () => {
  let sockets = 0
  const count = () => {
    sockets += 1
  }
  beforeAll(() => subscribe('net.client.socket', count))
  afterAll(() => {
    unsubscribe('net.client.socket', count)
  })

  // Pieces that mean something to a URL, a path, a header or a shell, put together at random.
  const nasty = fc.constantFrom(
    '..',
    '.',
    '/',
    '//',
    '\\',
    '%2e%2e',
    '%2f',
    '%5c',
    '%00',
    '\0',
    '?',
    '#',
    '&',
    ';',
    ' ',
    '\r\n',
    "')",
    "('",
    '$batch',
    'assign',
    '@evil.example',
    'https://evil.example',
    '//evil.example',
    '127.0.0.1',
    'users',
    'me',
    'organization',
    'é',
    '\u202e',
    '𝕏',
    '%',
    '*',
  )
  const word = fc.string({ unit: 'grapheme', maxLength: 6 })
  const hostileText = fc
    .array(fc.oneof(nasty, nasty, word), { minLength: 1, maxLength: 6 })
    .map((pieces) => pieces.join(''))
  const isHarmless = (id: string) => /^[A-Za-z0-9_.:=-]{1,200}$/.test(id) && id !== '.' && id !== '..'

  test('no id leads anywhere but to one item of its collection', async () => {
    sockets = 0
    await using cloud = await startCloud((_, response) => sendJson(response, 200, { value: [] }))
    const client = clientOf(cloud)
    const contract = fc.constantFrom(...contracts)
    await fc.assert(
      fc.asyncProperty(contract, hostileText, async (type, id) => {
        fc.pre(!isHarmless(id))
        const refused = await client.reader.readAssignments(type, [id], { signal: noAbort })
        expect(refused.get(id)).toMatchObject({ state: 'unread', problem: { code: 'graph_refused' } })
        const write = await client.writer.replaceAssignments(type, id, [], permitOf())
        expect(write).toMatchObject({ state: 'refused', problem: { code: 'graph_refused' } })
      }),
      { numRuns: 5_000 },
    )
    expect({ sockets, requests: cloud.requests.length, tokens: cloud.tokenRequests.length }).toEqual({
      sockets: 0,
      requests: 0,
      tokens: 0,
    })
  })

  test('no next link leads out of the registry, the version or the host', () => {
    sockets = 0
    const host = fc.constantFrom(
      graphOrigin,
      graphOrigin,
      'https://evil.example',
      'http://graph.microsoft.com',
      'https://graph.microsoft.com.',
      '',
    )
    const link = fc
      .tuple(host, fc.constantFrom('/beta/', '/v1.0/', '/', '/beta//', '/BETA/../'), hostileText)
      .map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(link, (text) => {
        const admission = gate.admitNext(text, list)
        if (admission.state === 'refused') return
        const { url, method } = admission.request
        expect(method).toBe('GET')
        expect(url.origin).toBe(graphOrigin)
        expect(url.pathname).toMatch(/^\/beta\/(?:device|organization$|groups\/)/i)
      }),
      { numRuns: 5_000 },
    )
    expect(sockets).toBe(0)
  })

  test('a harmless id does open a socket, so the counter counts', async () => {
    sockets = 0
    await using cloud = await startCloud((_, response) => sendJson(response, 200, { value: [] }))
    await clientOf(cloud).reader.readAssignments(policies, ['a1'], { signal: noAbort })
    expect(sockets).toBeGreaterThan(0)
    expect(cloud.requests).toHaveLength(1)
  })
})

function urlOf(admission: Admission): string {
  return admission.state === 'admitted' ? admission.request.url.href : admission.why
}
