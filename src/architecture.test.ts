import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  brokenTextRules,
  climbingImports,
  forbiddenImports,
  foreignStores,
  importsOf,
  namelessFiles,
  readSources,
  strayImports,
  type ImportRule,
  type ImportTable,
  type SourceFile,
  type TextRule,
} from '../tools/architecture.ts'

/*
 * Who may import whom, as a table. Dependencies run downwards only: entrypoints, domain, graph, foundation.
 */

const foundation = /^src\/foundation\//
const graph = /^src\/graph\//
const domain = /^src\/domain\//
const contract = /^src\/contract\//
const entrypoints = /^src\/entrypoints\//
/** What is done on a host, beside its database, and what tests need for it. */
const hostCommands =
  /^src\/entrypoints\/cli\/(commands\/(platform|worker|key|operator)\/|demo\/|(demo-workspace|check-key|host-actor|open-product|installation|cli)\.ts$|runs\/follow-here\.ts$|server\/keep-local-sign-in\.ts$)/
const commands = /^src\/entrypoints\/cli\/(?!(commands\/(platform|worker|key|operator)|demo)\/)/
const foundationKernel = /^src\/foundation\/kernel\//
const root = /^src\/(main|compose|compose-handlers|compose-metrics)\.ts$/
const simulator = /^simulator\//
const tests = /\.(test|e2e|fixture)\.ts$|(^|\/)testing[^/]*\.ts$|-testing\.ts$/

const importRules: readonly ImportRule[] = [
  { from: foundation, mayImport: [foundation] },
  { from: graph, mayImport: [graph, foundation] },
  { from: domain, mayImport: [domain, graph, foundation] },
  { from: contract, mayImport: [contract, foundation] },
  {
    from: /^src\/entrypoints\/(http|worker|documents)\//,
    mayImport: [entrypoints, contract, domain, graph, foundation],
  },
  // What members do goes over the API: these commands know its description, and nothing behind it.
  {
    from: commands,
    mayImport: [commands, contract, foundationKernel, /^src\/foundation\/(config\/|crypto\/split-pem\.ts$)/],
  },
  { from: /^src\/entrypoints\/cli\/catalogue\.ts$/, mayImport: [/^src\/entrypoints\/cli\/commands\/.+-commands\.ts$/] },
  { from: hostCommands, mayImport: [entrypoints, contract, domain, graph, foundation] },
  { from: root, mayImport: [root, entrypoints, contract, domain, graph, foundation] },
  // The commands that start the simulator as a child process: its starter, the client of its control API, its people.
  { from: /^src\/entrypoints\/cli\//, mayImport: [/^simulator\/(start-simulator|control|people)\.ts$/] },
  // The simulator stands for somebody else's service: it knows nothing of TenantAtlas.
  { from: simulator, mayImport: [simulator] },
  { from: /^(bench|faults|tools)\//, mayImport: [/^(bench|faults|tools|src|simulator)\//] },
  { from: /^bin\//, mayImport: [/^tools\/bootstrap\.mjs$/] },
  { from: tests, mayImport: [/^(src|simulator|tools)\//] },
]

const textRules: readonly TextRule[] = [
  {
    says: 'only foundation/observability knows how metrics are kept: report an event (events.ts, metrics.ts)',
    pattern: /from 'prom-client'/,
    except: [/^src\/foundation\/observability\/prom-metrics\.ts$/, tests],
  },
  {
    says: 'process.exit() cuts off what still runs: return, or set process.exitCode',
    pattern: /\bprocess\.exit\(/,
    except: [/^src\/(main|architecture\.test)\.ts$/, /^tools\//],
  },
  {
    says: 'only the transaction writes SET: a setting must not outlive it on a pooled connection',
    pattern: /['"`;(]\s*set\s+(?:local|session|role|constraints|[a-z_.]+\s*(?:=|to\b))|\bset_config\s*\(/,
    except: [/^src\/foundation\/db\/transaction\.ts$/, /^(simulator|bench|tools)\//, tests],
  },
  {
    says: 'only the run ledger writes runs',
    pattern:
      /(?:insertInto|updateTable|deleteFrom)\(\s*['"](?:operation_runs|live_runs)['"]|(?:insert\s+into|update|delete\s+from)\s+(?:operation_runs|live_runs)\b/,
    except: [/^src\/domain\/operations\//, /^(bench|faults)\//, tests],
  },
  {
    says: 'a scope is taken whole: what is picked of one, anybody can write',
    pattern: /\b(?:Pick|Omit)<(?:Workspace|Tenant)Context\b/,
    except: [tests],
  },
]

/** What a store may not have: a workspace that it is told. */
const storeRules: readonly TextRule[] = [
  {
    says: 'a store acts in the scope it is given (WorkspaceContext, TenantContext)',
    pattern: /\bworkspaceId\??: (?:WorkspaceId|string)\b/,
    // They answer which workspaces there are, before anybody acts in one: docs/isolation.md, "The door".
    except: [
      /^src\/domain\/access\/access\.store\.ts$/,
      /^src\/domain\/access\/members\/invitations\.store\.ts$/,
      /^src\/domain\/platform\/(break-glass|platform-overview)\.store\.ts$/,
    ],
  },
]

/** What makes a scope, and for whom: a file that is not here acts in the scope that it is given. */
const mint = 'src/foundation/kernel/mint-context.ts'
const mintSpecifier = mint.replace('src/', '#')
const minters: ImportTable = {
  // What everybody else imports: types, and what tells a genuine scope.
  'src/foundation/kernel/context.ts': ['Actor', 'Admission', 'TenantContext', 'TenantPlace', 'WorkspaceContext'],
  // Whoever asks to be let in.
  'src/domain/access/admit.ts': ['contextOfCaller'],
  // Somebody whose membership is made in the same transaction: first owners, invited people, operators who break the glass.
  'src/domain/access/setup/set-up.ts': ['contextOfNewMember'],
  'src/domain/access/members/accept-invitation.ts': ['contextOfNewMember', 'contextOfProduct'],
  'src/domain/platform/break-glass.ts': ['contextOfNewMember'],
  'src/domain/workspaces/create-workspace.ts': ['contextOfNewMember'],
  'src/domain/workspaces/add-workspace.ts': ['contextOfNewMember'],
  // Commands beside the database, and what they seed.
  'src/domain/workspaces/act-as-owner.ts': ['contextOfConsole', 'contextOfProduct'],
  // Workers: what they claim, hold and recover.
  'src/domain/operations/claim-runs.ts': ['contextOfRun'],
  'src/domain/operations/lease.ts': ['contextOfProduct'],
  'src/domain/operations/recover-runs.ts': ['contextOfProduct'],
  // The product itself, in the workspaces that a function of the door named.
  'src/domain/access/sessions/sign-in-at-console.ts': ['contextOfProduct'],
  'src/domain/access/living-admissions.ts': ['contextOfProduct'],
  'src/domain/audit/sign-heads.ts': ['contextOfProduct'],
  'src/domain/keys/each-workspace.ts': ['contextOfProduct'],
  'src/domain/notifications/deliveries.store.ts': ['contextOfProduct'],
  'src/domain/notifications/relay-outbox.ts': ['contextOfProduct'],
  'src/domain/notifications/tell-of-credentials.ts': ['contextOfProduct'],
  'src/domain/schedules/fire-due-schedules.ts': ['contextOfProduct'],
  'src/domain/schedules/system-schedules.ts': ['contextOfProduct'],
  // Tests, benchmarks, faults and tools come by theirs through this one.
  'src/foundation/kernel/context-testing.ts': ['contextOfRun'],
}

/** Made for tests: whatever else imports them could act as anybody. */
const testingScopes = ['src/foundation/kernel/context-testing.ts', 'src/foundation/db/factories.ts']
const mayTest = [tests, /^(bench|faults|tools)\//, /^src\/foundation\/db\/factories\.ts$/]

/** Files outside the tests that import what is made for them. */
function testingInProduct(files: readonly SourceFile[]): string[] {
  const product = files.filter(({ path }) => !mayTest.some((pattern) => pattern.test(path)))
  return product.flatMap((file) =>
    importsOf(file)
      .filter((target) => testingScopes.includes(target))
      .map((target) => `${file.path} imports ${target}`),
  )
}

function storesOf(files: readonly SourceFile[]): readonly SourceFile[] {
  return files.filter(({ path }) => path.endsWith('.store.ts'))
}

const sources = await readSources(join(import.meta.dirname, '..'))

test('the sources are read', () => {
  expect(sources.length).toBeGreaterThan(100)
  expect(sources.flatMap(importsOf).length).toBeGreaterThan(200)
})

test('every import points downwards', () => {
  expect(forbiddenImports(sources, importRules)).toEqual([])
})

test('every slice keeps its store to itself', () => {
  expect(foreignStores(sources)).toEqual([])
})

test('imports inside src name their tier', () => {
  expect(climbingImports(sources)).toEqual([])
})

test('every file is named for what it holds', () => {
  expect(namelessFiles(sources)).toEqual([])
})

test('the rules about the text hold', () => {
  expect(brokenTextRules(sources, textRules)).toEqual([])
})

test('every store takes a scope', () => {
  expect(brokenTextRules(storesOf(sources), storeRules)).toEqual([])
})

test('scopes are made where they may be made', () => {
  expect(strayImports(sources, mint, minters)).toEqual([])
  expect(testingInProduct(sources)).toEqual([])
})

const planted = (path: string, text: string): readonly SourceFile[] => [{ path, text }]

test.each([
  ['src/foundation/db/a.ts', `import { b } from '#domain/backups/b.ts'`],
  ['src/graph/client/a.ts', `import type { B } from '#domain/backups/b.ts'`],
  ['src/domain/backups/a.ts', `import {\n  b,\n  type C,\n} from '#entrypoints/cli/b.ts'`],
  ['src/domain/backups/a.ts', `export { b } from '../../../simulator/control.ts'`],
  ['src/domain/backups/a.ts', `import '#entrypoints/cli/b.ts'`],
  ['src/domain/backups/a.ts', `const b = await import('#entrypoints/cli/b.ts')`],
  ['src/entrypoints/cli/a.ts', `import { b } from '../../../simulator/graph/b.ts'`],
  ['simulator/a.ts', `import * as b from '#foundation/kernel/b.ts'`],
  ['src/elsewhere/a.ts', `import { b } from '#foundation/kernel/b.ts'`],
  ['src/entrypoints/cli/commands/backup/a.ts', `import { b } from '#domain/backups/b.ts'`],
  ['src/entrypoints/cli/session.ts', `import type { Database } from '#foundation/db/database.ts'`],
  ['src/entrypoints/cli/runs/a.ts', `import { b } from '#entrypoints/documents/b.ts'`],
])('forbiddenImports() finds what is planted in %s: %s', (path, text) => {
  expect(forbiddenImports(planted(path, text), importRules)).toHaveLength(1)
})

test('forbiddenImports() lets packages and lower tiers pass', () => {
  const text = `import pg from 'pg'\nimport { b } from '#graph/client/b.ts'\nimport { readFile } from 'node:fs/promises'`
  expect(forbiddenImports(planted('src/domain/backups/a.ts', text), importRules)).toEqual([])
})

test('foreignStores() finds another slice that reads a store, and leaves its own alone', () => {
  const text = `import { b } from '#domain/backups/backups.store.ts'`
  expect(foreignStores(planted('src/domain/restore/a.ts', text))).toHaveLength(1)
  expect(foreignStores(planted('src/entrypoints/cli/a.ts', text))).toHaveLength(1)
  expect(foreignStores(planted('src/domain/backups/a.ts', text))).toEqual([])
})

test('climbingImports() finds a path that climbs inside src', () => {
  const text = `import { b } from '../backups/b.ts'\nimport { c } from '../../../simulator/c.ts'`
  expect(climbingImports(planted('src/domain/restore/a.ts', text))).toHaveLength(1)
})

test.each([
  ['a verb that is not listed', `import { contextOfProduct } from '#foundation/kernel/mint-context.ts'`],
  ['a type that is not taken from context.ts', `import type { Actor } from '#foundation/kernel/mint-context.ts'`],
  ['another name', `import {\n  contextOfRun as f,\n} from '#foundation/kernel/mint-context.ts'`],
  ['everything', `import * as mint from '#foundation/kernel/mint-context.ts'`],
  ['a dynamic import', `const { contextOfRun } = await import('${mintSpecifier}')`],
  ['a way around the tiers', `import { contextOfRun } from '../../foundation/kernel/mint-context.ts'`],
  ['a re-export', `export { contextOfRun } from '#foundation/kernel/mint-context.ts'`],
  ['a re-export of everything', `export * from '#foundation/kernel/mint-context.ts'`],
])('strayImports() finds what is planted: %s', (_words, text) => {
  expect(strayImports(planted('src/domain/backups/a.ts', text), mint, {})).toHaveLength(1)
})

test('strayImports() finds what a listed file takes beyond its list, and what a list has in vain', () => {
  const path = 'src/domain/backups/a.ts'
  const text = `import { contextOfProduct, contextOfRun } from '#foundation/kernel/mint-context.ts'`
  expect(strayImports(planted(path, text), mint, { [path]: ['contextOfProduct', 'contextOfRun'] })).toEqual([])
  expect(strayImports(planted(path, text), mint, { [path]: ['contextOfRun'] })).toHaveLength(1)
  expect(strayImports(planted(path, ''), mint, { [path]: ['contextOfRun'] })).toHaveLength(1)
  expect(strayImports(planted(path, ''), mint, { 'src/domain/backups/b.ts': [] })).toHaveLength(1)
})

test('testingInProduct() finds a verb that takes its scope from the tests', () => {
  const text = `import { givenContext } from '#foundation/kernel/context-testing.ts'`
  expect(testingInProduct(planted('src/domain/backups/a.ts', text))).toHaveLength(1)
  expect(testingInProduct(planted('src/domain/backups/a.db.test.ts', text))).toEqual([])
})

test.each([
  'export async function sets(tx: Tx, workspaceId: WorkspaceId): Promise<Set[]> {',
  'export async function sets(tx: Tx, { workspaceId }: { readonly workspaceId: WorkspaceId }): Promise<Set[]> {',
  'interface Scope {\n  readonly workspaceId: string\n}',
])('a store that is told a workspace is found: %s', (text) => {
  expect(brokenTextRules(storesOf(planted('src/domain/backups/a.store.ts', text)), storeRules)).toHaveLength(1)
})

test.each([
  'src/domain/backups/index.ts',
  'src/foundation/utils/dates.ts',
  'src/graph/batch-helpers.ts',
  'tools/common.ts',
])('namelessFiles() finds %s', (path) => {
  expect(namelessFiles(planted(path, ''))).toEqual([path])
})

test.each([
  ['src/domain/backups/a.ts', 'process.exit(1)'],
  ['src/domain/operations/a.ts', `import { Counter } from 'prom-client'`],
  ['src/domain/backups/a.ts', "await sql`set local app.workspace_id = 'x'`.execute(db)"],
  ['src/domain/backups/a.ts', 'await client.query("SET statement_timeout = 0")'],
  ['src/domain/backups/a.ts', "await sql`select set_config('app.workspace_id', 'x', true)`"],
  ['src/domain/backups/a.ts', "await tx.updateTable('operation_runs').set({ outcome: 'failed' })"],
  ['src/domain/backups/a.ts', 'await sql`\n  update operation_runs set summary_counts = 1`'],
  ['src/domain/backups/a.ts', 'await sql`delete from live_runs`'],
  ['src/domain/backups/a.store.ts', `type Scope = Pick<WorkspaceContext, 'workspaceId'>`],
])('brokenTextRules() finds what is planted in %s: %s', (path, text) => {
  expect(brokenTextRules(planted(path, text), textRules)).toHaveLength(1)
})

test('brokenTextRules() leaves comments and ordinary updates alone', () => {
  const text = '// process.exit(1)\nawait sql`update policies\n  set name = ${name}`\n/** set local x = 1 */'
  expect(brokenTextRules(planted('src/domain/backups/a.ts', text), textRules)).toEqual([])
})
