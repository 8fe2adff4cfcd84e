/** What answers held, to be sent back: ids by the list they stood in, and texts by the name of their field. */
import type { Operation } from './read-document.ts'
import type { Seen } from './values-of.ts'

const most = { ids: 400, ofOneField: 40, ofOneList: 40 } as const
const isUuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/

export class SeenAnswers implements Seen {
  readonly #canary: string
  readonly #ids = new Set<string>()
  readonly #lists = new Map<string, Set<string>>()
  readonly #texts = new Map<string, Set<string>>()

  /** Texts with that canary are not sent back: it shall be in answers by the server's doing alone. */
  constructor(canary: string) {
    this.#canary = canary
  }

  get ids(): readonly string[] {
    return [...this.#ids]
  }

  get texts(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.#texts].map(([name, values]) => [name, [...values]]))
  }

  /** The ids of the list that stood at the end of a path: `runs`. */
  idsIn(list: string): readonly string[] {
    return [...(this.#lists.get(list) ?? [])]
  }

  idsFor(name: string): readonly string[] {
    return (
      [name, `${name}s`, name.replace(/y$/, 'ies')].map((list) => this.idsIn(list)).find((ids) => ids.length > 0) ?? []
    )
  }

  /** Takes a text that no answer holds. */
  keepText(name: string, value: string): void {
    keep(this.#texts, name, value, most.ofOneField)
  }

  /** Takes what a successful answer to that operation held. */
  take({ path }: Operation, body: unknown, headers: Readonly<Record<string, unknown>>): void {
    const list = path.split('/').at(-1) ?? ''
    const items: unknown = body !== null && typeof body === 'object' ? Reflect.get(body, 'items') : undefined
    if (Array.isArray(items))
      for (const item of items as unknown[]) {
        const id: unknown = item !== null && typeof item === 'object' ? Reflect.get(item, 'id') : undefined
        if (typeof id === 'string') keep(this.#lists, list, id, most.ofOneList)
      }
    this.#walk('', body)
    if (typeof headers.etag === 'string') keep(this.#texts, 'etag', headers.etag, most.ofOneField)
  }

  #walk(name: string, value: unknown): void {
    if (typeof value === 'string' && value.length <= 500 && !value.includes(this.#canary)) {
      keep(this.#texts, name, value, most.ofOneField)
      // Of a link for somebody else.
      const token = value.split('#')[1]
      if (token !== undefined && name === 'link') keep(this.#texts, 'token', token, most.ofOneField)
      if (isUuid.test(value)) addTo(this.#ids, value, most.ids)
    } else if (Array.isArray(value)) for (const one of value as unknown[]) this.#walk(name, one)
    else if (value !== null && typeof value === 'object')
      for (const [key, one] of Object.entries(value as Record<string, unknown>)) this.#walk(key, one)
  }
}

function keep(map: Map<string, Set<string>>, key: string, value: string, most: number): void {
  const values = map.get(key) ?? new Set()
  map.set(key, values)
  addTo(values, value, most)
}

/** The oldest goes when there are too many. */
function addTo(values: Set<string>, value: string, most: number): void {
  values.delete(value)
  values.add(value)
  if (values.size > most) values.delete(values.values().next().value ?? '')
}
