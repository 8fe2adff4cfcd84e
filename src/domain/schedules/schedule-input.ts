import { Failure } from '#foundation/kernel/failure.ts'

/** What a schedule of that operation starts it with. @throws Failure `invalid_input` for a note of anything but backups */
export function inputWithNote(type: string, note: string | undefined): unknown {
  if (note !== undefined && type !== 'backup.capture')
    throw new Failure('invalid_input', 'note: it is for schedules of backups.')
  if (type === 'assignments.fetch') return { what: { kind: 'all' } }
  return note === undefined ? {} : { note }
}
