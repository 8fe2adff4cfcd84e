export interface Interruption extends Disposable {
  /** Aborted by the first Ctrl-C or SIGTERM; another one, half a second later or more, ends the process at once. */
  readonly signal: AbortSignal
}

// One Ctrl-C may come twice: to the whole group, and sent on by the program that started this one.
const oneInterruptionMs = 500

/** Listens for Ctrl-C and SIGTERM until disposed, so that a command can end in order. */
export function interruptible(): Interruption {
  const controller = new AbortController()
  const names = ['SIGINT', 'SIGTERM'] as const
  const abort = () => {
    if (!controller.signal.aborted) setTimeout(stopListening, oneInterruptionMs).unref()
    controller.abort()
  }
  const stopListening = () => names.forEach((name) => process.off(name, abort))
  names.forEach((name) => process.on(name, abort))
  return { signal: controller.signal, [Symbol.dispose]: stopListening }
}
