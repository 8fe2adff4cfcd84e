/** Multi Admin Approval: a write waits for a second administrator and is sent again, identical, with its code. */
import { createHash, randomUUID } from 'node:crypto'
import type { GraphObject } from '../world.ts'

export type ApprovalStatus = 'needsApproval' | 'approved' | 'rejected' | 'completed' | 'expired'

export interface ApprovalRequest {
  readonly code: string
  readonly tenant: string
  readonly app: string
  readonly appName: string
  /** Of method, path and body: only the identical request may use the code. */
  readonly fingerprint: string
  readonly justification: string
  readonly requestedAt: number
  readonly expiresAt: number
  changedAt: number
  status: ApprovalStatus
}

export interface AskedWrite {
  readonly tenant: string
  readonly app: string
  readonly appName: string
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly justification: string | undefined
  readonly code: string | undefined
  readonly now: number
}

export type Verdict =
  | { readonly kind: 'allowed'; readonly request: ApprovalRequest }
  | {
      readonly kind:
        | 'headerMissing'
        | 'headerInvalid'
        | 'alreadyActive'
        | 'codeUnknown'
        | 'notApproved'
        | 'rejected'
        | 'expired'
    }
  | { readonly kind: 'requested'; readonly request: ApprovalRequest }

export interface Approvals {
  ask(write: AskedWrite): Verdict
  decide(code: string, status: 'approved' | 'rejected', now: number): ApprovalRequest | undefined
  /** Marks the request of an executed write, so that its code works once. */
  complete(request: ApprovalRequest, now: number): void
  list(tenant: string, now: number): readonly ApprovalRequest[]
}

const threeDaysMs = 3 * 24 * 60 * 60 * 1000
const justificationBytes = 1024

export function createApprovals(): Approvals {
  const requests = new Map<string, ApprovalRequest>()

  function expire(now: number): void {
    for (const request of requests.values()) {
      const isOpen = request.status === 'needsApproval' || request.status === 'approved'
      if (isOpen && now >= request.expiresAt) change(request, 'expired', now)
    }
  }

  function askAnew(write: AskedWrite, fingerprint: string): Verdict {
    if (write.justification === undefined) return { kind: 'headerMissing' }
    const justification = decode(write.justification)
    if (justification === undefined) return { kind: 'headerInvalid' }
    const isActive = requests
      .values()
      .some((one) => one.tenant === write.tenant && one.fingerprint === fingerprint && one.status === 'needsApproval')
    if (isActive) return { kind: 'alreadyActive' }
    const { tenant, app, appName, now } = write
    const times = { requestedAt: now, changedAt: now, expiresAt: now + threeDaysMs }
    const request: ApprovalRequest = {
      code: randomUUID(),
      tenant,
      app,
      appName,
      fingerprint,
      justification,
      ...times,
      status: 'needsApproval',
    }
    requests.set(request.code, request)
    return { kind: 'requested', request }
  }

  return {
    ask(write) {
      expire(write.now)
      const fingerprint = fingerprintOf(write)
      if (write.code === undefined) return askAnew(write, fingerprint)
      const request = requests.get(write.code)
      if (!request || request.tenant !== write.tenant || request.app !== write.app) return { kind: 'codeUnknown' }
      if (request.fingerprint !== fingerprint || request.status === 'completed') return { kind: 'codeUnknown' }
      if (request.status === 'approved') return { kind: 'allowed', request }
      return { kind: request.status === 'needsApproval' ? 'notApproved' : request.status }
    },
    decide(code, status, now) {
      expire(now)
      const request = requests.get(code)
      if (request?.status !== 'needsApproval') return undefined
      return change(request, status, now)
    },
    complete: (request, now) => void change(request, 'completed', now),
    list(tenant, now) {
      expire(now)
      return [...requests.values()].filter((request) => request.tenant === tenant)
    },
  }
}

function change(request: ApprovalRequest, status: ApprovalStatus, now: number): ApprovalRequest {
  request.status = status
  request.changedAt = now
  return request
}

function fingerprintOf({ method, path, body }: AskedWrite): string {
  return createHash('sha256')
    .update(`${method} ${path} ${JSON.stringify(body ?? null)}`)
    .digest('hex')
}

/** Base64 of UTF-8, at most 1,024 bytes decoded; undefined when it is not. */
function decode(header: string): string | undefined {
  const bytes = Buffer.from(header, 'base64')
  const isBase64 = bytes.toString('base64').replace(/=+$/, '') === header.trim().replace(/=+$/, '')
  return isBase64 && bytes.length > 0 && bytes.length <= justificationBytes ? bytes.toString('utf8') : undefined
}

/** As `operationApprovalRequests` shows it. */
export function approvalAsGraph(request: ApprovalRequest): GraphObject {
  return {
    id: request.code,
    requestDateTime: new Date(request.requestedAt).toISOString(),
    expirationDateTime: new Date(request.expiresAt).toISOString(),
    lastModifiedDateTime: new Date(request.changedAt).toISOString(),
    requestor: { application: { id: request.app, displayName: request.appName }, device: null, user: null },
    approver: null,
    status: request.status,
    requestJustification: request.justification,
    approvalJustification: null,
    requiredOperationApprovalPolicyTypes: ['configurationPolicy'],
  }
}
