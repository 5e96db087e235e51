// Comparison of secrets in constant time.

import { timingSafeEqual } from 'node:crypto'

/** Compares in a time that depends on the length alone. */
export const isEqual = (received: string, expected: string): boolean => {
  const [first, second] = [Buffer.from(received), Buffer.from(expected)]
  return first.length === second.length && timingSafeEqual(first, second)
}
