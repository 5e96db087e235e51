// Counts of this process: exact for each client, in bounded memory, whatever number of clients there is.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createOwnCounts } from '../../../src/services/limits/counts.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const taken = (counts: ReturnType<typeof createOwnCounts>, client: string, times: number) =>
  Array.from({ length: times }, () => counts.takeNow(client)).filter((count) => count?.isExceeded === false).length

describe('counts of one process', () => {
  it('accept as many requests of each client as the limit says, and begin again with its window', () => {
    const counts = createOwnCounts({ points: 3, windowMs: 1000 })
    expect(taken(counts, 'bo', 5)).toBe(3)
    vi.advanceTimersByTime(500)
    expect(taken(counts, 'al', 5)).toBe(3)
    vi.advanceTimersByTime(499)
    expect(counts.takeNow('bo')).toEqual({ remaining: 0, msBeforeNext: 1, isExceeded: true })
    vi.advanceTimersByTime(1)
    expect(counts.takeNow('bo')).toEqual({ remaining: 2, msBeforeNext: 1000, isExceeded: false })
    expect(taken(counts, 'al', 1)).toBe(0)
  })

  it('are not forgotten where more clients come than are counted one by one', () => {
    const counts = createOwnCounts({ points: 2, windowMs: 1000, maxClients: 10 })
    const clients = Array.from({ length: 200 }, (_, n) => `2001:db8:0:${n}::/64`)
    const accepted = new Map(clients.map((client) => [client, 0]))
    for (let round = 0; round < 4; round++)
      for (const client of clients) accepted.set(client, (accepted.get(client) ?? 0) + taken(counts, client, 1))
    expect(Math.max(...accepted.values())).toBe(2)
    // Clients that are counted one by one are not affected by the others.
    expect(clients.slice(0, 10).map((client) => accepted.get(client))).toEqual(Array.from({ length: 10 }, () => 2))
  })

  it('of a shared count stay with it until its window ends, also where there is room again', () => {
    const counts = createOwnCounts({ points: 2, windowMs: 1000, maxClients: 1 })
    expect(taken(counts, 'first', 1)).toBe(1)
    vi.advanceTimersByTime(600)
    expect(taken(counts, 'late', 3)).toBe(2)
    vi.advanceTimersByTime(500)
    // The window of the first one is over, so that there is room for another client.
    expect(taken(counts, 'late', 3)).toBe(0)
    vi.advanceTimersByTime(500)
    expect(taken(counts, 'late', 3)).toBe(2)
  })
})
