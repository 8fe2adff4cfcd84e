import { relativeTime } from '#contract/moments.ts'

/** A time as people read it in a table; `never` where it has not happened. */
export function ago(at: string | null, never = 'never'): string {
  return at === null ? never : relativeTime(new Date(at), new Date())
}

export function count(value: number): string {
  return value.toLocaleString('en-US')
}
