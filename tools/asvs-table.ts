import { z } from 'zod'

/** Which requirements there are, by id and level: facts of the standard, none of its text. */
export const requirementsSchema = z.strictObject({
  standard: z.string(),
  levels: z.record(z.string().regex(/^\d+\.\d+\.\d+$/), z.union([z.literal(1), z.literal(2), z.literal(3)])),
  /** Of level 3, but assessed as well. */
  alsoAssessed: z.array(z.string()).readonly(),
})
export type Requirements = z.output<typeof requirementsSchema>

const mostWords = 12

/** What became of one requirement here. */
export const rowSchema = z.strictObject({
  id: z.string(),
  level: z.number(),
  /** What it asks, in words of our own. */
  words: z.string().refine((words) => words.split(' ').length <= mostWords, `has more than ${mostWords} words`),
  state: z.enum(['met', 'not_applicable', 'open']),
  /** How it is met, why it is not applicable, or what is missing. */
  how: z.string().min(10).regex(/\.$/, 'is no sentence'),
  /** Paths of this checkout: a file, `file.md#heading`, or `file.test.ts :: name of a test`. */
  evidence: z.array(z.string().min(1)).readonly(),
})
export type Row = z.output<typeof rowSchema>

/** The table, its rows not looked at yet: each is judged by itself. */
export const tableSchema = z.strictObject({ standard: z.string(), rows: z.array(z.unknown()).readonly() })
export type Table = z.output<typeof tableSchema>

/** Level 1 and 2 count; of level 3 some are assessed and none is counted. */
export function isCounted({ level }: Pick<Row, 'level'>): boolean {
  return level <= 2
}
