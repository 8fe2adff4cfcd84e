import { readFileSync, writeFileSync } from 'node:fs'
import { resourceTypes } from '../catalogue/catalogue.ts'
import { shapeFrom, type Metadata } from '../generate/make-shapes.ts'

/**
 * Makes `types.json`: for every collection the simulator serves, the types its objects may have and the properties
 * that all of them have, with their unset values. Made from Microsoft's published metadata:
 * `node simulator/exports/make-types.ts ../shared/graph/contract/types-beta.json`
 */

export interface CollectionTypes {
  readonly entity: string
  readonly types: readonly string[]
  readonly unset: Readonly<Record<string, unknown>>
}

export function makeTypes(metadata: Metadata): Record<string, CollectionTypes> {
  const entries = resourceTypes.map(({ collection, entity }) => {
    const unset = shapeFrom(metadata, entity)
    return [collection, { entity, types: withDerived(metadata, entity).toSorted(), unset }] as const
  })
  return Object.fromEntries(entries)
}

function withDerived(metadata: Metadata, type: string): string[] {
  const derived = metadata.types[type]?.derived ?? []
  return [type, ...derived.flatMap((below) => withDerived(metadata, below))]
}

if (import.meta.main) {
  const metadata = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Metadata
  const lines = Object.entries(makeTypes(metadata)).map(
    ([path, types]) => `  ${JSON.stringify(path)}: ${JSON.stringify(types)}`,
  )
  writeFileSync(new URL('types.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`)
}
