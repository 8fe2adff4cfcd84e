import { newestPlatformEvents, type PlatformEvent } from '#domain/platform/operators.store.ts'
import {
  stuckRuns,
  workspaceFigures,
  type StuckRun,
  type WorkspaceFigures,
} from '#domain/platform/platform-overview.store.ts'
import type { Database } from '#foundation/db/database.ts'

const mostStuck = 200
const mostEvents = 200

/** Every workspace in figures, by name: nothing of what is in a tenant. */
export async function listWorkspaceFigures(db: Database): Promise<WorkspaceFigures[]> {
  return workspaceFigures(db)
}

/** Runs of all workspaces that nobody took for a quarter of an hour, or that are past their deadline; 200 at most. */
export async function listStuckRuns(db: Database): Promise<StuckRun[]> {
  return stuckRuns(db, mostStuck)
}

/** What operators did, the newest 200 first. */
export async function listPlatformEvents(db: Database): Promise<PlatformEvent[]> {
  return newestPlatformEvents(db, mostEvents)
}
