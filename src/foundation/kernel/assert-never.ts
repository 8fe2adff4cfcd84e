/** For `switch` over a union: the compiler refuses when a case is missing, the program when a value is foreign. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected value ${JSON.stringify(value)}`)
}
