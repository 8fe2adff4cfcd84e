import { Writable } from 'node:stream'
import pino from 'pino'
import { expect, test } from 'vitest'
import { logOptions } from '#foundation/observability/log.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import { clientOf, giveToken, noAbort, permitOf, sendJson, startCloud } from '#graph/client/testing.ts'

const policies = contractOf('configurationPolicies')

/** Everything a client logs at the finest level, as one text and as its messages. */
function collectLog() {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  const messages = () => new Set(lines.map((line) => (JSON.parse(line) as { msg: string }).msg))
  return { log: pino(logOptions('debug'), stream), text: () => lines.join(''), messages }
}

test('the log tells refusals, throttling, failures and writes, and never a token, a secret, a name or a body', async () => {
  const { log, text, messages } = collectLog()
  const statuses = [429, 503, 401, 400]
  const error = { code: 'X', message: 'private-words of ada@contoso.com' }
  await using cloud = await startCloud((_, response) =>
    sendJson(response, statuses.shift() ?? 200, { error, value: [{ id: 'private-id' }] }),
  )
  const client = clientOf(cloud, { log })
  await client.reader.readFilters({ signal: noAbort })
  await client.reader.readPolicies(
    policies,
    { assignments: true, wholePayload: false, signal: noAbort },
    async () => undefined,
  )
  await client.reader.readAssignments(policies, ['../private-id'], { signal: noAbort })
  const permit = permitOf({ justification: 'private-words' })
  await client.writer.replaceAssignments(policies, 'private-id', [{ target: 'private-words' }], permit)

  await using refusing = await startCloud(giveToken, (_, response) =>
    sendJson(response, 401, { error: 'invalid_client', error_description: 'AADSTS7000215: private-words' }),
  )
  await clientOf(refusing, { log }).reader.readFilters({ signal: noAbort })

  expect(messages()).toEqual(
    new Set([
      'graph throttled',
      'graph request failed',
      'graph request refused by the egress gate',
      'graph write sent',
      'graph write answered',
      'access token refused',
    ]),
  )
  expect(text()).toContain(permit.clientRequestId)
  expect(text()).toContain(permit.restoreRunId)
  expect(text()).toContain('AADSTS7000215')
  expect(text()).not.toMatch(/eyJ|reader-secret|writer-secret|private|contoso/)
})
