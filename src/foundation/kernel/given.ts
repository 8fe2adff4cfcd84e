/** An object without the keys whose value is undefined. */
export type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** The same without what was left out: `{ a: undefined, b: null }` becomes `{ b: null }`. */
export function given<T extends object>(object: T): Given<T> {
  // Safe: exactly the keys with a value are left.
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Given<T>
}
