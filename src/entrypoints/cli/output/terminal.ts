import type { Badge, Tone } from '#contract/badges.ts'

/** What can be written to; `process.stdout` and `process.stderr` are such. */
export interface Stream {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const

type Paint = keyof typeof codes

const paintOfTone = {
  neutral: undefined,
  active: 'cyan',
  success: 'green',
  warning: 'yellow',
  danger: 'red',
} as const satisfies Record<Tone, Paint | undefined>

/** Where a command writes: data to stdout, messages to stderr. */
export interface Terminal {
  /** Whether a person looks at the messages, so that a line may be rewritten. */
  readonly isInteractive: boolean
  /** Columns for data; infinite when stdout is no terminal, so that nothing is cut. */
  readonly dataWidth: number
  readonly messageWidth: number
  /** Writes data exactly as it is. */
  data(text: string): void
  /** Writes a message on a line of its own. */
  say(text: string): void
  /** Replaces the last line of the messages; only when interactive. */
  rewrite(text: string): void
  readonly onData: Painter
  readonly onMessages: Painter
}

export interface Painter {
  badge(badge: Badge): string
  paint(paint: Paint, text: string): string
}

export interface TerminalOptions {
  readonly stdout: Stream
  readonly stderr: Stream
  readonly env: Readonly<Record<string, string | undefined>>
  /** False: `--no-color`. */
  readonly color: boolean
}

export function createTerminal({ stdout, stderr, env, color }: TerminalOptions): Terminal {
  const mayColor = color && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  const isInteractive = stderr.isTTY === true && env['TERM'] !== 'dumb'
  let hasOpenLine = false
  const closeLine = () => {
    if (hasOpenLine) stderr.write('\r\u001b[2K')
    hasOpenLine = false
  }
  return {
    isInteractive,
    get dataWidth() {
      return stdout.isTTY === true ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY
    },
    get messageWidth() {
      return stderr.columns ?? 80
    },
    data(text) {
      if (stdout.isTTY === true) closeLine()
      stdout.write(text)
    },
    say(text) {
      closeLine()
      stderr.write(`${text}\n`)
    },
    rewrite(text) {
      if (!isInteractive) return
      closeLine()
      stderr.write(text)
      hasOpenLine = text !== ''
    },
    onData: painter(mayColor && stdout.isTTY === true),
    onMessages: painter(mayColor && stderr.isTTY === true),
  }
}

function painter(isOn: boolean): Painter {
  const paint = (name: Paint, text: string) => {
    const [on, off] = codes[name]
    return isOn ? `\u001b[${on}m${text}\u001b[${off}m` : text
  }
  return {
    paint,
    badge({ word, tone }) {
      const name = paintOfTone[tone]
      return name === undefined ? word : paint(name, word)
    },
  }
}
