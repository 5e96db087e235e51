// Single flight: concurrent callers share one run of the same work, which is cancelled when no caller waits any more.

export interface Flights<Result> {
  /**
   * Joins the work of this name, or begins it.
   *
   * @param start resolves to a result, with a `finish` for the time after its use
   * @param use runs for each caller
   * @throws what `start` and `use` throw; the signal's reason where the caller leaves first
   */
  join<Used>(
    name: string,
    start: (signal: AbortSignal) => Promise<Landed<Result>>,
    use: (result: Result) => Promise<Used>,
    signal?: AbortSignal,
  ): Promise<Used>
  /** Resolves once no work is under way. */
  idle(): Promise<void>
}

/** Result `path`; `finish` is called after the last use. Callers may join until it resolves. */
export type Landed<Result> = Result | { path: Result; finish(): Promise<void> }

interface Flight<Result> {
  landed: Promise<Landed<Result>>
  passengers: number
  abort: AbortController
  finishing?: Promise<void>
}

export const createFlights = <Result extends string>(): Flights<Result> => {
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

  const begin = (name: string, start: (signal: AbortSignal) => Promise<Landed<Result>>): Flight<Result> => {
    const abort = new AbortController()
    const flight: Flight<Result> = { landed: start(abort.signal), passengers: 0, abort }
    flights.set(name, flight)
    track(flight.landed)
    return flight
  }

  const forget = (name: string, flight: Flight<Result>): void => {
    if (flights.get(name) === flight) flights.delete(name)
  }

  const finish = async (name: string, flight: Flight<Result>, hasLanded: boolean): Promise<void> => {
    // Cancelled work cannot be joined; a result can, until it is finished.
    if (!hasLanded) forget(name, flight)
    try {
      const landed = await flight.landed
      if (typeof landed === 'object') await landed.finish()
    } finally {
      forget(name, flight)
    }
  }

  return {
    async join(name, start, use, signal) {
      signal?.throwIfAborted()
      const flight = flights.get(name) ?? begin(name, start)
      let hasLanded = false
      flight.passengers++
      try {
        const landed = await orAborted(flight.landed, signal)
        hasLanded = true
        return await use(typeof landed === 'object' ? landed.path : landed)
      } finally {
        flight.passengers--
        if (flight.passengers === 0 && !flight.finishing) {
          if (!hasLanded) flight.abort.abort(new Error('no caller waits for it any more'))
          flight.finishing = finish(name, flight, hasLanded)
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
