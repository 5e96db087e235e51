// Networks from which each account signed in, so that guesses from others do not lock its owner out.
//
// A table of a fixed number of places in the memory that all workers share. A pair of account and network falls on one of them by
// its hash, and stands there as a number made of the rest of it, until another pair comes or its time is over. So the
// table is bounded whoever signs in, and nobody finds a pair that is taken for another one (64 bits). To forget one is
// harmless: the next sign-in brings it back.

import { createHash } from 'node:crypto'
import { type CountingOptions, createLimiter } from '../limits/limiter.ts'

export interface KnownNetworks {
  has(account: string, network: string): Promise<boolean>
  /** Remembers it for three weeks. */
  add(account: string, network: string): Promise<void>
}

/** In seconds. What is remembered has a timer, and none of Node's runs for longer than 24 days. */
const MEMORY_SECONDS = 21 * 86_400

/** Not written again before this, in milliseconds. */
const RENEWED_BELOW_MS = (MEMORY_SECONDS - 86_400) * 1000

export const createKnownNetworks = (counting: CountingOptions): KnownNetworks => {
  const places = createLimiter(
    { keyPrefix: 'known', points: Number.MAX_SAFE_INTEGER, duration: MEMORY_SECONDS },
    counting,
  )

  const find = async (account: string, network: string) => {
    const { place, mark } = placeOf(account, network)
    const found = await places.get(place)
    return { place, mark, found: found?.consumedPoints === mark ? found : undefined }
  }

  return {
    has: async (account, network) => (await find(account, network)).found !== undefined,

    async add(account, network) {
      const { place, mark, found } = await find(account, network)
      if (found && found.msBeforeNext > RENEWED_BELOW_MS) return
      // Two of one place at the same time would add up, and both be forgotten.
      await places.delete(place)
      await places.penalty(place, mark)
    },
  }
}

/** One of 65,536 places, each of some 200 bytes once it is taken. */
const placeOf = (account: string, network: string): { place: string; mark: number } => {
  const hash = createHash('sha256')
    .update(JSON.stringify([account, network]))
    .digest()
  return { place: String(hash.readUInt16BE(0)), mark: hash.readUIntBE(2, 6) }
}
