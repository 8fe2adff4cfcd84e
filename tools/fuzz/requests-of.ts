/** Requests to one operation: half of them fit its schemas, the others break something. */
import fc from 'fast-check'
import type { Operation } from './read-document.ts'
import { oddBody, oddContentTypes, oddHeaders, oddQuery, oddText, oddValue } from './odd-values.ts'
import { objectOf, type Hints } from './values-of.ts'

export interface FuzzRequest {
  readonly operation: Operation
  readonly method: string
  /** With the prefix, encoded, with the query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** Who sends it, by name. */
  readonly caller: string
  /** What was done to it; empty: it fits. */
  readonly broken: readonly string[]
}

export interface Scene extends Hints {
  readonly callers: readonly string[]
  /** What a parameter of the path may be: what is listed in the place it stands behind; sometimes, what is not for it. */
  readonly inPath: (operation: Operation, param: string) => { readonly known: string[]; readonly strange: string[] }
}

/** A request as it is put together; each thing that breaks it makes another one. */
interface Draft {
  readonly operation: Operation
  readonly method: string
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  /** Put behind the query as it is. */
  readonly rawQuery: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  /** Sent instead of the body. */
  readonly rawBody: string | undefined
  readonly broken: readonly string[]
}

type Break = (draft: Draft) => Draft

export function requestOf(operation: Operation, scene: Scene): fc.Arbitrary<FuzzRequest> {
  const breaks: fc.Arbitrary<readonly Break[]> = fc.oneof(
    { weight: 5, arbitrary: fc.constant<readonly Break[]>([]) },
    { weight: 5, arbitrary: fc.array(breakOf(operation), { minLength: 1, maxLength: 3 }) },
  )
  return fc
    .record({ draft: fittingDraft(operation, scene), breaks, caller: evenly(scene.callers) })
    .map(({ draft, breaks, caller }) =>
      written(
        breaks.reduce((broken, step) => step(broken), draft),
        caller,
      ),
    )
}

function fittingDraft(operation: Operation, scene: Scene): fc.Arbitrary<Draft> {
  const path = Object.fromEntries(
    operation.inPath.map((param) => {
      const { known, strange } = scene.inPath(operation, param)
      const either = fc.oneof({ weight: 8, arbitrary: evenly(known) }, { weight: 1, arbitrary: evenly(strange) })
      return [param, fc.noBias(either)] as const
    }),
  )
  return fc
    .record({
      path: fc.record(path),
      query: objectOf(operation.query, scene),
      body: operation.body ? objectOf(scene.resolve(operation.body), scene) : fc.constant(undefined),
      headers: headersOf(operation, scene),
    })
    .map((parts) => ({
      operation,
      method: operation.method,
      rawQuery: '',
      rawBody: undefined,
      broken: [],
      ...parts,
    }))
}

/** Without a liking for the first ones and the last, which is for numbers. */
function evenly(values: readonly string[]): fc.Arbitrary<string> {
  return fc.noBias(fc.constantFrom(...values))
}

function headersOf({ headers }: Operation, { seen }: Scene): fc.Arbitrary<Readonly<Record<string, string>>> {
  const etags = seen.texts.get('etag') ?? ['*']
  return fc.record(
    {
      ...(headers.includes('If-Match') && { 'If-Match': fc.constantFrom(...etags, '*') }),
      ...(headers.includes('Idempotency-Key') && { 'Idempotency-Key': fc.uuid() }),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Readonly<Record<string, string>>>
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'REPORT', 'QUERY'] as const

function breakOf(operation: Operation): fc.Arbitrary<Break> {
  const inBody = Object.keys(operation.body?.properties ?? {})
  const inQuery = Object.keys(operation.query.properties ?? {})
  const steps: fc.Arbitrary<Break>[] = [
    oddHeaders.map((odd) => (draft) => noted(draft, 'headers', { headers: { ...draft.headers, ...odd } })),
    oddQuery.map((raw) => (draft) => noted(draft, 'query', { rawQuery: raw })),
    oddBody.map((raw) => (draft) => noted(draft, 'body', { rawBody: raw })),
    fc
      .constantFrom(...oddContentTypes)
      .map((type) => (draft) => noted(draft, 'content type', { headers: { ...draft.headers, 'Content-Type': type } })),
    fc.constantFrom(...methods).map((method) => (draft) => noted(draft, 'method', { method })),
    fc.tuple(fc.constantFrom('extra', '__proto__', 'workspace', 'tenant', 'status', 'toString'), oddValue).map(
      ([key, value]) =>
        (draft) =>
          noted(draft, 'extra key', { body: withKey(draft.body, key, value) }),
    ),
  ]
  if (operation.inPath.length > 0)
    steps.push(
      fc.tuple(fc.constantFrom(...operation.inPath), oddText).map(
        ([param, odd]) =>
          (draft) =>
            noted(draft, 'path', { path: { ...draft.path, [param]: odd } }),
      ),
    )
  if (inQuery.length > 0)
    steps.push(
      fc.tuple(fc.constantFrom(...inQuery), fc.oneof(oddText, oddValue)).map(
        ([key, odd]) =>
          (draft) =>
            noted(draft, 'query value', { query: { ...draft.query, [key]: odd } }),
      ),
    )
  if (inBody.length > 0)
    steps.push(
      fc.tuple(fc.constantFrom(...inBody), oddValue).map(
        ([key, odd]) =>
          (draft) =>
            noted(draft, 'value', { body: withKey(draft.body, key, odd) }),
      ),
      fc.tuple(fc.constantFrom(...inBody), oddText).map(
        ([key, odd]) =>
          (draft) =>
            noted(draft, 'text', { body: withKey(draft.body, key, odd) }),
      ),
      fc
        .constantFrom(...inBody)
        .map((key) => (draft) => noted(draft, 'missing key', { body: withKey(draft.body, key, undefined) })),
    )
  return fc.oneof(...steps)
}

function noted(draft: Draft, what: string, change: Partial<Draft>): Draft {
  return { ...draft, ...change, broken: [...draft.broken, what] }
}

function withKey(body: unknown, key: string, value: unknown): unknown {
  const copy = { ...(body as object | undefined) }
  Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true })
  return copy
}

function written(draft: Draft, caller: string): FuzzRequest {
  const { operation, method, headers, broken } = draft
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, param: string) => encoded(draft.path[param] ?? ''))
  const query = [...pairsOf(draft.query), ...(draft.rawQuery === '' ? [] : [draft.rawQuery])].join('&')
  const body = draft.rawBody ?? (draft.body === undefined ? undefined : JSON.stringify(draft.body))
  return {
    operation,
    method,
    caller,
    broken,
    target: `/api/v1${path}${query === '' ? '' : `?${query}`}`,
    headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    body: method === 'GET' ? undefined : body,
  }
}

function pairsOf(query: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(query).flatMap(([key, value]) =>
    Array.isArray(value)
      ? value.map((one) => `${encoded(key)}[]=${encoded(textOf(one))}`)
      : [`${encoded(key)}=${encoded(textOf(value))}`],
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** Half a character has no encoding: it goes as what stands for it. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).slice(0, 4_000)
}
