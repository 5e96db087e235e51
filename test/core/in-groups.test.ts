import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { inGroups } from '../../src/core/in-groups.ts'

it('works on a group at a time, and gives the results in order', async () => {
  const begun: number[] = []
  let [running, most] = [0, 0]
  const results = await inGroups([1, 2, 3, 4, 5], 2, async (item) => {
    begun.push(item)
    most = Math.max(most, ++running)
    // The first of a group is the last to end.
    for (let turns = item % 2; turns > 0; turns--) await setImmediate()
    running--
    return item * 10
  })
  expect(results).toEqual([10, 20, 30, 40, 50])
  expect(begun).toEqual([1, 2, 3, 4, 5])
  expect(most).toBe(2)
  expect(await inGroups([], 2, () => 1)).toEqual([])
})

it('begins no group behind a failure', async () => {
  const begun: number[] = []
  const work = async (item: number) => {
    begun.push(item)
    if (item === 2) throw new Error('no')
  }
  await expect(inGroups([1, 2, 3], 2, work)).rejects.toThrow('no')
  expect(begun).toEqual([1, 2])
})
