/**
 * The only way out: turns a named operation into a request to this tenant's Graph, or refuses it. Two independent
 * checks must agree, what the operation says and what the registry allows as method and path, so a mistake in either
 * makes no request. A refusal is counted and logged and opens no socket.
 */
import type { Log } from '#foundation/observability/log.ts'
import { capabilitiesOf } from '#graph/contracts/capabilities.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'
import { directory, foundations, organization } from '#graph/contracts/foundations.ts'
import { contracts, isRegistered } from '#graph/contracts/registry.ts'
import type { GraphOperation, ReadOperation, WriteOperation } from '#graph/client/operations.ts'
import { operationFields } from '#graph/client/operations.ts'

declare const admitted: unique symbol

/** A request that went through the gate; nothing else can make one. */
export interface AdmittedRequest {
  readonly [admitted]: true
  readonly url: URL
  readonly method: Method
  readonly body: string | undefined
  readonly operation: GraphOperation
  /** How many requests Graph counts for it: each part of a batch is one. */
  readonly cost: number
}

export type Admission =
  | { readonly state: 'admitted'; readonly request: AdmittedRequest }
  | { readonly state: 'refused'; readonly why: string }

export interface EgressGate {
  admit(operation: GraphOperation): Admission
  /** A link Graph gave to the next page of `operation`: same origin, same version, a path the registry lets us read. */
  admitNext(link: string, operation: ReadOperation): Admission
  readonly refusals: () => number
}

type Method = 'GET' | 'POST' | 'DELETE'

const version = '/beta'
const batchPath = '/$batch'
export const maxBatchParts = 20
const longestLink = 16_384

export function createEgressGate(options: { readonly graphOrigin: string; readonly log: Log }): EgressGate {
  const { graphOrigin, log } = options
  let refusals = 0

  const settle = (operation: GraphOperation, result: Built): Admission => {
    if (result.state === 'refused') {
      refusals += 1
      log.warn({ ...operationFields(operation), why: result.why }, 'graph request refused by the egress gate')
      return result
    }
    const { url, method, body, cost } = result
    // The one place that makes an admitted request: nothing below has failed.
    const request = { url, method, body, cost, operation } as unknown as AdmittedRequest
    return { state: 'admitted', request }
  }

  return {
    admit: (operation) => settle(operation, build(operation, graphOrigin)),
    admitNext: (link, operation) => settle(operation, buildNext(link, graphOrigin)),
    refusals: () => refusals,
  }
}

type Built =
  | {
      readonly state: 'built'
      readonly url: URL
      readonly method: Method
      readonly body: string | undefined
      readonly cost: number
    }
  | { readonly state: 'refused'; readonly why: string }

interface Target {
  readonly method: Method
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
}

function build(operation: GraphOperation, graphOrigin: string): Built {
  if ('contract' in operation && !isRegistered(operation.contract))
    return refused('the policy type is not in the registry')
  if ('foundation' in operation && !foundations.includes(operation.foundation)) {
    return refused('the foundation is not in the registry')
  }
  const target = operation.kind === 'batch' ? batchTarget(operation.parts, graphOrigin) : targetOf(operation)
  if (typeof target === 'string') return refused(target)
  if (!isAllowed(target.method, target.path)) return refused('the registry does not allow this method and path')

  const url = new URL(graphOrigin)
  url.pathname = `${version}${target.path}`
  url.search = queryOf(target)
  // A key that the URL parser read as something else than one segment would show here.
  if (url.origin !== graphOrigin || decodeURIComponent(url.pathname) !== `${version}${target.path}`) {
    return refused('the path is not what it seems')
  }
  const body = target.body === undefined ? undefined : JSON.stringify(target.body)
  return {
    state: 'built',
    url,
    method: target.method,
    body,
    cost: operation.kind === 'batch' ? operation.parts.length : 1,
  }
}

function buildNext(link: string, graphOrigin: string): Built {
  if (link.length > longestLink) return refused('the link to the next page is too long')
  if (!URL.canParse(link)) return refused('the link to the next page is not a URL')
  const url = new URL(link)
  if (url.origin !== graphOrigin) return refused('the link to the next page leads to another host')
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    return refused('the link to the next page is not plain')
  const path = withoutKeySyntax(url.pathname)
  if (!path?.toLowerCase().startsWith(`${version}/`))
    return refused('the link to the next page leads to another version')
  if (!isAllowed('GET', path.slice(version.length))) {
    return refused('the link to the next page leads outside the registry')
  }
  return { state: 'built', url, method: 'GET', body: undefined, cost: 1 }
}

/** Graph writes `configurationPolicies('id')/settings` where we write `configurationPolicies/id/settings`. */
function withoutKeySyntax(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname).replaceAll(/\('([^'()/]*)'\)/g, '/$1')
  } catch {
    return undefined
  }
}

function targetOf(operation: Exclude<GraphOperation, { kind: 'batch' }>): Target | string {
  switch (operation.kind) {
    case 'listPolicies':
      return { method: 'GET', path: operation.contract.collection, query: listQuery(operation.expand, operation.top) }
    case 'readPolicy':
      return {
        method: 'GET',
        path: `${operation.contract.collection}/${operation.id}`,
        query: listQuery(operation.expand, null),
      }
    case 'readAssignments':
      return assignmentsTarget(operation.contract, operation.id)
    case 'readPart':
      return partTarget(operation.contract, operation.id)
    case 'listFoundation':
      return {
        method: 'GET',
        path: operation.foundation.collection,
        query: listQuery(operation.foundation.expand, null),
      }
    case 'readGroup':
      return {
        method: 'GET',
        path: `${directory.group}/${operation.id}`,
        query: { $select: directory.groupSelect.join(',') },
      }
    case 'getGroups':
      return { method: 'POST', path: directory.getByIds, body: { ids: operation.ids, types: ['group'] } }
    case 'readOrganization':
      return { method: 'GET', path: organization.path, query: { $select: 'id,displayName' } }
    case 'replaceAssignments':
    case 'addAssignment':
    case 'removeAssignment':
      return writeTarget(operation)
  }
}

function assignmentsTarget(contract: PolicyContract, id: string): Target | string {
  const item = `${contract.collection}/${id}`
  switch (contract.assignmentsRead) {
    case 'subCollection':
      return { method: 'GET', path: `${item}/assignments` }
    case 'itemExpand':
      return { method: 'GET', path: item, query: listQuery(['assignments'], null) }
    case 'none':
      return 'the policy type has no assignments'
  }
}

function partTarget(contract: PolicyContract, id: string): Target | string {
  if (contract.payload.kind !== 'subCollection') return 'the policy type has no such part'
  const { path, expand } = contract.payload
  return { method: 'GET', path: `${contract.collection}/${id}/${path}`, query: listQuery(expand, null) }
}

function writeTarget(operation: WriteOperation): Target | string {
  const { contract, id } = operation
  const item = `${contract.collection}/${id}`
  const { assign } = contract
  switch (operation.kind) {
    case 'replaceAssignments':
      if (assign.kind !== 'action') return 'the policy type has no assign action'
      return { method: 'POST', path: `${item}/assign`, body: { [assign.bodyProperty]: operation.assignments } }
    case 'addAssignment':
      return { method: 'POST', path: `${item}/assignments`, body: operation.assignment }
    case 'removeAssignment':
      return { method: 'DELETE', path: `${item}/assignments/${operation.assignmentId}` }
  }
}

/** A batch may only read, each part through the same two checks. */
function batchTarget(parts: readonly ReadOperation[], graphOrigin: string): Target | string {
  if (parts.length === 0 || parts.length > maxBatchParts) return `a batch has 1 to ${maxBatchParts} parts`
  const requests: { id: string; method: Method; url: string }[] = []
  for (const [index, part] of parts.entries()) {
    const built = build(part, graphOrigin)
    if (built.state === 'refused') return built.why
    requests.push({
      id: String(index),
      method: built.method,
      url: built.url.pathname.slice(version.length) + built.url.search,
    })
  }
  return { method: 'POST', path: batchPath, body: { requests } }
}

function listQuery(expand: readonly string[], top: number | null): Readonly<Record<string, string>> {
  return {
    ...(expand.length > 0 && { $expand: expand.join(',') }),
    ...(top !== null && { $top: String(top) }),
  }
}

function queryOf({ query }: Target): string {
  // `$` stays as it is: Graph's own links spell it so, and so do its logs.
  return Object.entries(query ?? {})
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%24', '$').replaceAll('%2C', ',')}`)
    .join('&')
}

// Ids seen: GUIDs, `T_{guid}`, `{account}_DefaultLimit`, `{script}:{group}`, `0`. Nothing that means something in a path.
const key = '(?!\\.{1,2}(?:/|$))[A-Za-z0-9_.:=-]{1,200}'

const allowed: readonly { readonly method: Method; readonly path: RegExp }[] = [
  ...contracts.flatMap(allowedOf),
  ...foundations.flatMap(({ collection, expand }) => [
    allow('GET', collection),
    ...expand.map((part) => allow('GET', `${collection}/{}/${part}`)),
  ]),
  allow('GET', `${directory.group}/{}`),
  allow('POST', directory.getByIds),
  allow('GET', organization.path),
  allow('POST', batchPath),
]

function allowedOf(contract: PolicyContract): { method: Method; path: RegExp }[] {
  const { collection } = contract
  const { canFetch, canRestore } = capabilitiesOf(contract)
  const parts = partsOf(contract)
  return [
    allow('GET', collection),
    allow('GET', `${collection}/{}`),
    ...parts.map((part) => allow('GET', `${collection}/{}/${part}`)),
    ...(canFetch ? [allow('GET', `${collection}/{}/assignments`)] : []),
    ...(canRestore === 'full' ? [allow('POST', `${collection}/{}/assign`)] : []),
    ...(canRestore === 'perTarget'
      ? [allow('POST', `${collection}/{}/assignments`), allow('DELETE', `${collection}/{}/assignments/{}`)]
      : []),
  ]
}

/** Navigations that belong to the payload: read by path, or as the rest of an expansion Graph cut short. */
function partsOf({ payload }: PolicyContract): readonly string[] {
  if (payload.kind === 'list') return []
  const expand = payload.kind === 'subCollection' ? [payload.path] : payload.expand
  return expand.map((expression) => expression.replace(/\(.*$/, ''))
}

function allow(method: Method, path: string): { readonly method: Method; readonly path: RegExp } {
  const pattern = path
    .split('{}')
    .map((literal) => literal.replaceAll(/[.$]/g, '\\$&'))
    .join(key)
  // Graph is not case-sensitive, and its own links do not always spell a path as we do.
  return { method, path: new RegExp(`^${pattern}$`, 'i') }
}

function isAllowed(method: Method, path: string): boolean {
  return allowed.some((entry) => entry.method === method && entry.path.test(path))
}

function refused(why: string): Built {
  return { state: 'refused', why }
}
