/** The part of OData `$filter` that Intune clients use: comparisons, `in`, and/or/not, and the text functions. */
import type { GraphObject } from '../world.ts'
import { badRequest } from './graph-error.ts'

export type Predicate = (row: GraphObject) => boolean

interface Token {
  readonly kind: 'text' | 'word' | 'mark'
  readonly value: string
}

const tokenPattern = /'((?:[^']|'')*)'|([\w.:+@/$-]+)|([(),])|\s+/gy

/** Compiles a filter. @throws GraphError 400 when it cannot be understood or names a refused function. */
export function compileFilter(text: string, refused: readonly string[] = []): Predicate {
  const parser = new Parser(tokenize(text), refused, text)
  return parser.whole()
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  tokenPattern.lastIndex = 0
  while (tokenPattern.lastIndex < text.length) {
    const at = tokenPattern.lastIndex
    const match = tokenPattern.exec(text)
    if (!match) throw invalid(text, `character '${text[at]}' at position ${at} is not expected`)
    if (match[1] !== undefined) tokens.push({ kind: 'text', value: match[1].replaceAll("''", "'") })
    else if (match[2] !== undefined) tokens.push({ kind: 'word', value: match[2] })
    else if (match[3] !== undefined) tokens.push({ kind: 'mark', value: match[3] })
  }
  return tokens
}

function invalid(filter: string, why: string) {
  return badRequest(`Invalid filter clause: ${why} in '${filter}'.`)
}

type Value = string | number | boolean | null | readonly unknown[] | undefined
type Operand = (row: GraphObject) => Value

const comparisons: Readonly<Record<string, (left: Value, right: Value) => boolean>> = {
  eq: (left, right) => sameValue(left, right),
  ne: (left, right) => !sameValue(left, right),
  gt: (left, right) => order(left, right) > 0,
  ge: (left, right) => order(left, right) >= 0,
  lt: (left, right) => order(left, right) < 0,
  le: (left, right) => order(left, right) <= 0,
}

/** Text is compared without regard to case, as the services do. */
function sameValue(left: Value, right: Value): boolean {
  if (typeof left === 'string' && typeof right === 'string') return order(left, right) === 0
  return (left ?? null) === (right ?? null)
}

/** NaN, so that nothing holds, when the two cannot be compared. */
function order(left: Value, right: Value): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left !== 'string' || typeof right !== 'string') return Number.NaN
  const [leftTime, rightTime] = [dateOf(left), dateOf(right)]
  if (leftTime !== undefined && rightTime !== undefined) return leftTime - rightTime
  const [a, b] = [left.toLowerCase(), right.toLowerCase()]
  return a < b ? -1 : Number(a > b)
}

function dateOf(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(T|$)/.test(text)) return undefined
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

const textFunctions: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #refused: readonly string[]
  readonly #source: string
  #at = 0

  constructor(tokens: readonly Token[], refused: readonly string[], source: string) {
    this.#tokens = tokens
    this.#refused = refused
    this.#source = source
  }

  whole(): Predicate {
    const predicate = this.#or()
    if (this.#at < this.#tokens.length)
      throw invalid(this.#source, `'${this.#tokens[this.#at]?.value}' is not expected`)
    return predicate
  }

  #or(): Predicate {
    const parts = [this.#and()]
    while (this.#takeWord('or')) parts.push(this.#and())
    return (row) => parts.some((part) => part(row))
  }

  #and(): Predicate {
    const parts = [this.#not()]
    while (this.#takeWord('and')) parts.push(this.#not())
    return (row) => parts.every((part) => part(row))
  }

  #not(): Predicate {
    if (!this.#takeWord('not')) return this.#term()
    const part = this.#not()
    return (row) => !part(row)
  }

  #term(): Predicate {
    if (this.#takeMark('(')) {
      const inner = this.#or()
      this.#expectMark(')')
      return inner
    }
    if (this.#peek(1)?.value === '(' && this.#peek()?.kind === 'word') return this.#call()
    return this.#comparison()
  }

  #call(): Predicate {
    const name = this.#next('a function').value.toLowerCase()
    if (this.#refused.includes(name)) throw invalid(this.#source, `the function '${name}' is not supported`)
    this.#expectMark('(')
    const first = this.#operand()
    const second = this.#takeMark(',') ? this.#operand() : undefined
    this.#expectMark(')')
    if (name === 'isof') return isOf(second ?? first)
    const test = textFunctions[name]
    if (!test || !second) throw invalid(this.#source, `the function '${name}' is not supported`)
    return (row) => test(lower(first(row)), lower(second(row)))
  }

  #comparison(): Predicate {
    const left = this.#operand()
    const operator = this.#next('an operator').value.toLowerCase()
    if (operator === 'in') return this.#in(left)
    const compare = comparisons[operator]
    if (!compare) throw invalid(this.#source, `'${operator}' is not an operator`)
    const right = this.#operand()
    return (row) => compare(left(row), right(row))
  }

  #in(left: Operand): Predicate {
    this.#expectMark('(')
    const allowed: Operand[] = [this.#operand()]
    while (this.#takeMark(',')) allowed.push(this.#operand())
    this.#expectMark(')')
    return (row) => allowed.some((one) => sameValue(left(row), one(row)))
  }

  #operand(): Operand {
    const token = this.#next('a value')
    if (token.kind === 'text') return () => token.value
    if (token.kind === 'mark') throw invalid(this.#source, `'${token.value}' is not a value`)
    return literal(token.value) ?? ((row) => propertyAt(row, token.value))
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead]
  }

  #next(expected: string): Token {
    const token = this.#tokens[this.#at++]
    if (!token) throw invalid(this.#source, `${expected} is missing at the end`)
    return token
  }

  #takeWord(word: string): boolean {
    const token = this.#peek()
    if (token?.kind !== 'word' || token.value.toLowerCase() !== word) return false
    this.#at++
    return true
  }

  #takeMark(mark: string): boolean {
    const token = this.#peek()
    if (token?.kind !== 'mark' || token.value !== mark) return false
    this.#at++
    return true
  }

  #expectMark(mark: string): void {
    if (!this.#takeMark(mark)) throw invalid(this.#source, `'${mark}' is missing`)
  }
}

function lower(value: Value): string {
  return typeof value === 'string' ? value.toLowerCase() : ''
}

function isOf(type: Operand): Predicate {
  return (row) => lower(row['@odata.type'] as Value) === `#${lower(type(row))}`
}

function literal(word: string): Operand | undefined {
  if (word === 'true') return () => true
  if (word === 'false') return () => false
  if (word === 'null') return () => null
  if (/^-?\d+(\.\d+)?$/.test(word)) return () => Number(word)
  return /^\d{4}-\d{2}-\d{2}/.test(word) || /^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(word) ? () => word : undefined
}

/** A property, or one below it: `microsoft.graph.managedApp/appAvailability` skips the cast. */
function propertyAt(row: GraphObject, path: string): Value {
  let value: unknown = row
  for (const name of path.split('/').filter((part) => !part.startsWith('microsoft.graph.'))) {
    value = typeof value === 'object' && value !== null ? (value as GraphObject)[name] : undefined
  }
  return value as Value
}
