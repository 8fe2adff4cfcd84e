/** Test only: what the test of `plantModules()` plants a bug in. */
export function answer(): number {
  return 41 + 1
}
