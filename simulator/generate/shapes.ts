import { readFileSync } from 'node:fs'
import type { GraphObject } from '../world.ts'

const shapes = JSON.parse(readFileSync(new URL('shapes.json', import.meta.url), 'utf8')) as Record<string, GraphObject>

/** All properties of a type with the values Graph sends when nothing is set, to be spread into a new object. */
export function shapeOf(type: string): GraphObject {
  const shape = shapes[type]
  if (!shape) throw new Error(`shapes.json has no ${type}: add it to make-shapes.ts and make it again.`)
  return shape
}
