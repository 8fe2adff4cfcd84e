/** A stream of numbers that depends on nothing but its seed: the same seed makes the same tenant on every machine. */
export interface Random {
  /** In [0, 1). */
  unit(): number
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  /** `count` different ones (all, when there are fewer), in random order. */
  sample<T>(from: readonly T[], count: number): T[]
  /** One of the keys, each as often as its weight says. */
  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key
  /** In the form of a random (version 4) GUID. */
  guid(): string
  /** A stream of its own, so that one part of a tenant does not change when another takes more numbers. */
  fork(label: string): Random
}

export function createRandom(seed: string): Random {
  const next = sfc32(hashOf(seed))
  const unit = () => next() / 0x1_0000_0000
  const int = (min: number, max: number) => min + Math.floor(unit() * (max - min + 1))
  const pick = <T>(from: readonly T[]): T => {
    const picked = from[int(0, from.length - 1)]
    if (picked === undefined) throw new Error('pick() needs at least one to choose from.')
    return picked
  }
  return {
    unit,
    int,
    pick,
    chance: (probability) => unit() < probability,
    sample: (from, count) => sample(from, count, int),
    weighted: (weights) => weighted(weights, unit()),
    guid: () => guidFrom(next(), next(), next(), next()),
    fork: (label) => createRandom(`${seed}/${label}`),
  }
}

function sample<T>(from: readonly T[], count: number, int: (min: number, max: number) => number): T[] {
  const rest = [...from]
  const taken: T[] = []
  while (taken.length < count && rest.length > 0) taken.push(...rest.splice(int(0, rest.length - 1), 1))
  return taken
}

function weighted<Key extends string>(weights: Readonly<Record<Key, number>>, unit: number): Key {
  const entries = Object.entries(weights) as [Key, number][]
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0)
  let left = unit * total
  for (const [key, weight] of entries) {
    left -= weight
    if (left < 0) return key
  }
  throw new Error('weighted() needs at least one weight above zero.')
}

/** A GUID that a text always gives, e.g. the id of a group known only by its name. */
export function guidOf(text: string): string {
  return guidFrom(...hashOf(text))
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function guidFrom(a: number, b: number, c: number, d: number): string {
  const byte = (word: number, shift: number) => hex[(word >>> shift) & 0xff] ?? ''
  const four = (word: number) => byte(word, 24) + byte(word, 16) + byte(word, 8) + byte(word, 0)
  const versioned = (b & 0xffff0fff) | 0x4000
  const varianted = (c & 0x3fffffff) | 0x80000000
  const middle = four(versioned)
  const low = four(varianted)
  return `${four(a)}-${middle.slice(0, 4)}-${middle.slice(4)}-${low.slice(0, 4)}-${low.slice(4)}${four(d)}`
}

type Words = [number, number, number, number]

/** 128 bits of a text (cyrb128). */
function hashOf(text: string): Words {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762]
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    a = b ^ Math.imul(a ^ code, 597399067)
    b = c ^ Math.imul(b ^ code, 2869860233)
    c = d ^ Math.imul(c ^ code, 951274213)
    d = a ^ Math.imul(d ^ code, 2716044179)
  }
  a = Math.imul(c ^ (a >>> 18), 597399067)
  b = Math.imul(d ^ (b >>> 22), 2869860233)
  c = Math.imul(a ^ (c >>> 17), 951274213)
  d = Math.imul(b ^ (d >>> 19), 2716044179)
  return [(a ^ b ^ c ^ d) >>> 0, (b ^ a) >>> 0, (c ^ a) >>> 0, (d ^ a) >>> 0]
}

/** Small fast counter generator: 32 bits a call, long period, passes PractRand. */
function sfc32([first, second, third, fourth]: Words): () => number {
  let [a, b, c, d] = [first, second, third, fourth]
  const next = () => {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let warmUp = 0; warmUp < 12; warmUp++) next()
  return next
}
