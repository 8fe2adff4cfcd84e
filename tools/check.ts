/** One checked claim. Every tool here ends with a table of them, and with `--json` one line of JSON. */
export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly value: string | number
  readonly goal: string | number
}

export interface Verdict {
  readonly ok: boolean
  readonly checks: readonly Check[]
}

export function verdictOf(checks: readonly Check[]): Verdict {
  return { ok: checks.every((check) => check.ok), checks }
}

/**
 * Prints the table, then with `json` the verdict and what is `also` told as the last line of stdout; sets the exit code.
 */
export function reportVerdict(checks: readonly Check[], options: { json: boolean; also?: object }): void {
  const verdict = verdictOf(checks)
  if (checks.length > 0) console.log(`\n${tableOf(checks)}`)
  if (options.json) console.log(JSON.stringify({ ...verdict, ...options.also }))
  process.exitCode = verdict.ok ? 0 : 1
}

/** One line per check, in columns. */
export function tableOf(checks: readonly Check[]): string {
  const rows = checks.map(({ name, ok, value, goal }) => [ok ? 'ok' : 'FAILED', name, String(value), String(goal)])
  return columnsOf([['', 'check', 'value', 'goal'], ...rows])
}

/** One line per row, its cells in columns. */
export function columnsOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
