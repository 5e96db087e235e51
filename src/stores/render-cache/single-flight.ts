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

/** Result `path`; `finish` is called after the last use. Callers may join until it resolves. */
export type FlightResult<Result> = Result | { path: Result; finish(): Promise<void> }

interface Flight<Result> {
  result: Promise<FlightResult<Result>>
  waiters: number
  abort: AbortController
  finishing?: Promise<void>
}

export const createSingleFlight = <Result extends string>(): SingleFlight<Result> => {
  const flights = new Map<string, Flight<Result>>()
  const all = new Set<Promise<void>>()

  const track = (work: Promise<unknown>): void => {
    const settled = work.then(
      () => {},
      () => {},
    )
    all.add(settled)
    settled.finally(() => all.delete(settled))
  }

  const begin = (name: string, start: (signal: AbortSignal) => Promise<FlightResult<Result>>): Flight<Result> => {
    const abort = new AbortController()
    const flight: Flight<Result> = { result: start(abort.signal), waiters: 0, abort }
    flights.set(name, flight)
    track(flight.result)
    return flight
  }

  const forget = (name: string, flight: Flight<Result>): void => {
    if (flights.get(name) === flight) flights.delete(name)
  }

  const finish = async (name: string, flight: Flight<Result>, isReady: boolean): Promise<void> => {
    // Cancelled work cannot be joined; a result can, until it is finished.
    if (!isReady) forget(name, flight)
    try {
      const result = await flight.result
      if (typeof result === 'object') await result.finish()
    } finally {
      forget(name, flight)
    }
  }

  return {
    async join(name, start, use, signal) {
      signal?.throwIfAborted()
      const flight = flights.get(name) ?? begin(name, start)
      let isReady = false
      flight.waiters++
      try {
        const result = await orAborted(flight.result, signal)
        isReady = true
        return await use(typeof result === 'object' ? result.path : result)
      } finally {
        flight.waiters--
        if (flight.waiters === 0 && !flight.finishing) {
          if (!isReady) flight.abort.abort(new Error('no caller waits for it any more'))
          flight.finishing = finish(name, flight, isReady)
          track(flight.finishing)
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
