import type { Cli } from '#entrypoints/cli/cli.ts'
import { oneLine } from '#entrypoints/cli/output/text-width.ts'

const styles = {
  added: { sign: '+', paint: 'green' },
  removed: { sign: '-', paint: 'red' },
  changed: { sign: '~', paint: 'yellow' },
} as const

export function diffLine({ terminal }: Cli, { kind, text }: { readonly kind: string; readonly text: string }): string {
  const style = isKnown(kind) ? styles[kind] : { sign: ' ', paint: 'dim' as const }
  return `  ${terminal.onData.paint(style.paint, `${style.sign} ${oneLine(text)}`)}`
}

function isKnown(kind: string): kind is keyof typeof styles {
  return Object.hasOwn(styles, kind)
}
