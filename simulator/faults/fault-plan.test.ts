import { describe, expect, it } from 'vitest'
import type { MatchedRequest } from './fault-engine.ts'
import { createFaultEngine, globToPattern } from './fault-engine.ts'
import type { FaultPlanInput } from './fault-plan.ts'
import { describeIssues, faultPlanSchema } from './fault-plan.ts'

const request: MatchedRequest = {
  kind: 'graph',
  method: 'GET',
  path: '/beta/deviceManagement/intents/1/assignments',
  query: '%24top=5',
  collection: '/deviceManagement/intents',
  tenant: { id: 't-1', name: 'Contoso', domain: 'contoso.onmicrosoft.com' },
  app: { clientId: 'c-1', name: 'reader' },
  isInner: false,
}

function engineWith(fault: FaultPlanInput['faults'][number]) {
  const engine = createFaultEngine()
  engine.replace(faultPlanSchema.parse({ faults: [fault] }))
  return engine
}

const effect = { kind: 'malformedJson' } as const

describe('createFaultEngine()', () => {
  it('hits after some matches, and only so often', () => {
    const engine = engineWith({ after: 2, count: 2, effect })
    const hits = Array.from({ length: 6 }, () => engine.fire(request).length)
    expect(hits).toEqual([0, 0, 1, 1, 0, 0])
    expect(engine.describe()[0]).toMatchObject({ id: 'fault-1', matches: 6, hits: 2 })
  })

  it('hits by chance, the same way for the same seed', () => {
    const draw = (seed: number) => {
      const engine = engineWith({ count: null, probability: 0.5, seed, effect })
      return Array.from({ length: 100 }, () => engine.fire(request).length)
    }
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })

  it.each([
    [{ method: 'GET' }, true],
    [{ method: 'POST' }, false],
    [{ path: '/beta/deviceManagement/intents/*/assignments' }, true],
    [{ path: '/beta/**' }, true],
    [{ path: '/beta/*' }, false],
    [{ query: '$top=5' }, true],
    [{ collection: '/deviceManagement/intents' }, true],
    [{ tenant: 'Contoso' }, true],
    [{ tenant: 'Fabrikam' }, false],
    [{ app: 'reader' }, true],
    [{ in: 'inner' }, false],
    [{ kind: 'token' }, false],
  ] as const)('matches %j: %s', (match, isHit) => {
    expect(engineWith({ match, effect }).fire(request)).toHaveLength(isHit ? 1 : 0)
  })
})

describe('globToPattern()', () => {
  it('takes everything but stars literally', () => {
    expect(globToPattern('/beta/a.b(c)/*').test('/beta/a.b(c)/d')).toBe(true)
    expect(globToPattern('/beta/a.b(c)/*').test('/beta/axb(c)/d')).toBe(false)
  })
})

describe('faultPlanSchema', () => {
  it('names every field that is wrong', () => {
    const plan = {
      faults: [
        { match: { path: 'beta' }, count: 0, effect: { kind: 'status', status: 200 } },
        { effect: { kind: 'boom' } },
      ],
    }
    const result = faultPlanSchema.safeParse(plan)
    const lines = result.error ? describeIssues(result.error) : ''
    for (const field of ['faults.0.match.path', 'faults.0.count', 'faults.0.effect.status', 'faults.1.effect.kind']) {
      expect(lines).toContain(`${field}: `)
    }
  })
})
