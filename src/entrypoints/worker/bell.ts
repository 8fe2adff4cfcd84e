/** Wakes the one who waits. A ring that finds nobody waiting is not lost: the next wait ends at once. */
export class Bell {
  #rung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Resolves at the next ring, after `timeoutMs`, or when `signal` is aborted. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, timeoutMs)
      const wake = () => resolve()
      signal.addEventListener('abort', wake)
      this.#wake = wake
      await promise
      signal.removeEventListener('abort', wake)
      clearTimeout(timer)
    }
    this.#rung = false
  }
}
