import { dirname, posix } from 'node:path'
import type { ResourceType } from '../catalogue/resource-type.ts'
import type { GraphObject } from '../world.ts'
import { readText } from './export-file.ts'

/** Content that some tools write into a file of its own beside the object: scripts and configuration profiles. */
const contentProperties: Readonly<
  Record<string, readonly { readonly property: string; readonly suffix: string; readonly fileNameProperty?: string }[]>
> = {
  deviceManagementScript: [{ property: 'scriptContent', suffix: '', fileNameProperty: 'fileName' }],
  deviceShellScript: [{ property: 'scriptContent', suffix: '', fileNameProperty: 'fileName' }],
  deviceCustomAttributeShellScript: [{ property: 'scriptContent', suffix: '', fileNameProperty: 'fileName' }],
  deviceHealthScript: [
    { property: 'detectionScriptContent', suffix: '_detection' },
    { property: 'remediationScriptContent', suffix: '_remediation' },
  ],
  deviceComplianceScript: [{ property: 'detectionScriptContent', suffix: '_detection' }],
  deviceConfiguration: [{ property: 'payload', suffix: '', fileNameProperty: 'payloadFileName' }],
}

export interface FoundContent {
  readonly properties: GraphObject
  readonly files: readonly string[]
  readonly missing: readonly string[]
}

/** Content of the object that lies in other files of the export. */
export function findContent(
  object: GraphObject,
  type: ResourceType,
  { folder, file, files }: { folder: string; file: string; files: readonly string[] },
): FoundContent {
  const found: { properties: GraphObject; files: string[]; missing: string[] } = {
    properties: {},
    files: [],
    missing: [],
  }
  for (const { property, suffix, fileNameProperty } of contentProperties[type.entity] ?? []) {
    if (typeof object[property] === 'string' || (property === 'payload' && !('payloadFileName' in object))) continue
    const candidates = [object[fileNameProperty ?? ''], baseName(file)].filter((name) => typeof name === 'string')
    const contentFile = candidates
      .map((name) => contentFileFor(`${stem(name)}${suffix}`, name, { file, files }))
      .find((name) => name !== undefined)
    if (contentFile === undefined) {
      found.missing.push(property)
      continue
    }
    found.files.push(contentFile)
    found.properties[property] = Buffer.from(readText(folder, contentFile), 'utf8').toString('base64')
  }
  return found
}

const scriptExtensions = /\.(ps1|sh|zsh|py|mobileconfig|xml)$/i

/** In the same folder or one below it: a script with the wanted name. */
function contentFileFor(
  wanted: string,
  exact: string,
  { file, files }: { file: string; files: readonly string[] },
): string | undefined {
  const near = files.filter((name) => scriptExtensions.test(name) && dirname(name).startsWith(dirname(file)))
  return (
    near.find((name) => posix.basename(name) === exact) ?? near.find((name) => stem(posix.basename(name)) === wanted)
  )
}

function baseName(file: string): string {
  return posix.basename(file)
}

function stem(name: string): string {
  return name.replace(/\.[^.]+$/, '')
}
