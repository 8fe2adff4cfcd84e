import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { parse as parseYaml, YAMLParseError } from 'yaml'

/** A folder that cannot be loaded as a whole; the message says why in one sentence. */
export class ExportError extends Error {
  override readonly name = 'ExportError'
}

/** All files below a folder, relative and with `/`, in the order of their names. @throws ExportError */
export function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .toSorted((a, b) => (a < b ? -1 : 1))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const reason =
      code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is not a folder' : `cannot be read (${code})`
    throw new ExportError(`The export folder ${folder} ${reason}.`, { cause: error })
  }
}

export type ParsedFile =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string }

/** Whether the file is of a format that exports are written in. */
export function isExportFile(file: string): boolean {
  return ['.json', '.yaml', '.yml'].includes(extname(file).toLowerCase())
}

/** What the file says, or why it cannot be read, with the position of the mistake. */
export function parseFile(folder: string, file: string): ParsedFile {
  const text = decodeText(readFileSync(join(folder, file)))
  if (text.trim() === '') return { ok: false, reason: 'the file is empty' }
  return extname(file).toLowerCase() === '.json' ? parseJson(text) : parseYamlText(text)
}

export function readText(folder: string, file: string): string {
  return decodeText(readFileSync(join(folder, file)))
}

/** PowerShell before 7 writes UTF-16, others put a byte order mark before UTF-8. */
function decodeText(bytes: Buffer): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

function parseJson(text: string): ParsedFile {
  try {
    return { ok: true, value: JSON.parse(text) as unknown }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const offset = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length)
    const before = text.slice(0, offset).split('\n')
    const what = message.replace(/ in JSON.*$|, \.\.\..*$|, ".*" is not valid JSON$/s, '')
    return {
      ok: false,
      reason: `not valid JSON at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${what}`,
    }
  }
}

function parseYamlText(text: string): ParsedFile {
  try {
    return { ok: true, value: parseYaml(text) as unknown }
  } catch (error) {
    const position = error instanceof YAMLParseError ? error.linePos?.[0] : undefined
    const where = position ? ` at line ${position.line}, column ${position.col}` : ''
    return { ok: false, reason: `not valid YAML${where}` }
  }
}
