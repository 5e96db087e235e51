// Known networks: remembered for three weeks for each pair of account and network, in a table of bounded size.

import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createKnownNetworks } from '../../../src/services/auth/known-networks.ts'
import { silent } from '../../support/store/file-store.ts'

const DAY = 86_400_000

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const slotOf = (account: string, network: string) =>
  createHash('sha256')
    .update(JSON.stringify([account, network]))
    .digest()
    .readUInt16BE(0)

describe('a known network', () => {
  it('is known for its account alone', async () => {
    const known = createKnownNetworks({ log: silent })
    expect(await known.has('bo', '5.5.5.5')).toBe(false)
    await known.add('bo', '5.5.5.5')
    expect(await known.has('bo', '5.5.5.5')).toBe(true)
    expect(await known.has('bo', '6.6.6.6')).toBe(false)
    expect(await known.has('al', '5.5.5.5')).toBe(false)
    expect(await known.has('bo5', '.5.5.5')).toBe(false)
  })

  it('is forgotten after three weeks', async () => {
    const known = createKnownNetworks({ log: silent })
    await known.add('bo', '5.5.5.5')
    await vi.advanceTimersByTimeAsync(21 * DAY - 1000)
    expect(await known.has('bo', '5.5.5.5')).toBe(true)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await known.has('bo', '5.5.5.5')).toBe(false)
  })

  it('is renewed by a sign-in more than a day after the last renewal', async () => {
    for (const [after, isRenewed] of [
      [DAY - 1000, false],
      [DAY + 1000, true],
    ] as const) {
      const known = createKnownNetworks({ log: silent })
      await known.add('bo', '5.5.5.5')
      await vi.advanceTimersByTimeAsync(after)
      await known.add('bo', '5.5.5.5')
      expect(await known.has('bo', '5.5.5.5')).toBe(true)
      await vi.advanceTimersByTimeAsync(21 * DAY - after + 500)
      expect(await known.has('bo', '5.5.5.5')).toBe(isRenewed)
    }
  })

  it('is replaced by another pair of its slot, and never mistaken for it', async () => {
    const slot = slotOf('bo', '0')
    let other = 1
    while (slotOf('bo', String(other)) !== slot) other++
    const known = createKnownNetworks({ log: silent })
    await known.add('bo', '0')
    expect(await known.has('bo', String(other))).toBe(false)
    await known.add('bo', String(other))
    expect(await known.has('bo', String(other))).toBe(true)
    expect(await known.has('bo', '0')).toBe(false)
  })
})
