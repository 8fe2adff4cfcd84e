export const formats = ['table', 'json', 'jsonl', 'yaml', 'csv'] as const

/** How data is written: a table for people, which may change; the others for programs, which do not. */
export type Format = (typeof formats)[number]
