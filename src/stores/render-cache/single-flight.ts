// Work that many wait for at the same time and that is done once; given up when nobody waits any more.

export interface Flights<Result> {
  /**
   * Joins the work of this name, or begins it.
   *
   * @param start resolves to a result, and to what is to be done once everybody has used it
   * @param use runs for each who joined
   * @throws what `start` and `use` throw; the signal's reason where the caller leaves first
   */
  join<Used>(
    name: string,
    start: (signal: AbortSignal) => Promise<Landed<Result>>,
    use: (result: Result) => Promise<Used>,
    signal?: AbortSignal,
  ): Promise<Used>
  /** Resolves once nothing is under way. */
  idle(): Promise<void>
}

/** What is found under `path`; `finish` is called once nobody uses it any more. Others may join until it resolves. */
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
    // Nobody may join what is given up; what is there can still be used while it is put in its place.
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
          if (!hasLanded) flight.abort.abort(new Error('nobody waits for it any more'))
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
