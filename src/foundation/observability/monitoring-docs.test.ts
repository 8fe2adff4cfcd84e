/** What `docs/monitoring/` gives people to load: it must name metrics that exist, and say what to do. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { metricNames } from '#foundation/observability/prom-metrics.ts'

const docs = join(import.meta.dirname, '../../../docs')
const read = (name: string) => readFileSync(join(docs, name), 'utf8')
const exist = await metricNames()

const rule = z.strictObject({
  alert: z.string().regex(/^TenantAtlas[A-Z]\w+$/),
  expr: z.string().min(1),
  for: z
    .string()
    .regex(/^\d+[smh]$/)
    .optional(),
  labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
  annotations: z.strictObject({ summary: z.string().min(10), action: z.string().min(20) }),
})
const ruleFile = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule).nonempty() })).nonempty(),
})

const grid = z.object({ h: z.number().positive(), w: z.number().positive(), x: z.number(), y: z.number() })
const target = z.object({ refId: z.string().length(1), expr: z.string().min(1), legendFormat: z.string() })
const panel = z.discriminatedUnion('type', [
  z.object({ id: z.number(), type: z.literal('row'), title: z.string(), gridPos: grid }),
  z.object({
    id: z.number(),
    type: z.enum(['timeseries', 'stat']),
    title: z.string().min(1),
    description: z.string().min(1),
    gridPos: grid,
    datasource: z.object({ type: z.literal('prometheus'), uid: z.literal('${datasource}') }),
    targets: z.array(target).nonempty(),
  }),
])
const dashboard = z.object({
  title: z.literal('TenantAtlas'),
  uid: z.string(),
  schemaVersion: z.number().min(36),
  templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }),
  panels: z.array(panel).nonempty(),
})

const rules = ruleFile.parse(parse(read('monitoring/alerts.yaml'))).groups.flatMap((group) => group.rules)
const { panels, templating } = dashboard.parse(JSON.parse(read('monitoring/grafana-dashboard.json')))
const queries = panels.flatMap((each) => (each.type === 'row' ? [] : each.targets.map(({ expr }) => expr)))

/** Metrics a query names that there are not. Prometheus itself makes `up`. */
function unknownIn(query: string): string[] {
  const named = query.match(/\b(?:tenantatlas|nodejs|process)_\w+/g) ?? []
  return named.filter((name) => !exist.has(name))
}

/** A query without strings, label lists and grouping: only there may braces and parentheses be counted. */
function isBalanced(query: string): boolean {
  const bare = query.replaceAll(/"[^"]*"/g, '')
  const depth = (open: string, close: string) => bare.split(open).length - bare.split(close).length
  return depth('(', ')') === 0 && depth('{', '}') === 0 && depth('[', ']') === 0
}

describe('the alert rules', () => {
  test.each(rules)('$alert names metrics that exist', ({ expr }) => {
    expect(unknownIn(expr)).toEqual([])
    expect(expr).toMatch(/\b(?:tenantatlas|nodejs)_\w+|\bup\{/)
    expect(isBalanced(expr)).toBe(true)
  })

  test('have names of their own', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  })

  test('name commands that docs/cli.md describes', () => {
    const described = read('cli.md')
    const commands = rules.flatMap(
      ({ annotations }) => annotations.action.match(/(?<=`tenantatlas )[a-z]+(?: [a-z]+)?/g) ?? [],
    )
    expect(commands.length).toBeGreaterThan(10)
    expect(commands.filter((command) => !described.includes(`\`${command}`))).toEqual([])
  })
})

describe('the dashboard', () => {
  test.each(queries)('%s names metrics that exist', (query) => {
    expect(unknownIn(query)).toEqual([])
    expect(query).toMatch(/\b(?:tenantatlas|nodejs|process)_\w+\{job=~"\$job"/)
    expect(isBalanced(query)).toBe(true)
  })

  test('lays panels out without one over another, and asks for its data source and job', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'job'])
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)} ${y + Math.floor(n / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true)
  })
})

test('docs/monitoring.md describes every metric of the product, and none that is not there', () => {
  const text = read('monitoring.md')
  const own = [...exist].filter((name) => name.startsWith('tenantatlas_') && !/_(?:bucket|sum|count)$/.test(name))
  expect(own.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
  expect(unknownIn(text)).toEqual([])
})

test('what is checked is found: a planted metric, a planted parenthesis', () => {
  expect(unknownIn('sum(rate(tenantatlas_runs_exploded_total[5m]))')).toEqual(['tenantatlas_runs_exploded_total'])
  expect(unknownIn('sum(rate(tenantatlas_claim_seconds_bucket[5m]))')).toEqual([])
  expect(isBalanced('sum(rate(x[5m])')).toBe(false)
})
