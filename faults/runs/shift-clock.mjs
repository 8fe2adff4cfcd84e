/**
 * For `--import`: this process's clock is wrong by TENANTATLAS_FAULTS_CLOCK milliseconds; with a second number it jumps
 * between the two every 700 ms. Only what reads the time of day is wrong: timers go by another clock, as on a real
 * machine.
 */
const RealDate = globalThis.Date
const [one = 0, other = one] = (process.env['TENANTATLAS_FAULTS_CLOCK'] ?? '0').split(',').map(Number)
const jumpMs = 700

function now() {
  const real = RealDate.now()
  return real + (Math.floor(real / jumpMs) % 2 === 0 ? one : other)
}

/** @param {string | symbol} name @returns {unknown} */
function property(name) {
  return name === 'now' ? now : Reflect.get(RealDate, name)
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, self) =>
    /** @type {object} */ (Reflect.construct(target, args.length === 0 ? [now()] : args, self)),
  apply: () => new RealDate(now()).toString(),
  get: (_target, name) => property(name),
})
