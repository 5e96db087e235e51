// Takers of a queue: callers that wait until there is something to take.

export interface Takers<Taken> {
  /** Takes, or waits until there is something. Undefined once the signal aborts, and after {@link end}. */
  next(signal: AbortSignal): Promise<Taken | undefined>
  /** Lets all that wait try again. */
  wake(): void
  /** Lets all that wait, and all that come, go away with nothing. */
  end(): void
}

/** @param take undefined where there is nothing now */
export const createTakers = <Taken>(take: () => Taken | undefined): Takers<Taken> => {
  const waiting = new Set<() => void>()
  let hasEnded = false

  const awake = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const end = () => {
        waiting.delete(end)
        signal.removeEventListener('abort', end)
        resolve()
      }
      waiting.add(end)
      signal.addEventListener('abort', end, { once: true })
    })

  const wake = (): void => {
    for (const end of [...waiting]) end()
  }

  return {
    async next(signal) {
      while (!signal.aborted && !hasEnded) {
        const taken = take()
        if (taken) return taken
        await awake(signal)
      }
      return undefined
    },

    wake,

    end() {
      hasEnded = true
      wake()
    },
  }
}
