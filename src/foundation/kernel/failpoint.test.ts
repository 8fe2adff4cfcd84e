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

test('failpoint() stops the event loop for as long as was chosen, and goes on', () => {
  expect(visitThrice('step:block20@2')).toEqual({ lines: ['1', '2', '3'], signal: null })
  expect(parseFailpoints('step:block5000@2').get('step')).toMatchObject({ act: 'block', ms: 5_000, at: 2 })
})

test.each(['run.claimed:explode@1', 'run.claimed:kill', 'run.claimed:kill5@1', 'run.claimed:block@1'])(
  'parseFailpoints() refuses %s',
  (text) => {
    expect(() => parseFailpoints(text)).toThrow(`"${text}" is not like`)
  },
)
