// Counts of requests in windows, one for each client: taken without a wait, in bounded memory.
//
// A window begins with the first request of its client. Counts are never evicted before their window ends, so that a
// client with many addresses cannot make the server forget the count of one. Beyond a bound, further clients share
// counts: some are refused early, but none passes the limit.

import { createHash, randomBytes } from 'node:crypto'

/** Remaining requests of a client, after one was counted. */
export interface Count {
  remaining: number
  /** Until the window ends, in milliseconds. */
  msBeforeNext: number
  isExceeded: boolean
}

export interface Counts {
  /** Counts a request. */
  take(client: string): Promise<Count>
  /** {@link Counts.take} without a wait. Undefined where the count is not at hand: nothing was counted. */
  takeNow(client: string): Count | undefined
}

export interface CountsOptions {
  /** Requests in a window. */
  points: number
  windowMs: number
  /** Clients that are counted one by one. @default 100000, some 20 MB */
  maxClients?: number
}

export const MAX_CLIENTS = 100_000

/** Counts that clients beyond the bound share. */
const SHARED_COUNTS = 4096

interface Used {
  requests: number
  /** By `performance.now()`: no change of the clock moves a window. */
  endMs: number
}

/** Counts of this process alone. */
export const createOwnCounts = ({ points, windowMs, maxClients = MAX_CLIENTS }: CountsOptions): Counts => {
  /** In the order of their ends: all windows have one length. */
  const counts = new Map<string, Used>()
  const shared = new Map<number, Used>()
  /** End of the last window of `shared`. */
  let sharedUntilMs = Number.NEGATIVE_INFINITY
  /** Makes shared counts unpredictable, so that no client can be refused on purpose. */
  const salt = randomBytes(16)

  const begin = <Key>(map: Map<Key, Used>, key: Key, nowMs: number): Used => {
    const used = { requests: 0, endMs: nowMs + windowMs }
    map.delete(key)
    map.set(key, used)
    return used
  }

  const findUsed = (client: string, nowMs: number): Used => {
    const known = counts.get(client)
    if (known && nowMs < known.endMs) return known
    removeEnded(counts, nowMs)
    const hasRoom = counts.size < maxClients
    if (hasRoom && nowMs >= sharedUntilMs) return begin(counts, client, nowMs)
    const slot = createHash('sha256').update(salt).update(client).digest().readUInt16BE() % SHARED_COUNTS
    const used = shared.get(slot)
    // Requests that were counted there count until their window ends.
    if (used && nowMs < used.endMs) return used
    if (hasRoom) return begin(counts, client, nowMs)
    sharedUntilMs = nowMs + windowMs
    return begin(shared, slot, nowMs)
  }

  const takeNow = (client: string): Count => {
    const nowMs = performance.now()
    const used = findUsed(client, nowMs)
    const isExceeded = used.requests >= points
    if (!isExceeded) used.requests++
    return { remaining: points - used.requests, msBeforeNext: used.endMs - nowMs, isExceeded }
  }

  return { takeNow, take: async (client) => takeNow(client) }
}

/** Removes ended windows from the beginning of a map. */
export const removeEnded = <Key>(map: Map<Key, { endMs: number }>, nowMs: number): void => {
  for (const [key, { endMs }] of map) {
    if (nowMs < endMs) return
    map.delete(key)
  }
}
