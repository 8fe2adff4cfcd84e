/** OData query options, parsed once per request. */
import { badRequest } from './graph-error.ts'

export interface Expansion {
  readonly name: string
  readonly select: readonly string[] | undefined
  readonly expand: readonly Expansion[]
}

export interface Query {
  readonly select: readonly string[] | undefined
  readonly expand: readonly Expansion[]
  readonly filter: string | undefined
  readonly orderBy: readonly { readonly property: string; readonly descending: boolean }[]
  readonly top: number | undefined
  readonly skip: number
  readonly skipToken: string | undefined
  readonly count: boolean
  readonly search: string | undefined
  /** As it came, without the question mark and without `$skiptoken`: the stem of a next link. */
  readonly raw: string
}

/** Parses a query string. @throws GraphError 400 */
export function parseQuery(text: string): Query {
  const parameters = new URLSearchParams(text)
  const given = (name: string) => parameters.get(`$${name}`) ?? parameters.get(name) ?? undefined
  return {
    select: splitList(given('select')),
    expand: parseExpand(given('expand') ?? ''),
    filter: given('filter'),
    orderBy: parseOrderBy(given('orderby')),
    top: wholeNumber('$top', given('top')),
    skip: wholeNumber('$skip', given('skip')) ?? 0,
    skipToken: given('skiptoken'),
    count: given('count') === 'true',
    search: given('search'),
    raw: withoutSkipToken(text),
  }
}

function splitList(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

function parseOrderBy(text: string | undefined): Query['orderBy'] {
  return (splitList(text) ?? []).map((one) => {
    const [property = '', direction = 'asc'] = one.split(/\s+/)
    return { property, descending: direction.toLowerCase() === 'desc' }
  })
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0 && text !== '') return value
  throw badRequest(`Invalid value '${text}' for ${option} query option found. A non-negative integer is expected.`)
}

function withoutSkipToken(text: string): string {
  return text
    .split('&')
    .filter((part) => part !== '' && !/^(\$|%24)skiptoken=/i.test(part))
    .join('&')
}

/** Parses `a,b($expand=c;$select=d,e)`. @throws GraphError 400 */
export function parseExpand(text: string): readonly Expansion[] {
  return splitOutside(text, ',').map((part) => {
    const open = part.indexOf('(')
    if (open === -1) return { name: part, select: undefined, expand: [] }
    if (!part.endsWith(')')) throw badRequest(`Parsing OData $expand failed: '${part}' has no closing parenthesis.`)
    const options = splitOutside(part.slice(open + 1, -1), ';')
    return {
      name: part.slice(0, open),
      select: splitList(optionOf(options, '$select')),
      expand: parseExpand(optionOf(options, '$expand') ?? ''),
    }
  })
}

function optionOf(options: readonly string[], name: string): string | undefined {
  return options.find((option) => option.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1)
}

/** Splits at a separator that is outside of parentheses. */
function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === '(') depth++
    if (text[at] === ')') depth--
    if (at === text.length || (text[at] === separator && depth === 0)) {
      parts.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  return parts.filter((part) => part !== '')
}
