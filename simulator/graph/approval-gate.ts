/** Multi Admin Approval in front of a write, in the words of the service. */
import type { Verdict } from '../state/approvals.ts'
import type { Cloud } from '../state/cloud.ts'
import type { GraphCall } from './call.ts'
import { pathOf } from './call.ts'
import { GraphError } from './graph-error.ts'

type Style = 'observed' | 'documented'

/**
 * Lets a write through, or throws GraphError. Returns what is to be called once the write was executed, so that a code
 * is used up only by a write that happened; undefined where the tenant asks for no approval.
 */
export function requireApproval(cloud: Cloud, call: GraphCall): (() => void) | undefined {
  const style = cloud.settings.multiAdminApproval.get(call.tenant.id)
  if (style === undefined) return undefined
  const verdict = cloud.approvals.ask({
    tenant: call.tenant.id,
    app: call.caller.clientId,
    appName: call.caller.appName,
    method: call.method,
    path: `/${call.version}/${pathOf(call)}`,
    body: call.body,
    justification: call.headers['x-msft-approval-justification'],
    code: call.headers['x-msft-approval-code'],
    now: call.now,
  })
  if (verdict.kind !== 'allowed') throw refusal(verdict, style)
  return () => cloud.approvals.complete(verdict.request, call.now)
}

function refusal(verdict: Exclude<Verdict, { kind: 'allowed' }>, style: Style): GraphError {
  switch (verdict.kind) {
    case 'requested': {
      const { code } = verdict.request
      return approvalRequired(style, code)
    }
    case 'headerMissing': {
      const status = style === 'observed' ? 400 : 403
      return new GraphError(
        status,
        'BadRequest',
        "Header 'x-msft-approval-justification' is required to request approval",
      )
    }
    case 'headerInvalid':
      return new GraphError(
        400,
        'BadRequest',
        "Header 'x-msft-approval-justification' must be base64 of at most 1024 bytes",
      )
    case 'alreadyActive':
      return new GraphError(400, 'BadRequest', 'An active Approval Request already exists for this resource')
    case 'codeUnknown':
      return new GraphError(400, 'BadRequest', 'The approval code does not belong to this request')
    case 'notApproved':
      return new GraphError(style === 'observed' ? 412 : 403, 'BadRequest', 'The Approval Request is not approved yet')
    case 'rejected':
      return new GraphError(403, 'Forbidden', 'The Approval Request was rejected')
    case 'expired':
      return new GraphError(400, 'BadRequest', 'The Approval Request has expired')
  }
}

function approvalRequired(style: Style, code: string): GraphError {
  const where = 'Request Approval using the request ID returned as part of the x-msft-approval-code response header.'
  const message = `Approval Required. ${where} x-msft-approval-code: ${code}`
  const headers = { 'x-msft-approval-code': code }
  if (style === 'observed') return new GraphError(412, 'BadRequest', message, headers)
  return new GraphError(403, 'ApprovalRequired', message, headers)
}
