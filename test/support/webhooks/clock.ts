// A clock that tests move by hand.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Moves the clock, and wakes what slept until then. */
  advance(ms: number): void
}

export const createClock = (startMs = Date.parse('2026-05-04T09:30:00.000Z')): Clock => {
  let nowMs = startMs
  const sleepers = new Set<{ untilMs: number; wake(): void }>()
  return {
    now: () => nowMs,

    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve()
        const sleeper = {
          untilMs: nowMs + ms,
          wake() {
            sleepers.delete(sleeper)
            signal.removeEventListener('abort', sleeper.wake)
            resolve()
          },
        }
        sleepers.add(sleeper)
        signal.addEventListener('abort', sleeper.wake)
      }),

    advance(ms) {
      nowMs += ms
      for (const sleeper of [...sleepers]) if (sleeper.untilMs <= nowMs) sleeper.wake()
    },
  }
}
