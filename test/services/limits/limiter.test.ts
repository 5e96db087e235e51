import { RateLimiterMemory } from 'rate-limiter-flexible'
import { expect, it, vi } from 'vitest'
import { createLimiter, insured, type Limiter } from '../../../src/services/limits/limiter.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'

const log = createLogger({ level: 'silent' })
const options = { keyPrefix: 'test', points: 2, duration: 60 }

/** One that can be kept from answering, as a primary that is stopped. */
const createStoppable = () => {
  const counting = new RateLimiterMemory(options)
  const state = { isStopped: false, asked: 0 }
  const ask = <T>(answer: () => Promise<T>): Promise<T> => {
    state.asked++
    return state.isStopped ? Promise.reject(new Error('no answer in time')) : answer()
  }
  const shared: Limiter = {
    consume: (...about) => ask(() => counting.consume(...about)),
    get: (...about) => ask(() => counting.get(...about)),
    penalty: (...about) => ask(() => counting.penalty(...about)),
    reward: (...about) => ask(() => counting.reward(...about)),
    delete: (...about) => ask(() => counting.delete(...about)),
  }
  return { state, shared, limiter: insured({ shared, own: new RateLimiterMemory(options) }) }
}

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'through',
    () => 'refused',
  )

it('refuses by the count of the primary, requested each time', async () => {
  const { state, limiter } = createStoppable()
  const outcomes = []
  for (let n = 0; n < 4; n++) outcomes.push(await outcome(limiter.consume('bo')))
  expect(outcomes).toEqual(['through', 'through', 'refused', 'refused'])
  expect(state.asked).toBe(4)
})

it('counts in the worker while the primary does not answer, without a wait for each request', async () => {
  const { state, limiter } = createStoppable()
  state.isStopped = true
  const outcomes = []
  for (let n = 0; n < 4; n++) outcomes.push(await outcome(limiter.consume('bo')))
  expect(outcomes).toEqual(['through', 'through', 'refused', 'refused'])
  await limiter.penalty('al')
  expect((await limiter.get('al'))?.consumedPoints).toBe(1)
  await limiter.delete('al')
  expect(await limiter.get('al')).toBeNull()
  expect(state.asked).toBe(1)
})

it('returns to the primary after a pause, with its earlier count', async () => {
  vi.useFakeTimers()
  try {
    const { state, limiter } = createStoppable()
    await limiter.penalty('bo')
    state.isStopped = true
    expect(await limiter.get('bo')).toBeNull()
    state.isStopped = false
    await vi.advanceTimersByTimeAsync(6000)
    expect((await limiter.get('bo'))?.consumedPoints).toBe(1)
  } finally {
    vi.useRealTimers()
  }
})

it('counts in Redis where there is one, and by itself while that fails', async () => {
  const { state, shared } = createStoppable()
  const limiter = createLimiter(options, { redis: { limiter: () => shared }, log })
  expect(await outcome(limiter.consume('bo'))).toBe('through')
  expect(await outcome(limiter.consume('bo'))).toBe('through')
  expect(await outcome(limiter.consume('bo'))).toBe('refused')
  state.isStopped = true
  const outcomes = []
  for (let n = 0; n < 3; n++) outcomes.push(await outcome(limiter.consume('bo')))
  expect(outcomes).toEqual(['through', 'through', 'refused'])
  expect(state.asked).toBe(4)
})
