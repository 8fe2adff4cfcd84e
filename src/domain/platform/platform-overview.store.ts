import { sql } from 'kysely'
import type { Database } from '#foundation/db/database.ts'

export interface WorkspaceFigures {
  readonly workspaceId: string
  readonly name: string
  readonly slug: string
  readonly createdAt: Date
  readonly archivedAt: Date | null
  readonly members: number
  readonly tenants: number
  readonly activeRuns: number
}

export async function workspaceFigures(db: Database): Promise<WorkspaceFigures[]> {
  const { rows } = await sql<{
    workspace_id: string
    name: string
    slug: string
    created_at: Date
    archived_at: Date | null
    members: number
    tenants: number
    active_runs: number
  }>`select * from workspace_figures()`.execute(db)
  return rows.map((row) => ({
    workspaceId: row.workspace_id,
    name: row.name,
    slug: row.slug,
    createdAt: row.created_at,
    archivedAt: row.archived_at,
    members: row.members,
    tenants: row.tenants,
    activeRuns: row.active_runs,
  }))
}

export interface StuckRun {
  readonly workspace: string
  readonly runId: string
  readonly type: string
  readonly state: 'not_taken' | 'past_deadline'
  readonly since: Date
}

export async function stuckRuns(db: Database, limit: number): Promise<StuckRun[]> {
  const { rows } = await sql<{
    workspace: string
    run_id: string
    type: string
    state: StuckRun['state']
    since: Date
  }>`
    select workspace, run_id, type, state, since from stuck_runs(${limit})`.execute(db)
  return rows.map(({ workspace, run_id: runId, type, state, since }) => ({ workspace, runId, type, state, since }))
}
