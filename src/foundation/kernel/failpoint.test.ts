import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { failpoint, parseFailpoints } from '#foundation/kernel/failpoint.ts'

/** Visits the failpoint `step` three times in a process of its own and prints before each visit. */
function visitThrice(setting: string) {
  const program = `
    const { failpoint } = await import('#foundation/kernel/failpoint.ts')
    for (const visit of [1, 2, 3]) {
      console.log(visit)
      try { failpoint('step') } catch (error) { console.log(error.message) }
    }`
  const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...process.env, TENANTATLAS_FAILPOINT: setting },
  })
  return { lines: stdout.trim().split('\n'), signal }
}

describe('failpoint()', () => {
  test('passes when none is armed', () => {
    expect(failpoint('step')).toBeUndefined()
  })

  test('kills the process at the visit that was chosen', () => {
    expect(visitThrice('other:throw@1,step:kill@2')).toEqual({ lines: ['1', '2'], signal: 'SIGKILL' })
  })

  test('throws once, at the visit that was chosen', () => {
    expect(visitThrice('step:throw@2')).toEqual({ lines: ['1', '2', 'failpoint step', '3'], signal: null })
  })
})

test('parseFailpoints() refuses what it does not understand', () => {
  expect(() => parseFailpoints('run.claimed:explode@1')).toThrow('"run.claimed:explode@1" is not like')
})
