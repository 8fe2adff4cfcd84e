import type { RunDocument } from '#contract/api/runs.ts'

/** What a run concerns, and the command that shows it. */
export interface RunLink {
  readonly what: string
  readonly id: string
  readonly command: string
}

const kinds: Readonly<Record<string, { readonly what: string; readonly command: (id: string) => string }>> = {
  backupSetId: { what: 'Backup set', command: (id) => `backup show ${id}` },
  restoreRunId: { what: 'Restore', command: (id) => `restore show ${id}` },
  retryOf: { what: 'Tried before as', command: (id) => `run show ${id}` },
}

/** The links of a run, from what its context names. */
export function runLinks({ context, tenant }: Pick<RunDocument, 'context' | 'tenant'>): RunLink[] {
  return Object.entries(kinds).flatMap(([key, { what, command }]) => {
    const id = context[key]
    if (typeof id !== 'string') return []
    const where = tenant === null || key === 'retryOf' ? '' : ` --tenant "${tenant.name}"`
    return [{ what, id, command: `tenantatlas ${command(id)}${where}` }]
  })
}
