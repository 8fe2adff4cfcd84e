/**
 * Every request this product can make of Graph, by name. Nothing carries a URL: the egress gate makes it from the
 * contract, and there is no operation for what no contract describes.
 */
import type { PolicyContract } from '#graph/contracts/contract.ts'
import type { FoundationContract } from '#graph/contracts/foundations.ts'
import type { GraphObject } from '#graph/client/graph-client.ts'

export type ReadOperation =
  | {
      readonly kind: 'listPolicies'
      readonly contract: PolicyContract
      readonly expand: readonly string[]
      readonly top: number | null
    }
  | {
      readonly kind: 'readPolicy'
      readonly contract: PolicyContract
      readonly id: string
      readonly expand: readonly string[]
    }
  | { readonly kind: 'readAssignments'; readonly contract: PolicyContract; readonly id: string }
  /** The sub-collection that belongs to the whole payload. */
  | { readonly kind: 'readPart'; readonly contract: PolicyContract; readonly id: string }
  | { readonly kind: 'listFoundation'; readonly foundation: FoundationContract }
  | { readonly kind: 'readGroup'; readonly id: string }
  | { readonly kind: 'readOrganization' }

/** Requests that are a POST by form and a read by nature: safe to send again. */
export type BulkReadOperation =
  | { readonly kind: 'getGroups'; readonly ids: readonly string[] }
  | { readonly kind: 'batch'; readonly parts: readonly ReadOperation[] }

export type WriteOperation =
  | {
      readonly kind: 'replaceAssignments'
      readonly contract: PolicyContract
      readonly id: string
      readonly assignments: readonly GraphObject[]
    }
  | {
      readonly kind: 'addAssignment'
      readonly contract: PolicyContract
      readonly id: string
      readonly assignment: GraphObject
    }
  | {
      readonly kind: 'removeAssignment'
      readonly contract: PolicyContract
      readonly id: string
      readonly assignmentId: string
    }

export type GraphOperation = ReadOperation | BulkReadOperation | WriteOperation

/** What an operation does, as the end of a sentence for people. */
export function describeOperation(operation: GraphOperation): string {
  switch (operation.kind) {
    case 'listPolicies':
      return `listing ${operation.contract.labelPlural.toLowerCase()}`
    case 'readPolicy':
    case 'readPart':
      return `reading a ${operation.contract.label.toLowerCase()}`
    case 'readAssignments':
      return `reading the assignments of a ${operation.contract.label.toLowerCase()}`
    case 'listFoundation':
      return `listing ${operation.foundation.labelPlural.toLowerCase()}`
    case 'readGroup':
    case 'getGroups':
      return 'reading groups'
    case 'readOrganization':
      return 'reading the organization'
    case 'batch':
      return operation.parts[0] === undefined ? 'reading' : describeOperation(operation.parts[0])
    case 'replaceAssignments':
    case 'addAssignment':
    case 'removeAssignment':
      return `writing the assignments of a ${operation.contract.label.toLowerCase()}`
  }
}

/** The permissions without which an operation is refused. */
export function permissionsFor(operation: GraphOperation): readonly string[] {
  switch (operation.kind) {
    case 'listPolicies':
    case 'readPolicy':
    case 'readPart':
    case 'readAssignments':
      return operation.contract.permissions.read
    case 'listFoundation':
      return operation.foundation.permissions.read
    case 'readGroup':
      return ['GroupMember.Read.All']
    case 'getGroups':
      return ['Directory.Read.All']
    case 'readOrganization':
      return ['DeviceManagementServiceConfig.Read.All']
    case 'batch':
      return operation.parts[0] === undefined ? [] : permissionsFor(operation.parts[0])
    case 'replaceAssignments':
    case 'addAssignment':
    case 'removeAssignment':
      return operation.contract.permissions.write
  }
}

/** What a log line and a metric may say about an operation: no ids, no names. */
export function operationFields(operation: GraphOperation): { readonly operation: string; readonly type?: string } {
  if ('contract' in operation) return { operation: operation.kind, type: operation.contract.key }
  if (operation.kind === 'listFoundation') return { operation: operation.kind, type: operation.foundation.key }
  return { operation: operation.kind }
}
