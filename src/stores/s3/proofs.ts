// Shared proofs: reads that must be as new as their request join one that has not begun yet.

import { setTimeout } from 'node:timers/promises'
import { createBoundedMap } from '../../core/bounded-map.ts'

/** Least time between the beginnings of two proofs of one key, in milliseconds. */
const PAUSE_MS = 20

export interface ProofsOptions {
  /** Milliseconds since any fixed time. @default performance.now() */
  now?: () => number
  /** Resolves after a time in milliseconds. @default that of node:timers/promises */
  sleep?: (ms: number) => Promise<void>
}

/**
 * Shares proofs by key: a call gets the result of a proof that began after it. Those of one key begin at most every
 * 20 milliseconds, the first one at once.
 */
export const createProofs = <Result>(
  prove: (key: string) => Promise<Result>,
  { now = () => performance.now(), sleep = (ms) => setTimeout(ms) }: ProofsOptions = {},
): ((key: string) => Promise<Result>) => {
  /** Proofs that have not begun. */
  const next = new Map<string, Promise<Result>>()
  /** Times of the last beginnings. */
  const beganMs = createBoundedMap<number>(10_000)

  const begin = async (key: string): Promise<Result> => {
    const waitMs = (beganMs.get(key) ?? Number.NEGATIVE_INFINITY) + PAUSE_MS - now()
    await (waitMs > 0 ? sleep(waitMs) : undefined)
    beganMs.set(key, now())
    next.delete(key)
    return prove(key)
  }

  return (key) => {
    const waiting = next.get(key)
    if (waiting) return waiting
    const proof = begin(key)
    next.set(key, proof)
    return proof
  }
}
