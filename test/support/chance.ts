// Chance that can be played again: a test that fails says the seed of its numbers.

import { randomInt } from 'node:crypto'
import { onTestFailed, type TestContext } from 'vitest'
import { randomFrom } from './pictures/photo.mjs'

export interface Chance {
  /** A whole number from 0, or `least`, up to `below`, which it never is. */
  number(below: number, least?: number): number
  /** One of a list, and another one. @throws Error where it has fewer than two */
  two<T>(list: readonly T[]): [T, T]
}

/** The seed of every chance, 32 bits, to play a failed test again. */
const PLAYED_AGAIN = process.env.TINTYPE_TEST_SEED

/** @param test the context of a test that runs beside others */
export const newChance = (test?: TestContext): Chance => {
  const seed = Number(PLAYED_AGAIN ?? randomInt(2 ** 32))
  const whenFailed = test?.onTestFailed ?? onTestFailed
  whenFailed(() => console.error(`To play it again: TINTYPE_TEST_SEED=${seed}`))
  const random = randomFrom(seed)
  const number = (below: number, least = 0): number => least + Math.floor(random() * (below - least))
  return {
    number,
    two(list) {
      const at = number(list.length)
      const [one, ...others] = [...list.slice(at), ...list.slice(0, at)]
      const other = others[number(others.length)]
      if (one === undefined || other === undefined) throw new Error('expected two to choose from')
      return [one, other]
    },
  }
}
