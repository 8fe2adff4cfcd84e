import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'

/** A link in a Markdown file that leads nowhere. */
export interface DeadLink {
  readonly file: string
  readonly line: number
  readonly target: string
}

export interface LinkReport {
  readonly files: number
  readonly links: number
  readonly dead: readonly DeadLink[]
}

/** Checks that every relative link of every Markdown file below `root` leads to a file, and to a heading in it. */
export async function checkDocLinks(root: string): Promise<LinkReport> {
  const files = await markdownFiles(root)
  const links = (await Promise.all(files.map(linksOf))).flat()
  const verdicts = await Promise.all(links.map(async (link) => ({ link, isAlive: await leadsSomewhere(link) })))
  const dead = verdicts
    .filter(({ isAlive }) => !isAlive)
    .map(({ link }) => ({ ...link, file: relative(root, link.file) }))
  return { files: files.length, links: links.length, dead }
}

async function markdownFiles(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true })
  const isOurs = (name: string) => name.endsWith('.md') && !/(^|\/)(node_modules|\.[^/]+)\//.test(name)
  return names.filter(isOurs).map((name) => join(root, name))
}

async function linksOf(file: string): Promise<DeadLink[]> {
  const text = withoutCode(await readFile(file, 'utf8'))
  return text
    .split('\n')
    .flatMap((line, index) => relativeTargets(line).map((target) => ({ file, line: index + 1, target })))
}

/** Code keeps its lines and loses its characters: what looks like a link in it is none. */
function withoutCode(text: string): string {
  const blank = (code: string) => code.replace(/[^\n]/g, ' ')
  return text.replace(/^(```|~~~)[\s\S]*?^\1/gm, blank).replace(/`[^`\n]*`/g, blank)
}

function relativeTargets(line: string): string[] {
  const inline = [...line.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)]
  const reference = [...line.matchAll(/^\s{0,3}\[[^\]]+\]:\s+<?(\S+?)>?(?:\s|$)/g)]
  const targets = [...inline, ...reference].map((match) => match[1] ?? '')
  return targets.filter((target) => !/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target))
}

async function leadsSomewhere({ file, target }: DeadLink): Promise<boolean> {
  const [path = '', anchor] = decodeURIComponent(target).split('#')
  const destination = path === '' ? file : resolve(dirname(file), path)
  if (!existsSync(destination)) return false
  if (anchor === undefined || !destination.endsWith('.md') || !(await stat(destination)).isFile()) return true
  return anchorsOf(await readFile(destination, 'utf8')).has(anchor)
}

/** The anchors GitHub gives to headings: lower case, no punctuation, hyphens for spaces, numbered when repeated. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const match of markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const base = slugOf(match[1] ?? '')
    let anchor = base
    for (let n = 1; anchors.has(anchor); n += 1) anchor = `${base}-${n}`
    anchors.add(anchor)
  }
  for (const match of markdown.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) anchors.add(match[1] ?? '')
  return anchors
}

function slugOf(heading: string): string {
  const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
  return text.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')
}

if (import.meta.main) {
  const report = await checkDocLinks(join(import.meta.dirname, '..'))
  for (const { file, line, target } of report.dead) console.error(`${file}:${line}: ${target} leads nowhere`)
  console.log(`${report.links} relative links in ${report.files} Markdown files, ${report.dead.length} dead`)
  process.exitCode = report.dead.length === 0 ? 0 : 1
}
