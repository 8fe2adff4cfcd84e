import { describe, expect, test } from 'vitest'
import { readCheckpoints } from '#entrypoints/cli/audit/read-checkpoints.ts'

const checkpoint = {
  workspaceId: '01a22727-0aca-7761-a2d8-f4e324badf30',
  kind: 'head',
  seq: 13,
  hash: 'ab'.repeat(32),
  at: '2026-11-29T11:54:19.826Z',
  keyId: 'aec86c16d29265b6',
  signature: 'JIh1bEvmbg0yoneUt3fae2OXnpn7BbrepH',
}

describe('readCheckpoints()', () => {
  test('finds them alone and in the lines of a log, among others', () => {
    const logged = JSON.stringify({ level: 'info', checkpoint, msg: 'audit checkpoint' })
    const text = `pretty line\n${JSON.stringify(checkpoint)}\n{"msg":"run ended"}\n${logged}\n`
    expect(readCheckpoints(text, 'worker.log')).toEqual([checkpoint, checkpoint])
  })

  test('refuses a text without one', () => {
    expect(() => readCheckpoints('{"msg":"run ended"}\nnot json\n{"broken', 'worker.log')).toThrow(
      'worker.log has no checkpoint',
    )
  })
})
