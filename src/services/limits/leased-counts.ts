// Counts that several workers share, as leases: a worker takes some requests of a client's limit from a shared counter (of
// the primary, or in Redis) at once, and counts them without further messages.
//
// All workers together never pass the limit, because each lease is counted when it is given. No client is refused while
// more than a tenth of its limit is left, because the leases of all workers together are no more than that. A lease ends
// no later than the window that it was counted in: that has at least `msBeforeNext` to go from the request for the lease
// on, whose time this process knows.

import { RateLimiterRes } from 'rate-limiter-flexible'
import { type Count, type Counts, type CountsOptions, MAX_CLIENTS, removeEnded } from './counts.ts'
import type { Limiter } from './limiter.ts'

export interface LeasedCountsOptions extends CountsOptions {
  /** The shared counter. */
  limiter: Pick<Limiter, 'consume'>
  /** Workers that share the counter now; 0 leases nothing, so that the shared counter counts each request. */
  workers(): number
}

/** Part of the limit that all workers together may have leased and not used. */
const LEASED_PART = 1 / 10
/** Smallest lease of a worker: below it, the shared counter counts each request. */
const LEAST_LEASE = 4
/** Age from which `remaining` is read again, in milliseconds: other workers count too. */
const KNOWN_MS = 1000

/** Renewals that a request waits for, before it is counted by the shared counter: others may use up each lease. */
const MOST_TRIES = 8

interface Lease {
  /** Requests that this worker may still count. */
  left: number
  /** Requests that no worker had leased, as of `knownMs`. */
  rest: number
  /** By `performance.now()`. */
  knownMs: number
  endMs: number
  /** True where the limit is used up until the window ends. */
  isSpent: boolean
}

export const createLeasedCounts = (options: LeasedCountsOptions): Counts => {
  const { points, windowMs, limiter, workers, maxClients = MAX_CLIENTS } = options
  /** Largest lease of a worker; 0 where the shared counter counts each request. */
  const mostNow = (): number => {
    const most = Math.floor((points * LEASED_PART) / Math.max(1, workers()))
    return workers() > 0 && most >= LEAST_LEASE ? most : 0
  }
  /** Requests that other workers may have used since the last answer of the shared counter. */
  const unknownNow = (): number => Math.max(0, workers() - 1) * mostNow()
  const leases = new Map<string, Lease>()
  const renewals = new Map<string, Promise<void>>()

  const countOf = ({ left, rest, endMs, isSpent }: Lease, nowMs: number, isExceeded: boolean): Count => ({
    remaining: left + (isSpent ? 0 : Math.max(0, rest - unknownNow())),
    msBeforeNext: endMs - nowMs,
    isExceeded,
  })

  const findLease = (client: string, nowMs: number): Lease | undefined => {
    const lease = leases.get(client)
    return lease && nowMs < lease.endMs ? lease : undefined
  }

  /** Takes requests from the shared counter, which grants fewer where fewer are left. */
  const consume = async (client: string, wanted: number): Promise<Lease> => {
    const requestedMs = performance.now()
    const found = await limiter.consume(client, wanted).catch((refused: unknown) => {
      if (refused instanceof RateLimiterRes) return refused
      throw refused
    })
    // Not beyond the window, also where the clock of the shared counter was set back.
    const endMs = requestedMs + Math.min(found.msBeforeNext, windowMs)
    const before = found.consumedPoints - wanted
    const left = Math.max(0, Math.min(wanted, points - before))
    const rest = Math.max(0, points - found.consumedPoints)
    return { left, rest, endMs, isSpent: rest === 0, knownMs: performance.now() }
  }

  const hasRoom = (client: string): boolean => {
    if (leases.has(client)) return true
    removeEnded(leases, performance.now())
    return leases.size < maxClients
  }

  const remember = (client: string, lease: Lease): void => {
    if (!hasRoom(client)) return
    // Behind those that end before it.
    leases.delete(client)
    leases.set(client, lease)
  }

  const renew = async (client: string): Promise<void> => {
    const held = findLease(client, performance.now())?.left ?? 0
    // At least one: fewer workers may have shared the counter when the lease was taken.
    const granted = await consume(client, Math.max(1, mostNow() - held))
    // Answered before the lease ends, so that both are of one window.
    const current = findLease(client, granted.knownMs)
    if (!current) return remember(client, granted)
    current.left += granted.left
    current.rest = granted.rest
    current.isSpent = granted.isSpent
    current.knownMs = granted.knownMs
    current.endMs = Math.max(current.endMs, granted.endMs)
  }

  const renewal = (client: string): Promise<void> => {
    const underWay = renewals.get(client)
    if (underWay) return underWay
    const renewing = renew(client).finally(() => renewals.delete(client))
    renewals.set(client, renewing)
    return renewing
  }

  const takeNow = (client: string): Count | undefined => {
    const nowMs = performance.now()
    const lease = findLease(client, nowMs)
    if (!lease) return undefined
    const { left, isSpent, knownMs } = lease
    if (left === 0) return isSpent ? countOf(lease, nowMs, true) : undefined
    lease.left--
    // Before the lease is used up, so that later requests need not wait. A failure is met again by the next one.
    if (!isSpent && (lease.left <= mostNow() / 2 || nowMs - knownMs > KNOWN_MS)) renewal(client).catch(() => {})
    return countOf(lease, nowMs, false)
  }

  /** Counts one request by the shared counter. */
  const takeOne = async (client: string): Promise<Count> => {
    const granted = await consume(client, 1)
    const isExceeded = granted.left === 0
    const count = countOf({ ...granted, left: 0 }, granted.knownMs, isExceeded)
    // Remembered, so that refused requests are no work for the primary.
    if (isExceeded && !findLease(client, granted.knownMs)) remember(client, granted)
    return count
  }

  return {
    takeNow,

    async take(client) {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const atHand = takeNow(client)
        if (atHand) return atHand
        if (mostNow() === 0 || !hasRoom(client)) break
        await renewal(client)
      }
      return takeOne(client)
    },
  }
}
