import type { Terminal } from '#entrypoints/cli/output/terminal.ts'

export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly value: string | number | boolean
  readonly goal: string | number | boolean
}

/** Collects what was claimed and whether it was so. */
export interface Verdict {
  /** Holds when the value is the goal. */
  equals<T extends string | number | boolean>(name: string, value: T, goal: T): void
  atMost(name: string, value: number, goal: number): void
  readonly checks: readonly Check[]
}

/** Says each check as it is made: a green tick with the value, or what was found instead. */
export function createVerdict({ say, onMessages }: Pick<Terminal, 'say' | 'onMessages'>): Verdict {
  const checks: Check[] = []
  const add = (check: Check) => {
    checks.push(check)
    const mark = check.ok ? onMessages.paint('green', '✓') : onMessages.paint('red', '✗')
    const found = check.ok ? '' : `: ${check.value}, expected ${check.goal}`
    say(`   ${mark} ${check.name}${found}`)
  }
  return {
    equals: (name, value, goal) => add({ name, value, goal, ok: value === goal }),
    atMost: (name, value, goal) => add({ name, value, goal: `<= ${goal}`, ok: value <= goal }),
    checks,
  }
}
