/*
 * Failpoints: named places in production code where a test makes the process fail. Off unless the environment says
 * TENANTATLAS_FAILPOINT=name:kill@2 (SIGKILL at the second visit), name:throw@1 or name:block5000@1 (nothing of the
 * process moves for 5,000 ms); several are separated by commas. Off, a failpoint is one call of an empty function.
 */

interface Failpoint {
  readonly act: 'kill' | 'throw' | 'block'
  /** How long `block` lasts. */
  readonly ms: number
  /** At which visit it acts; earlier and later ones pass. */
  readonly at: number
  visits: number
}

const armed = parseFailpoints(process.env['TENANTATLAS_FAILPOINT'])

/** Passes; or, at the visit a test chose, kills the process, stops its event loop for a while, or throws. */
export const failpoint: (name: string) => void = armed.size === 0 ? () => undefined : visit

function visit(name: string): void {
  const point = armed.get(name)
  if (point === undefined) return
  point.visits += 1
  if (point.visits !== point.at) return
  if (point.act === 'block') return block(point.ms)
  if (point.act === 'kill') process.kill(process.pid, 'SIGKILL')
  throw new Error(`failpoint ${name}`)
}

/** As a long computation does, without the heat. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** @throws TypeError for a text that is not like `run.claimed:kill@1,run.ended:throw@2` */
export function parseFailpoints(text: string | undefined): Map<string, Failpoint> {
  const points = (text ?? '').split(',').filter((point) => point !== '')
  return new Map(
    points.map((point) => {
      const [, name, act, ms, at] = /^([\w.]+):(kill|throw|block(?=\d))(\d*)@([1-9]\d*)$/.exec(point) ?? []
      if (name === undefined || (act !== 'block' && ms !== ''))
        throw new TypeError(`TENANTATLAS_FAILPOINT: "${point}" is not like run.claimed:kill@1`)
      // One of the three by the pattern.
      return [name, { act: act as Failpoint['act'], ms: Number(ms), at: Number(at), visits: 0 }]
    }),
  )
}
