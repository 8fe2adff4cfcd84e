/*
 * Failpoints: named places in production code where a test makes the process fail. Off unless the environment says
 * TENANTATLAS_FAILPOINT=name:kill@2 (SIGKILL at the second visit) or name:throw@1; several are separated by commas.
 * Off, a failpoint is one call of an empty function.
 */

interface Failpoint {
  readonly act: 'kill' | 'throw'
  /** At which visit it acts; earlier and later ones pass. */
  readonly at: number
  visits: number
}

const armed = parseFailpoints(process.env['TENANTATLAS_FAILPOINT'])

/** Passes; or, at the visit a test chose, kills the process or throws. */
export const failpoint: (name: string) => void = armed.size === 0 ? () => undefined : visit

function visit(name: string): void {
  const point = armed.get(name)
  if (point === undefined) return
  point.visits += 1
  if (point.visits !== point.at) return
  if (point.act === 'kill') process.kill(process.pid, 'SIGKILL')
  throw new Error(`failpoint ${name}`)
}

/** @throws TypeError for a text that is not like `run.claimed:kill@1,run.ended:throw@2` */
export function parseFailpoints(text: string | undefined): Map<string, Failpoint> {
  const points = (text ?? '').split(',').filter((point) => point !== '')
  return new Map(
    points.map((point) => {
      const [, name, act, at] = /^([\w.]+):(kill|throw)@([1-9]\d*)$/.exec(point) ?? []
      if (name === undefined) throw new TypeError(`TENANTATLAS_FAILPOINT: "${point}" is not like run.claimed:kill@1`)
      return [name, { act: act === 'kill' ? 'kill' : 'throw', at: Number(at), visits: 0 }]
    }),
  )
}
