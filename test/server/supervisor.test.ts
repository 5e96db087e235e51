// How a supervisor divides and waits; test/server/worker.test.ts watches it at work.

import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { encodersOf, pauseBefore } from '../../src/server/supervisor.ts'

const config = (workers: number, encoders: number) => ({
  ...loadConfig({ env: {}, envFile: false }).config,
  workers,
  encoders,
})

describe('the encoders of a machine', () => {
  it.each([
    [4, 8, [2, 2, 2, 2]],
    [3, 8, [3, 3, 2]],
    [2, 2, [1, 1]],
    [4, 2, [1, 1, 1, 1]],
    [2, 0, [0, 0]],
  ])('with %i workers and %i encoders are divided as %j', (workers, encoders, shares) => {
    expect(shares.map((_, index) => encodersOf(config(workers, encoders), index))).toEqual(shares)
  })
})

describe('the pause before a worker is started again', () => {
  it('is none at first, and grows to half a minute with each early death', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 50].map(pauseBefore)).toEqual([
      0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ])
  })

  it('is none after a long life', () => {
    expect(pauseBefore(0)).toBe(0)
  })
})
