import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'

/*
 * Reads the sources as text and says where they break the rules of the house. Text, because TypeScript 7 has no
 * compiler API; the formatter puts every static import at the start of a line, so a pattern finds them all.
 */

export interface SourceFile {
  /** From the root of the checkout, with `/`. */
  readonly path: string
  readonly text: string
}

export interface ImportRule {
  /** The files the rule is about. */
  readonly from: RegExp
  /** What they may import, in this checkout. Packages and `node:` modules are free. */
  readonly mayImport: readonly RegExp[]
}

export interface TextRule {
  readonly says: string
  /** What must not occur outside comments. */
  readonly pattern: RegExp
  /** Where it may. */
  readonly except: readonly RegExp[]
}

const folders = '{src,simulator,bench,faults,tools,bin}'

/** Every source file of the checkout. */
export async function readSources(root: string): Promise<readonly SourceFile[]> {
  // The benchmarks install what they compare with below their own folder.
  const paths = globSync(`${folders}/**/*.{ts,mjs}`, { cwd: root, exclude: ['**/node_modules/**'] })
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })))
}

/** The files of this checkout that a file imports, statically, dynamically, as types or by re-export. */
export function importsOf({ path, text }: SourceFile): string[] {
  const patterns = [
    /^import\s+(?:type\s+)?[\w\s{},*$]+?\s+from\s+['"]([^'"]+)['"]/gm,
    /^export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s+from\s+['"]([^'"]+)['"]/gm,
    /^import\s+['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  ]
  const specifiers = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''))
  return specifiers.flatMap((specifier) => resolveImport(path, specifier))
}

function resolveImport(path: string, specifier: string): string[] {
  if (specifier.startsWith('#')) return [`src/${specifier.slice(1)}`]
  if (specifier.startsWith('.')) return [posix.join(posix.dirname(path), specifier)]
  return []
}

/** The imports that no rule for their file allows; a file that no rule is about may import nothing. */
export function forbiddenImports(files: readonly SourceFile[], rules: readonly ImportRule[]): string[] {
  return files.flatMap((file) => {
    const allowed = rules.filter((rule) => rule.from.test(file.path)).flatMap((rule) => rule.mayImport)
    const forbidden = importsOf(file).filter((target) => !allowed.some((pattern) => pattern.test(target)))
    return forbidden.map((target) => `${file.path} imports ${target}`)
  })
}

/** Who may import what of one module: the files that may, and the names each may import, no more and no less. */
export type ImportTable = Readonly<Record<string, readonly string[]>>

/** Where the imports of a module differ from its table, in either direction. */
export function strayImports(files: readonly SourceFile[], module: string, table: ImportTable): string[] {
  const stray = files.flatMap((file) => {
    const found = namesImported(file, module)
    const listed = table[file.path] ?? []
    return [
      ...found.filter((name) => !listed.includes(name)).map((name) => `${file.path} imports ${name}`),
      ...listed.filter((name) => !found.includes(name)).map((name) => `${file.path} is listed for ${name} in vain`),
    ]
  })
  const paths = new Set(files.map(({ path }) => path))
  const gone = Object.keys(table).filter((path) => !paths.has(path))
  return [...stray, ...gone.map((path) => `${path} is listed and is not there`)]
}

/** The names a file imports or re-exports of a module; `*` for all of them, as a dynamic import has them. */
function namesImported(file: SourceFile, module: string): string[] {
  const count = importsOf(file).filter((target) => target === module).length
  const named = [
    ...file.text.matchAll(/^(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s+from\s+['"]([^'"]+)['"]/gm),
  ].filter(([, , specifier]) => resolveImport(file.path, specifier ?? '').includes(module))
  const names = named.flatMap(([, list]) => (list ?? '').split(',')).map(nameOf)
  return [...names.filter((name) => name !== ''), ...(named.length < count ? ['*'] : [])]
}

function nameOf(imported: string): string {
  return (
    imported
      .trim()
      .replace(/^type\s+/, '')
      .split(/\s+as\s+/)[0] ?? ''
  )
}

/** The imports of another slice's store: its SQL is its own. */
export function foreignStores(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const stores = importsOf(file).filter((target) => target.endsWith('.store.ts'))
    const foreign = stores.filter((store) => sliceOf(store) !== sliceOf(file.path))
    return foreign.map((store) => `${file.path} imports ${store}`)
  })
}

function sliceOf(path: string): string {
  return posix.dirname(path).split('/').slice(0, 3).join('/')
}

/** The imports inside src that climb by `../` instead of naming their tier. */
export function climbingImports(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const climbs = [...text.matchAll(/\bfrom\s+['"]((?:\.\.\/)[^'"]+)['"]/g)].map((match) => match[1] ?? '')
    const within = climbs.filter((specifier) => posix.join(posix.dirname(path), specifier).startsWith('src/'))
    return path.startsWith('src/') ? within.map((specifier) => `${path} imports ${specifier}`) : []
  })
}

const namelessWords = /(?:^|[/.-])(?:index|utils?|helpers?|common|managers?)(?:[/.-]|$)/

/** The files whose name says nothing about what they hold. */
export function namelessFiles(files: readonly SourceFile[]): string[] {
  return files.map(({ path }) => path).filter((path) => namelessWords.test(path))
}

/** The places where a rule about the text is broken. */
export function brokenTextRules(files: readonly SourceFile[], rules: readonly TextRule[]): string[] {
  return rules.flatMap(({ says, pattern, except }) =>
    files
      .filter(({ path }) => !except.some((exception) => exception.test(path)))
      .flatMap(({ path, text }) => linesWith(pattern, text).map((line) => `${path}:${line}: ${says}`)),
  )
}

function linesWith(pattern: RegExp, text: string): number[] {
  const code = withoutComments(text)
  const matches = [...code.matchAll(new RegExp(pattern, 'gi'))]
  return matches.map(({ index }) => code.slice(0, index).split('\n').length)
}

/** Comment lines become empty lines. A comment behind code stays: nobody writes one there. */
function withoutComments(text: string): string {
  return text.replace(/^[ \t]*(?:\/\/|\/\*|\*).*$/gm, '')
}
