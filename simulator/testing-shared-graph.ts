/** The published Graph contract, read by tests from beside the project; where it is absent they are skipped visibly. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../shared/graph/', import.meta.url))

export const hasSharedGraph = existsSync(folder)

export function readShared<T>(path: string): T {
  return JSON.parse(readFileSync(`${folder}${path}`, 'utf8')) as T
}
