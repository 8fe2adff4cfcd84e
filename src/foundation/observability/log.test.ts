import pino from 'pino'
import { expect, test } from 'vitest'
import { Failure } from '#foundation/kernel/failure.ts'
import { logOptions } from '#foundation/observability/log.ts'

function logged(write: (log: pino.Logger) => void): Record<string, unknown> {
  const lines: string[] = []
  write(pino(logOptions('debug'), { write: (line) => lines.push(line) }))
  return JSON.parse(lines[0] ?? '{}')
}

test('createLog() writes a level by name, a time, a static message and fields', () => {
  expect(logged((log) => log.warn({ tenantId: 't1', retryAfterMs: 5 }, 'graph throttled'))).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    tenantId: 't1',
    retryAfterMs: 5,
    msg: 'graph throttled',
  })
})

test('createLog() takes secrets out of fields, one level down too', () => {
  const line = logged((log) => log.info({ password: 'hunter2', connection: { clientSecret: 'hunter2' } }, 'connected'))
  expect(JSON.stringify(line)).not.toContain('hunter2')
})

test('createLog() writes of an error only its name, reason, code, clean message and frames', () => {
  const cause = Object.assign(new Error('password=hunter2'), { code: 'ECONNRESET', config: { headers: 'hunter2' } })
  const error = Object.assign(new Failure('throttled', 'token=hunter2', { cause }), { response: 'hunter2' })
  const line = logged((log) => log.error({ err: error }, 'failed'))
  expect(JSON.stringify(line)).not.toContain('hunter2')
  expect(line['err']).toMatchObject({
    type: 'Failure',
    reason: 'throttled',
    cause: { code: 'ECONNRESET', message: 'password=[secret]' },
  })
})
