import type { GraphObject } from '../world.ts'

export function isObject(value: unknown): value is GraphObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The elements of an array; none when it is something else. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function without(object: Readonly<GraphObject>, names: readonly string[]): GraphObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))
}

/**
 * An object without what Graph only says about it: links, contexts, types of properties, bound actions. The type of
 * the object itself and of the objects in it stays.
 */
export function withoutAnnotations(object: GraphObject): GraphObject {
  const kept = Object.entries(object).filter(([name]) => name === '@odata.type' || !isAnnotation(name))
  return Object.fromEntries(kept.map(([name, value]) => [name, cleaned(value)]))
}

function isAnnotation(name: string): boolean {
  return name.includes('@odata.') || name.startsWith('#microsoft.graph.')
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned)
  return isObject(value) ? withoutAnnotations(value) : value
}
