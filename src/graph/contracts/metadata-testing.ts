import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { CuratedResource, GraphMetadata } from '#graph/contracts/conformance-testing.ts'

/** Where the published Graph metadata lies beside a checkout; tests that need it skip visibly when it is absent. */
export const sharedGraph = resolve(import.meta.dirname, '../../../../shared/graph')

export const hasSharedGraph = existsSync(join(sharedGraph, 'contract/paths-beta.json'))

export function readShared<T>(path: string): T {
  return JSON.parse(readFileSync(join(sharedGraph, path), 'utf8')) as T
}

export function readMetadata(): GraphMetadata {
  return {
    paths: readShared<{ paths: GraphMetadata['paths'] }>('contract/paths-beta.json').paths,
    types: readShared<{ types: GraphMetadata['types'] }>('contract/types-beta.json').types,
    assignActions: readShared<{ beta: GraphMetadata['assignActions'] }>('contract/assign-actions.json').beta,
    permissions: readShared<{ permissions: GraphMetadata['permissions'] }>('contract/permissions.json').permissions,
    resources: readShared<{ resources: readonly CuratedResource[] }>('contract/resources.json').resources,
  }
}
