export interface Interruption extends Disposable {
  /** Aborted by the first Ctrl-C or SIGTERM; a second one ends the process at once. */
  readonly signal: AbortSignal
}

/** Listens for Ctrl-C and SIGTERM until disposed, so that a command can end in order. */
export function interruptible(): Interruption {
  const controller = new AbortController()
  const names = ['SIGINT', 'SIGTERM'] as const
  const abort = () => {
    stopListening()
    controller.abort()
  }
  const stopListening = () => names.forEach((name) => process.off(name, abort))
  names.forEach((name) => process.on(name, abort))
  return { signal: controller.signal, [Symbol.dispose]: stopListening }
}
