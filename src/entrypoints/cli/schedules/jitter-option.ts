import { countOption } from '#entrypoints/cli/options.ts'

/** Seconds given as `--jitter`; undefined when none were. */
export function jitterOption(text: string | undefined): number | undefined {
  return text === undefined ? undefined : countOption(text, '--jitter', { min: 0, max: 86_400, default: 0 })
}
