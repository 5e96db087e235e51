// Leases of a shared counter: all workers together keep the limit, and nearly all of it can be used by any of them.

import { setImmediate } from 'node:timers/promises'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLeasedCounts } from '../../../src/services/limits/leased-counts.ts'

const WINDOW_MS = 1_000_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] })
})

afterEach(() => {
  vi.useRealTimers()
})

/** Workers with one counter in their primary, and the messages that it got. */
const createWorkers = (points: number, workers: number, leases = workers) => {
  const shared = new RateLimiterMemory({ points, duration: WINDOW_MS / 1000 })
  const state = { messages: 0, isSilent: false }
  const consume = async (client: string | number, wanted?: number) => {
    state.messages++
    await setImmediate()
    if (state.isSilent) throw new Error('no answer in time')
    const answer = shared.consume(client, wanted)
    answer.catch(() => {})
    await setImmediate()
    return answer
  }
  const create = () => createLeasedCounts({ points, windowMs: WINDOW_MS, limiter: { consume }, workers: () => leases })
  return { state, workers: Array.from({ length: workers }, create) }
}

/** Accepted requests in a row. */
const acceptedBy = async (worker: Worker | undefined, most = 2000): Promise<number> => {
  let accepted = 0
  while (accepted < most && (await isAccepted(worker))) accepted++
  return accepted
}

/** Until messages under way are answered. */
const idle = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn++) await setImmediate()
}

type Worker = ReturnType<typeof createLeasedCounts>

const isAccepted = async (worker: Worker | undefined): Promise<boolean> => {
  if (!worker) throw new Error('no worker')
  const count = await worker.take('bo')
  await idle()
  return !count.isExceeded
}

describe('leased counts', () => {
  it.each([
    [1000, 2],
    [100, 2],
    [97, 2],
    [1000, 8],
    [7, 2],
    [1, 4],
  ])('of %i requests never pass the limit with %i workers, and use at least nine tenths of it', async (points, n) => {
    const { workers } = createWorkers(points, n)
    let accepted = 0
    // At once in all workers, more than there is.
    const takes = workers.flatMap((worker) => Array.from({ length: points }, () => worker.take('bo')))
    for (const count of await Promise.all(takes)) if (!count.isExceeded) accepted++
    expect(accepted).toBeLessThanOrEqual(points)
    expect(accepted).toBeGreaterThanOrEqual(Math.ceil(points * 0.9))
  })

  it.each([
    [1000, 2],
    [100, 4],
    [20, 2],
    [5, 3],
  ])('of %i requests let one of %i workers use nine tenths, after the others have begun', async (points, n) => {
    const { workers } = createWorkers(points, n)
    let accepted = 0
    for (const worker of workers) if (await isAccepted(worker)) accepted++
    accepted += await acceptedBy(workers[0])
    expect(accepted).toBeLessThanOrEqual(points)
    expect(accepted).toBeGreaterThanOrEqual(Math.ceil(points * 0.9))
  })

  it('give the whole limit to a worker that is alone', async () => {
    const { workers } = createWorkers(1000, 1)
    expect(await acceptedBy(workers[0])).toBe(1000)
  })

  it('are at hand without a wait, and cost the primary a message for many requests', async () => {
    const { workers, state } = createWorkers(1000, 2)
    const [worker] = workers
    expect(worker?.takeNow('bo')).toBeUndefined()
    await isAccepted(worker)
    for (let n = 0; n < 400; n++) {
      expect(worker?.takeNow('bo')?.isExceeded).toBe(false)
      await idle()
    }
    expect(state.messages).toBeLessThan(30)
  })

  it('refuse without a message to the primary, until the window ends', async () => {
    for (const leases of [0, 1]) {
      const { workers, state } = createWorkers(50, 1, leases)
      const [worker] = workers
      expect(await acceptedBy(worker)).toBe(50)
      const { messages } = state
      for (let n = 0; n < 100; n++) expect(worker?.takeNow('bo')).toMatchObject({ isExceeded: true, remaining: 0 })
      expect(state.messages).toBe(messages)
      vi.advanceTimersByTime(WINDOW_MS)
      expect(worker?.takeNow('bo')).toBeUndefined()
      expect(await isAccepted(worker)).toBe(true)
    }
  })

  it('end no later than the window in which they were counted', async () => {
    const { workers } = createWorkers(100, 2)
    for (const worker of workers) await isAccepted(worker)
    vi.advanceTimersByTime(WINDOW_MS)
    for (const worker of workers) expect(worker.takeNow('bo')).toBeUndefined()
    let accepted = 0
    for (let n = 0; n < 60; n++) for (const worker of workers) if (await isAccepted(worker)) accepted++
    expect(accepted).toBeLessThanOrEqual(100)
  })

  it('show no more than what remains, where the load is spread evenly', async () => {
    const { workers } = createWorkers(400, 2)
    let accepted = 0
    for (let n = 0; n < 190; n++)
      for (const worker of workers) {
        const count = await worker.take('bo')
        expect(count.isExceeded).toBe(false)
        accepted++
        expect(count.remaining).toBeLessThanOrEqual(400 - accepted)
        expect(count.remaining).toBeGreaterThanOrEqual(400 - accepted - 40 - 20)
      }
  })

  it('show no more than what remained a second ago, where another worker has used it', async () => {
    const { workers } = createWorkers(400, 2)
    const [quiet, busy] = workers
    await isAccepted(quiet)
    for (let n = 0; n < 300; n++) await isAccepted(busy)
    vi.advanceTimersByTime(1001)
    quiet?.takeNow('bo')
    await idle()
    expect(quiet?.takeNow('bo')?.remaining).toBeLessThanOrEqual(100)
  })

  it('fail where the shared counter fails, while requests at hand are counted on', async () => {
    const { workers, state } = createWorkers(1000, 2)
    const [worker] = workers
    await isAccepted(worker)
    state.isSilent = true
    let atHand = 0
    while (atHand < 100 && worker?.takeNow('bo')) atHand++
    await idle()
    expect(atHand).toBe(49)
    await expect(worker?.take('bo')).rejects.toThrow('no answer in time')
  })

  it('never pass the limit while the number of workers changes, and leave little unused', async () => {
    const shared = new RateLimiterMemory({ points: 1000, duration: WINDOW_MS / 1000 })
    let count = 0
    const create = () =>
      createLeasedCounts({ points: 1000, windowMs: WINDOW_MS, limiter: shared, workers: () => count })
    const workers: Worker[] = []
    let accepted = 0
    while (count < 10) {
      workers.push(create())
      count++
      for (const worker of workers) for (let n = 0; n < 5; n++) if (await isAccepted(worker)) accepted++
    }
    expect(accepted).toBe(275)
    while (count > 1) {
      count--
      for (let n = 0; n < 10; n++) if (await isAccepted(workers[count])) accepted++
    }
    accepted += await acceptedBy(workers[0])
    expect(accepted).toBeLessThanOrEqual(1000)
    // Leases of 100, 50, 33 and so on, each taken while fewer workers were known, are at most 293.
    expect(accepted).toBeGreaterThanOrEqual(707)
  })

  it('of many clients are bounded, and never pass a limit', async () => {
    const shared = new RateLimiterMemory({ points: 40, duration: WINDOW_MS / 1000 })
    const worker = createLeasedCounts({
      points: 40,
      windowMs: WINDOW_MS,
      limiter: shared,
      workers: () => 1,
      maxClients: 5,
    })
    for (let n = 0; n < 50; n++) await worker.take(`client ${n}`)
    let accepted = 1
    while (accepted < 100 && !(await worker.take('client 49')).isExceeded) accepted++
    expect(accepted).toBe(40)
    expect(worker.takeNow('client 49')).toBeUndefined()
    expect(worker.takeNow('client 0')).toBeDefined()
  })
})
