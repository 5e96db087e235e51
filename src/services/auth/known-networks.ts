// Networks from which each account signed in, so that guesses from others do not lock its owner out.
//
// Hash table of 65,536 slots in the memory that all workers share. 16 bits of a pair's hash choose its slot, 48 more
// are stored there until another pair replaces them or they expire. So the table is bounded, and a pair is not mistaken
// for another one (64 bits). A lost entry is harmless: the next sign-in adds it again.

import { createHash } from 'node:crypto'
import { type CountingOptions, createLimiter } from '../limits/limiter.ts'

export interface KnownNetworks {
  has(account: string, network: string): Promise<boolean>
  /** Remembers the pair for three weeks. */
  add(account: string, network: string): Promise<void>
}

/** Life of an entry, in seconds. Each has a timer, and Node's timers run for 24 days at most. */
const MEMORY_SECONDS = 21 * 86_400

/** Remaining life below which a sign-in renews an entry, in milliseconds. */
const RENEWED_BELOW_MS = (MEMORY_SECONDS - 86_400) * 1000

export const createKnownNetworks = (counting: CountingOptions): KnownNetworks => {
  const slots = createLimiter(
    { keyPrefix: 'known', points: Number.MAX_SAFE_INTEGER, duration: MEMORY_SECONDS },
    counting,
  )

  const find = async (account: string, network: string) => {
    const { slot, fingerprint } = slotOf(account, network)
    const found = await slots.get(slot)
    return { slot, fingerprint, found: found?.consumedPoints === fingerprint ? found : undefined }
  }

  return {
    has: async (account, network) => (await find(account, network)).found !== undefined,

    async add(account, network) {
      const { slot, fingerprint, found } = await find(account, network)
      if (found && found.msBeforeNext > RENEWED_BELOW_MS) return
      // Two of one slot at the same time would add up, so that both are lost.
      await slots.delete(slot)
      await slots.penalty(slot, fingerprint)
    },
  }
}

/** Slot of a pair, and its fingerprint. A used slot takes some 200 bytes. */
const slotOf = (account: string, network: string): { slot: string; fingerprint: number } => {
  const hash = createHash('sha256')
    .update(JSON.stringify([account, network]))
    .digest()
  return { slot: String(hash.readUInt16BE(0)), fingerprint: hash.readUIntBE(2, 6) }
}
