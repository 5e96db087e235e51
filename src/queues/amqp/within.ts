// Bounded wait for what a broker may never answer.

import { setTimeout as sleep } from 'node:timers/promises'

/** True where the work is done in time; false where it fails or takes longer, and goes on alone. Never throws. */
export const within = async (ms: number, work: Promise<unknown>): Promise<boolean> => {
  const timer = new AbortController()
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false)
  const done = work.then(
    () => true,
    () => false,
  )
  const isDone = await Promise.race([done, late])
  timer.abort()
  return isDone
}

/** The result of the work. @throws Error of the work, or where it takes longer: it goes on alone */
export const inTime = async <T>(ms: number, work: Promise<T>): Promise<T> => {
  const settled = work.catch(() => {})
  if (await within(ms, settled)) return work
  throw new Error(`the broker has not answered within ${ms / 1000} s`)
}
