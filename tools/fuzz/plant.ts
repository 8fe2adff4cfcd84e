/** Faults that the fuzzer must find, put in for a try of the fuzzer itself. */
import { sql } from 'kysely'
import type { Stage } from './set-stage.ts'

export const plantNames = ['defect', 'leak', 'undeclared'] as const
export type Plant = (typeof plantNames)[number]

export function isPlant(text: string): text is Plant {
  return (plantNames as readonly string[]).includes(text)
}

/** `defect`: a statement of the server fails. `leak`: a person here bears the canary of elsewhere. */
export async function plantIn({ owner, here, elsewhere }: Stage, plant: Plant | undefined): Promise<void> {
  if (plant === 'defect') await sql`alter table api_keys rename column used_at to used_when`.execute(owner)
  if (plant !== 'leak') return
  await sql`update users set display_name = ${`Stolen ${elsewhere.canary}`}
    where id in (select user_id from workspace_members where workspace_id = ${here.ctx.workspaceId})`.execute(owner)
}

/** `undeclared`: nothing may be refused for its input. */
export function plantInDocument(text: string, plant: Plant | undefined): string {
  return plant === 'undeclared' ? text.replaceAll('"400": {', '"418": {') : text
}
