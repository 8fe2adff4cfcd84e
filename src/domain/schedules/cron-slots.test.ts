import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cronSlots } from '#domain/schedules/cron-slots.ts'
import { Failure } from '#foundation/kernel/failure.ts'

const at = (text: string) => new Date(text)

/** Every slot in the time between, the first moment left out. */
function slotsBetween(schedule: { cron: string; timeZone: string }, from: string, to: string): string[] {
  const slots = cronSlots(schedule)
  const found: string[] = []
  for (let slot = slots.after(at(from)); slot <= at(to); slot = slots.after(slot)) found.push(slot.toISOString())
  return found
}

describe('cronSlots() in Europe/Berlin', () => {
  const timeZone = 'Europe/Berlin'

  test('has a fixed time that summer time skips once, right after the gap', () => {
    expect(slotsBetween({ cron: '30 2 * * *', timeZone }, '2027-03-27T12:00:00Z', '2027-03-29T12:00:00Z')).toEqual([
      '2027-03-28T01:00:00.000Z',
      '2027-03-29T00:30:00.000Z',
    ])
  })

  test('has a fixed time that comes twice in autumn once', () => {
    expect(slotsBetween({ cron: '30 2 * * *', timeZone }, '2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z')).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ])
  })

  test('has several fixed times a day once each on both days', () => {
    const cron = '30 2,14 * * *'
    expect(slotsBetween({ cron, timeZone }, '2027-03-27T23:00:00Z', '2027-03-28T21:59:59Z')).toHaveLength(2)
    expect(slotsBetween({ cron, timeZone }, '2026-10-24T22:00:00Z', '2026-10-25T22:59:59Z')).toHaveLength(2)
  })

  test('goes by the hours that pass where the expression says every hour', () => {
    const cron = '0 * * * *'
    expect(slotsBetween({ cron, timeZone }, '2027-03-27T22:59:59Z', '2027-03-28T21:59:59Z')).toHaveLength(23)
    expect(slotsBetween({ cron, timeZone }, '2026-10-24T21:59:59Z', '2026-10-25T22:59:59Z')).toHaveLength(25)
  })
})

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Chatham']
const expressions = [
  '0 2 * * *',
  '30 2 * * *',
  '*/5 * * * *',
  '0 */6 * * *',
  '15 1,2,3 * * 0',
  '0 0 1 * *',
  '0 9 * * 1-5',
  '45 23 31 12 *',
]

describe('cronSlots()', () => {
  test('agrees with itself: the last slot up to a time is the one whose successor is the first after it', () => {
    const anyTime = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2030, 0, 1) })
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.constantFrom(...expressions), anyTime, (timeZone, cron, ms) => {
        const slots = cronSlots({ cron, timeZone })
        const before = slots.atOrBefore(new Date(ms))
        const next = slots.after(new Date(ms))
        expect(before.getTime()).toBeLessThanOrEqual(ms)
        expect(next.getTime()).toBeGreaterThan(ms)
        expect(slots.after(before)).toEqual(next)
        expect(slots.atOrBefore(next)).toEqual(next)
        expect(slots.atOrBefore(new Date(next.getTime() - 1))).toEqual(before)
      }),
      { numRuns: 400 },
    )
  })

  test('keeps that around every change of the clocks', () => {
    const changes = [
      '2026-10-25T00:00Z',
      '2027-03-28T00:00Z',
      '2026-11-01T05:00Z',
      '2027-03-14T06:00Z',
      '2026-10-03T15:00Z',
    ]
    for (const change of changes) {
      for (const [timeZone, cron] of zones.flatMap((zone) => expressions.map((one) => [zone, one] as const))) {
        const slots = cronSlots({ cron, timeZone })
        for (let ms = Date.parse(change); ms < Date.parse(change) + 4 * 3_600_000; ms += 15 * 60_000) {
          const next = slots.after(new Date(ms))
          expect([timeZone, cron, slots.after(slots.atOrBefore(new Date(ms)))]).toEqual([timeZone, cron, next])
        }
      }
    }
  })

  test('takes nicknames', () => {
    expect(cronSlots({ cron: '@daily', timeZone: 'UTC' }).after(at('2026-05-05T10:00:00Z'))).toEqual(
      at('2026-05-06T00:00:00Z'),
    )
  })

  test.each([
    ['nonsense', 'UTC', /^cron: "nonsense" is not a cron expression .*such as "0 2 \* \* \*"/],
    ['61 * * * *', 'UTC', /^cron: "61 \* \* \* \*" .*minute: 61/],
    ['0 0 2 * * *', 'UTC', /^cron: .*it has 6 fields.*takes five fields/],
    ['0 2 30 2 *', 'UTC', /^cron: .*never comes true/],
    ['', 'UTC', /^cron: ""/],
    ['0 2 * * *', 'Europe/Berlim', /^time zone: "Europe\/Berlim" is not a time zone; one is like Europe\/Berlin/],
    ['0 2 * * *', '', /^time zone: ""/],
  ])('refuses %j in %j and says which field and how it should look', (cron, timeZone, message) => {
    const refused = () => cronSlots({ cron, timeZone })
    expect(refused).toThrow(Failure)
    expect(refused).toThrow(message)
  })
})
