import type { Checkpoint } from '#domain/audit/checkpoint.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { z } from 'zod'

const checkpoint = z.object({
  workspaceId: z.uuid(),
  kind: z.enum(['head', 'front']),
  seq: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.string(),
  keyId: z.string(),
  signature: z.string(),
})

/** A checkpoint alone, or the line of the log that carries it. */
const line = z.union([checkpoint, z.object({ checkpoint }).transform((logged) => logged.checkpoint)])

/**
 * The checkpoints in a text that was kept elsewhere: one JSON object a line, checkpoints or lines of the log. Other lines
 * are passed over.
 * @throws Failure `invalid_input` when there is none
 */
export function readCheckpoints(text: string, name: string): Checkpoint[] {
  const found = text.split('\n').flatMap((one) => checkpointIn(one) ?? [])
  if (found.length > 0) return found
  throw new Failure(
    'invalid_input',
    `${name} has no checkpoint: give lines of the worker's log, or checkpoints as JSON lines.`,
  )
}

function checkpointIn(text: string): Checkpoint | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    return line.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
