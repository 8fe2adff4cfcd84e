/**
 * Every request this product can make of Graph, by name. Nothing carries a URL: the egress gate makes it from the
 * contract, and there is no operation for what no contract describes.
 */
import type { PolicyContract } from '#graph/contracts/contract.ts'
import type { FoundationContract } from '#graph/contracts/foundations.ts'
import { directory, organization } from '#graph/contracts/foundations.ts'
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

type ContractOperation = Extract<GraphOperation, { readonly contract: PolicyContract }>

const contractPhrases = {
  listPolicies: ({ labelPlural }) => `listing ${labelPlural}`,
  readPolicy: ({ label }) => `reading ${aOrAn(label)}`,
  readPart: ({ label }) => `reading ${aOrAn(label)}`,
  readAssignments: ({ label }) => `reading the assignments of ${aOrAn(label)}`,
  replaceAssignments: ({ label }) => `writing the assignments of ${aOrAn(label)}`,
  addAssignment: ({ label }) => `writing the assignments of ${aOrAn(label)}`,
  removeAssignment: ({ label }) => `writing the assignments of ${aOrAn(label)}`,
} as const satisfies { readonly [K in ContractOperation['kind']]: (contract: PolicyContract) => string }

/** A label as it is: it may begin with a product's name. */
function aOrAn(label: string): string {
  return `${/^[aeiou]/i.test(label) ? 'an' : 'a'} ${label}`
}

/** What an operation does, as the end of a sentence for people. */
export function describeOperation(operation: GraphOperation): string {
  if ('contract' in operation) return contractPhrases[operation.kind](operation.contract)
  switch (operation.kind) {
    case 'listFoundation':
      return `listing ${operation.foundation.labelPlural}`
    case 'readGroup':
    case 'getGroups':
      return 'reading groups'
    case 'readOrganization':
      return 'reading the organization'
    case 'batch':
      return operation.parts[0] === undefined ? 'reading' : describeOperation(operation.parts[0])
  }
}

/** Whether an operation changes something in the tenant. */
export function isWrite(operation: GraphOperation): operation is WriteOperation {
  return ['replaceAssignments', 'addAssignment', 'removeAssignment'].includes(operation.kind)
}

/** The permissions without which an operation is refused. */
export function permissionsFor(operation: GraphOperation): readonly string[] {
  if ('contract' in operation) return operation.contract.permissions[isWrite(operation) ? 'write' : 'read']
  switch (operation.kind) {
    case 'listFoundation':
      return operation.foundation.permissions.read
    case 'readGroup':
      return directory.permissions.read
    case 'getGroups':
      return directory.permissions.faster
    case 'readOrganization':
      return organization.permissions.read
    case 'batch':
      return operation.parts[0] === undefined ? [] : permissionsFor(operation.parts[0])
  }
}

/** What a log line and a metric may say about an operation: no ids, no names. */
export function operationFields(operation: GraphOperation): { readonly operation: string; readonly type?: string } {
  if ('contract' in operation) return { operation: operation.kind, type: operation.contract.key }
  if (operation.kind === 'listFoundation') return { operation: operation.kind, type: operation.foundation.key }
  return { operation: operation.kind }
}
