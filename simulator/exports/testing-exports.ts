/** Export folders for tests: written into a temporary folder, removed after each test. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach } from 'vitest'
import type { GraphObject, SimObject, SimTenant } from '../world.ts'
import { loadExport } from './load-export.ts'

type Files = Readonly<Record<string, unknown>>

interface ExportFolders {
  readonly write: (files: Files) => string
  readonly load: (files: Files) => ReturnType<typeof loadExport>
}

/** Call it at the top of a test file. */
export function useExportFolders(): ExportFolders {
  const folders: string[] = []

  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })

  /** Texts and bytes as they are, everything else as JSON. */
  const write = (files: Files) => {
    const folder = mkdtempSync(join(tmpdir(), 'export-'))
    folders.push(folder)
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(join(folder, dirname(file)), { recursive: true })
      const isRaw = typeof content === 'string' || Buffer.isBuffer(content)
      writeFileSync(join(folder, file), isRaw ? content : JSON.stringify(content))
    }
    return folder
  }

  return { write, load: (files) => loadExport({ folder: write(files), tenantName: 'Contoso' }) }
}

/** The one object of a collection. */
export function onlyObject(tenant: SimTenant, collection: string): SimObject {
  const objects = [...(tenant.collections.get(collection)?.values() ?? [])]
  if (objects.length !== 1 || !objects[0]) throw new Error(`${collection} holds ${objects.length} objects.`)
  return objects[0]
}

export function exportedTarget(kind: string, more: GraphObject = {}): GraphObject {
  return { '@odata.type': `#microsoft.graph.${kind}AssignmentTarget`, ...more }
}

export const settingsPolicy = {
  name: 'Edge',
  platforms: 'windows10',
  technologies: 'mdm',
  settings: [],
  assignments: [],
}
