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
  const { status, headers, text } = answer
  const violations: Violation[] = []
  const add = (rule: Violation['rule'], detail: string) => violations.push({ rule, detail })
  if (status >= 500) add('defect', `${status} ${text.slice(0, 300)}`)
  for (const [name, wanted] of Object.entries(securityHeaders))
    if (!wanted.test(String(headers[name] ?? ''))) add('headers', `${name}: ${String(headers[name] ?? '(none)')}`)
  const all = `${text}${JSON.stringify(headers)}`
  for (const canary of foreign) if (all.includes(canary)) add('foreign', `${canary} in ${text.slice(0, 200)}`)
  const path = pathOf(request)
  if (!path.startsWith(`${prefix}/`)) return violations
  const type = String(headers['content-type'] ?? '').split(';')[0] ?? ''
  const body = parsed(text)
  if (status >= 400) {
    const wrong = wrongProblem(status, type, body)
    if (wrong !== undefined) add('problem', `${status} ${wrong}`)
  }
  const operation = operationAt(operations, request.method, path)
  if (operation === undefined) {
    if (status < 400) add('undeclared', `${status} for ${request.method} ${path}, which is no operation`)
    return violations
  }
  const declared = operation.answers.get(status)
  const content = declared?.get(type)
  if (declared === undefined) add('undeclared', `${status} ${reasonOf(body)} of ${operation.id}`)
  else if (content === undefined) add('undeclared', `${status} with ${type || 'no type'} of ${operation.id}`)
  else {
    const wrong = content.parse(body)
    if (wrong !== undefined) add('undeclared', `${status} of ${operation.id}: ${wrong}`)
  }
  return violations
}

/** Undefined: it is as every refusal has to be. */
function wrongProblem(status: number, type: string, body: unknown): string | undefined {
  if (type !== problemType) return `is ${type || 'of no type'}`
  const reason = reasonOf(body)
  if (!Object.hasOwn(reasons, reason)) return `has the reason ${reason}`
  return fieldOf(body, 'status') === status ? undefined : `says it is ${String(fieldOf(body, 'status'))}`
}

function reasonOf(body: unknown): string {
  return String(fieldOf(body, 'reason') ?? '')
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
