// Single flight: concurrent callers share one run of the same work, which is cancelled when no caller waits any more.

export interface SingleFlight<Result> {
  /**
   * Joins the work of this name, or begins it.
   *
   * @param start resolves to a result, with a `finish` for the time after its use
   * @param use runs for each caller
   * @throws what `start` and `use` throw; the signal's reason where the caller leaves first
   */
  join<Used>(
    name: string,
    start: (signal: AbortSignal) => Promise<FlightResult<Result>>,
    use: (result: Result) => Promise<Used>,
    signal?: AbortSignal,
  ): Promise<Used>
  /** Resolves once no work is under way. */
  idle(): Promise<void>
}

/** `finish` is called after the last use. Callers may join until it resolves. */
export interface FlightResult<Result> {
  value: Result
  /** @default nothing */
  finish?(): Promise<void>
}

interface Run<Result> {
  result: Promise<FlightResult<Result>>
  waiters: number
  abort: AbortController
  finishing?: Promise<void>
}

export const createSingleFlight = <Result>(): SingleFlight<Result> => {
  const runs = new Map<string, Run<Result>>()
  const all = new Set<Promise<void>>()

  const track = (work: Promise<unknown>): void => {
    const settled = work.then(
      () => {},
      () => {},
    )
    all.add(settled)
    settled.finally(() => all.delete(settled))
  }

  const begin = (name: string, start: (signal: AbortSignal) => Promise<FlightResult<Result>>): Run<Result> => {
    const abort = new AbortController()
    const run: Run<Result> = { result: start(abort.signal), waiters: 0, abort }
    runs.set(name, run)
    track(run.result)
    return run
  }

  const forget = (name: string, run: Run<Result>): void => {
    if (runs.get(name) === run) runs.delete(name)
  }

  const finish = async (name: string, run: Run<Result>, isReady: boolean): Promise<void> => {
    // Cancelled work cannot be joined; a result can, until it is finished.
    if (!isReady) forget(name, run)
    try {
      const { finish } = await run.result
      await finish?.()
    } finally {
      forget(name, run)
    }
  }

  return {
    async join(name, start, use, signal) {
      signal?.throwIfAborted()
      const run = runs.get(name) ?? begin(name, start)
      let isReady = false
      run.waiters++
      try {
        const { value } = await orAborted(run.result, signal)
        isReady = true
        return await use(value)
      } finally {
        run.waiters--
        if (run.waiters === 0 && !run.finishing) {
          if (!isReady) run.abort.abort(new Error('no caller waits for it any more'))
          run.finishing = finish(name, run, isReady)
          track(run.finishing)
        }
      }
    },
    async idle() {
      while (all.size > 0) await Promise.allSettled(all)
    },
  }
}

const orAborted = <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
