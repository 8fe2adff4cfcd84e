/** Whether an answer is one the OpenAPI document declares, and one that anybody may see. Pure: tested with planted answers. */
import { reasons } from '#foundation/kernel/reasons.ts'
import type { Operation } from './read-document.ts'
import type { FuzzRequest } from './requests-of.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
}

export const rules = {
  defect: 'answers 5xx',
  undeclared: 'answers the document does not declare',
  problem: 'refusals that are no problem with a known reason',
  headers: 'answers without a security header',
  foreign: 'answers with a byte of another workspace',
  silent: 'requests without an answer',
} as const

export interface Violation {
  readonly rule: keyof typeof rules
  readonly detail: string
}

const securityHeaders: Readonly<Record<string, RegExp>> = {
  'content-security-policy': /default-src 'none'/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^no-referrer$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'permissions-policy': /camera=\(\)/,
  'cache-control': /no-store/,
}

const prefix = '/api/v1'
const problemType = 'application/problem+json'

export interface Judged {
  readonly operations: readonly Operation[]
  /** Texts that only members of other workspaces than the caller's may see. */
  readonly foreign: readonly string[]
}

export function judge(request: FuzzRequest, answer: Answer, { operations, foreign }: Judged): Violation[] {
  const { status, text } = answer
  const violations: Violation[] = [
    ...(status >= 500 ? [{ rule: 'defect', detail: `${status} ${text.slice(0, 300)}` } as const] : []),
    ...headersMissing(answer),
    ...foreignBytes(answer, foreign),
  ]
  const path = pathOf(request)
  if (!path.startsWith(`${prefix}/`)) return violations
  const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? ''
  const read = { status, type, body: parsed(text) }
  const problem = status >= 400 ? wrongProblem(read) : undefined
  if (problem !== undefined) violations.push({ rule: 'problem', detail: `${status} ${problem}` })
  const wrong = undeclared(read, operationAt(operations, request.method, path))
  if (wrong !== undefined) violations.push({ rule: 'undeclared', detail: `${status} ${wrong}` })
  return violations
}

interface ReadAnswer {
  readonly status: number
  readonly type: string
  readonly body: unknown
}

function headersMissing({ headers }: Answer): Violation[] {
  return Object.entries(securityHeaders).flatMap(([name, wanted]) => {
    const value = String(headers[name] ?? '(none)')
    return wanted.test(value) ? [] : [{ rule: 'headers', detail: `${name}: ${value}` }]
  })
}

function foreignBytes({ text, headers }: Answer, foreign: readonly string[]): Violation[] {
  const all = `${text}${JSON.stringify(headers)}`
  return foreign
    .filter((canary) => all.includes(canary))
    .map((canary) => ({ rule: 'foreign', detail: `${canary} in ${text.slice(0, 200)}` }))
}

/** Undefined: the document declares it. */
function undeclared({ status, type, body }: ReadAnswer, operation: Operation | undefined): string | undefined {
  if (operation === undefined) return status < 400 ? 'for what is no operation' : undefined
  const declared = operation.answers.get(status)
  if (declared === undefined) return `${reasonOf(body)} of ${operation.id}`
  const content = declared.get(type)
  if (content === undefined) return `with ${type || 'no type'} of ${operation.id}`
  const wrong = content.parse(body)
  return wrong === undefined ? undefined : `of ${operation.id}: ${wrong}`
}

/** Undefined: it is as every refusal has to be. */
function wrongProblem({ status, type, body }: ReadAnswer): string | undefined {
  if (type !== problemType) return `is ${type || 'of no type'}`
  const reason = reasonOf(body)
  if (!Object.hasOwn(reasons, reason)) return `has the reason ${reason}`
  return fieldOf(body, 'status') === status ? undefined : `says it is ${String(fieldOf(body, 'status'))}`
}

function reasonOf(body: unknown): string {
  const reason = fieldOf(body, 'reason')
  return typeof reason === 'string' ? reason : ''
}

function fieldOf(body: unknown, name: string): unknown {
  return body !== null && typeof body === 'object' ? Reflect.get(body, name) : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** As the server sees it: dots are gone, so that an odd path may be another operation. */
function pathOf({ target }: FuzzRequest): string {
  return new URL(target, 'http://localhost').pathname
}

function operationAt(operations: readonly Operation[], method: string, path: string): Operation | undefined {
  const below = path.slice(prefix.length)
  const fitting = operations.filter((one) => one.method === method && patternOf(one.path).test(below))
  // Where two fit, the one with fewer parameters is meant.
  return fitting.toSorted((a, b) => a.inPath.length - b.inPath.length)[0]
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`)
}
