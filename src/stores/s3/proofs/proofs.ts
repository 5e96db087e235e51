// Shared proofs: reads that must be as new as their request join one that has not begun yet.

import { setTimeout } from 'node:timers/promises'
import { createBoundedMap } from '../../../core/bounded-map.ts'

/** Least time between the beginnings of two proofs of one key that few calls wait for, in milliseconds. */
const PAUSE_MS = 20
/** Calls that a proof begins for without that pause: it costs each of them a sixteenth of a request at most. */
const ENOUGH_CALLS = 16

export interface ProofsOptions {
  /** Milliseconds since any fixed time. @default performance.now() */
  now?: () => number
  /** Resolves after a time in milliseconds. @default that of node:timers/promises */
  sleep?: (ms: number) => Promise<void>
}

/** A proof that has not begun. */
interface Next<Result> {
  proof: Promise<Result>
  calls: number
  /** Ends the pause before it. */
  hurry(): void
}

/**
 * Shares proofs by key: a call gets the result of a proof that began after it. Those of one key begin at most every
 * 20 milliseconds, the first one at once, and one for which 16 calls wait.
 *
 * @param prove gets the number of calls that wait for it
 */
export const createProofs = <Result>(
  prove: (key: string, calls: number) => Promise<Result>,
  { now = () => performance.now(), sleep = (ms) => setTimeout(ms) }: ProofsOptions = {},
): ((key: string) => Promise<Result>) => {
  const next = new Map<string, Next<Result>>()
  /** Times of the last beginnings. */
  const beganMs = createBoundedMap<number>(10_000)

  const begin = async (key: string, hurried: Promise<void>): Promise<Result> => {
    const waitMs = (beganMs.get(key) ?? Number.NEGATIVE_INFINITY) + PAUSE_MS - now()
    await (waitMs > 0 ? Promise.race([sleep(waitMs), hurried]) : undefined)
    beganMs.set(key, now())
    const calls = next.get(key)?.calls ?? 1
    next.delete(key)
    return prove(key, calls)
  }

  return (key) => {
    const waiting = next.get(key)
    if (waiting) {
      waiting.calls++
      if (waiting.calls === ENOUGH_CALLS) waiting.hurry()
      return waiting.proof
    }
    let hurry = (): void => {}
    const hurried = new Promise<void>((resolve) => {
      hurry = resolve
    })
    const proof = begin(key, hurried)
    next.set(key, { proof, calls: 1, hurry })
    return proof
  }
}
