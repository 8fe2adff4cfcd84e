import type { Terminal } from '#entrypoints/cli/output/terminal.ts'

export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly value: string | number | boolean
  readonly goal: string | number | boolean
}

/** Collects what was claimed and whether it was so. */
export interface Verdict {
  /** Begins an act: the claims that follow are its. */
  begin(act: string): void
  /** Holds when the value is the goal. */
  equals<T extends string | number | boolean>(claim: string, value: T, goal: T): void
  atMost(claim: string, value: number, goal: number): void
  /** Named `act: claim`. */
  readonly checks: readonly Check[]
}

/** Says each claim as it is checked: a tick, or what was found instead. */
export function createVerdict({ say, onMessages }: Pick<Terminal, 'say' | 'onMessages'>): Verdict {
  const checks: Check[] = []
  let act = 'demo'
  const add = ({ name: claim, ...check }: Check) => {
    checks.push({ name: `${act}: ${claim}`, ...check })
    const mark = check.ok ? onMessages.paint('green', '✓') : onMessages.paint('red', '✗')
    say(`   ${mark} ${claim}${check.ok ? countWords(check.value) : `: ${check.value}, expected ${check.goal}`}`)
  }
  return {
    begin: (name) => (act = name),
    equals: (name, value, goal) => add({ name, value, goal, ok: value === goal }),
    atMost: (name, value, goal) => add({ name, value, goal: `<= ${goal}`, ok: value <= goal }),
    checks,
  }
}

function countWords(value: Check['value']): string {
  return typeof value === 'number' ? `: ${value.toLocaleString('en-US')}` : ''
}
