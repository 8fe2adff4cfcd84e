import { describe, expect, it } from 'vitest'
import { compileFilter } from './filter.ts'

const row = {
  '@odata.type': '#microsoft.graph.iosCustomConfiguration',
  displayName: "Pilot's ring",
  isAssigned: true,
  priority: 3,
  status: null,
  activityDateTime: '2026-03-05T10:00:00.1234567Z',
  actor: { applicationId: 'abc' },
}

describe('compileFilter()', () => {
  it.each([
    "displayName eq 'pilot''s RING'",
    "displayName ne 'other' and isAssigned eq true",
    "displayName eq 'other' or priority ge 3",
    "not (displayName eq 'other') and priority lt 4",
    "displayName in ('a', 'Pilot''s ring')",
    "startswith(displayName,'Pil') and endswith(displayName, 'ring') and contains(displayName,'lot')",
    "isof('microsoft.graph.iosCustomConfiguration')",
    'status eq null',
    "actor/applicationId eq 'abc'",
    "(microsoft.graph.managedApp/appAvailability eq null or microsoft.graph.managedApp/appAvailability eq 'lineOfBusiness' or isAssigned eq true)",
    'activityDateTime gt 2026-03-05T09:59:59Z and activityDateTime le 2026-03-05T10:00:01Z',
  ])('accepts a row that fits: %s', (filter) => {
    expect(compileFilter(filter)(row)).toBe(true)
  })

  it.each([
    "displayName eq 'other'",
    'isAssigned eq false',
    'displayName gt 3',
    "isof('microsoft.graph.windows10CustomConfiguration')",
    'activityDateTime gt 2026-03-06T00:00:00Z',
    'missing eq true',
  ])('refuses a row that does not: %s', (filter) => {
    expect(compileFilter(filter)(row)).toBe(false)
  })

  it.each([
    'displayName eq',
    "displayName like 'x'",
    "(displayName eq 'x'",
    "sounds('x')",
    "displayName eq 'x",
    'a eq 1 b',
  ])('throws on what is not a filter: %s', (filter) => {
    expect(() => compileFilter(filter)).toThrow(/Invalid filter clause/)
  })

  it('refuses functions that the collection does not know', () => {
    expect(() => compileFilter("endswith(displayName,'x')", ['endswith'])).toThrow(/'endswith' is not supported/)
  })
})
