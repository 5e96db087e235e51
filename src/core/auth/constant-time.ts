// Secrets compared without telling how much of them fits.

import { timingSafeEqual } from 'node:crypto'

/** In constant time, but for the length. */
export const isEqual = (received: string, expected: string): boolean => {
  const [first, second] = [Buffer.from(received), Buffer.from(expected)]
  return first.length === second.length && timingSafeEqual(first, second)
}
