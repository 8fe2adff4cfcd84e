import { z } from 'zod'
import { checkpointDocument, type CheckpointDocument } from '#contract/api/audit.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** A checkpoint alone, or the line of the log that carries it. */
const line = z.union([
  checkpointDocument,
  z.object({ checkpoint: checkpointDocument }).transform((logged) => logged.checkpoint),
])

/**
 * The checkpoints in a text that was kept elsewhere: one JSON object a line, checkpoints or lines of the log. Other lines
 * are passed over.
 * @throws Failure `invalid_input` when there is none
 */
export function readCheckpoints(text: string, name: string): CheckpointDocument[] {
  const found = text.split('\n').flatMap((one) => checkpointIn(one) ?? [])
  if (found.length > 0) return found
  throw new Failure(
    'invalid_input',
    `${name} has no checkpoint: give lines of the worker's log, or checkpoints as JSON lines.`,
  )
}

function checkpointIn(text: string): CheckpointDocument | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    return line.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
