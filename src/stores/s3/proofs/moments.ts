// Times of one machine, by two clocks: each of them may stand still or jump while the machine is suspended.

import { setTimeout } from 'node:timers/promises'

/** Clocks and timers of a machine. */
export interface Clock {
  /** Milliseconds since any fixed time; never goes back. */
  nowMs(): number
  /** Milliseconds since 1970. */
  wallMs(): number
  sleep(ms: number): Promise<void>
  /** Calls at an interval, and does not keep the process alive. @returns ends that */
  every(ms: number, call: () => void): () => void
}

export interface Moment {
  nowMs: number
  wallMs: number
}

export interface Moments {
  /** The current one. */
  moment(): Moment
  /** True where by both clocks less time has passed since a moment, and neither went back. */
  isWithin(since: Moment, ms: number): boolean
}

export const SYSTEM_CLOCK: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  sleep: (ms) => setTimeout(ms),
  every(ms, call) {
    const timer = setInterval(call, ms).unref()
    return () => clearInterval(timer)
  },
}

export const createMoments = (clock: Clock): Moments => ({
  moment: () => ({ nowMs: clock.nowMs(), wallMs: clock.wallMs() }),

  isWithin(since, ms) {
    const passedMs = clock.nowMs() - since.nowMs
    const wallPassedMs = clock.wallMs() - since.wallMs
    return passedMs < ms && wallPassedMs >= 0 && wallPassedMs < ms
  },
})
