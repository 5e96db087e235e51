import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  appendImage,
  findImage,
  type ImageList,
  imagesOf,
  listOf,
  neighbourOf,
  RUN_LENGTH,
  removeImage,
} from '../../../src/core/project/image-list.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { recordOf } from '../../contracts/store.ts'

/** The nth image that a test makes. */
const image = (n: number): ImageRecord => recordOf(String(n).padStart(20, '0'))
const images = (count: number): ImageRecord[] => Array.from({ length: count }, (_, n) => image(n))
const ids = (list: ImageList): string[] => imagesOf(list).map(({ id }) => id)

/** What a list must look like in every state. */
const expectWellFormed = (list: ImageList) => {
  expect(list.tail.length).toBeLessThan(RUN_LENGTH)
  for (const run of list.runs) {
    expect(run.count).toBe(run.images?.length)
    expect(run.count).toBeGreaterThan(0)
    expect(run.count).toBeLessThanOrEqual(RUN_LENGTH)
  }
  // Of two neighbours one is at least half full, or they would be one.
  for (const [at, run] of list.runs.entries())
    expect(run.count + (list.runs[at + 1]?.count ?? RUN_LENGTH)).toBeGreaterThan(RUN_LENGTH / 2)
}

/** Positions are fractions, so that they fit a list of any length. */
const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('append' as const), count: fc.integer({ min: 1, max: 150 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('remove' as const),
      count: fc.integer({ min: 1, max: 150 }),
      from: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      backwards: fc.boolean(),
    }),
  },
)

describe('a list of images', () => {
  it('behaves as an array, over any appending and removing of several hundred images', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 700 }), fc.array(step, { maxLength: 8 }), (start, steps) => {
        let model = images(start)
        let list = listOf(model)
        let made = start
        for (const each of steps) {
          for (let n = 0; n < each.count; n++) {
            if (each.type === 'append') {
              model.push(image(made))
              list = appendImage(list, image(made++))
              continue
            }
            const at = Math.floor(each.from * model.length) - (each.backwards ? n : 0)
            const victim = model[at]
            if (!victim) break
            const next = model[at + 1] ?? model[0]
            expect(neighbourOf(list, victim.id)).toEqual(next === victim ? undefined : next)
            model = model.toSpliced(at, 1)
            list = removeImage(list, victim.id)
          }
          expect(ids(list)).toEqual(model.map(({ id }) => id))
          expectWellFormed(list)
        }
        for (const each of model.filter((_, n) => n % 37 === 0)) expect(findImage(list, each.id)).toEqual(each)
        expect(findImage(list, 'z'.repeat(20))).toBeUndefined()
      }),
      { numRuns: 60 },
    )
  })

  it('is cut into full runs and a tail shorter than one', () => {
    for (const [count, runs, tail] of [
      [0, 0, 0],
      [1, 0, 1],
      [RUN_LENGTH - 1, 0, RUN_LENGTH - 1],
      [RUN_LENGTH, 1, 0],
      [RUN_LENGTH * 3 + 5, 3, 5],
    ] as const) {
      const list = listOf(images(count))
      expect([list.runs.length, list.tail.length]).toEqual([runs, tail])
      expect(imagesOf(list)).toEqual(images(count))
    }
  })

  it('is the same whether built at once or one by one', () => {
    const all = images(300)
    expect(all.reduce(appendImage, listOf([]))).toEqual(listOf(all))
  })

  it('takes new images where its runs are not loaded, and says so where they are needed', () => {
    const unloaded = { images: undefined, count: RUN_LENGTH, stored: { id: 'r', sha256: '', bytes: 1 } }
    let list: ImageList = { runs: [unloaded], tail: [] }
    for (const each of images(RUN_LENGTH + 3)) list = appendImage(list, each)
    expect(list.runs[0]).toBe(unloaded)
    expect(list.runs.map(({ count }) => count)).toEqual([RUN_LENGTH, RUN_LENGTH])
    expect(list.tail.map(({ id }) => id)).toEqual(
      images(RUN_LENGTH + 3)
        .slice(-3)
        .map(({ id }) => id),
    )
    expect(() => imagesOf(list)).toThrow('the run is not loaded')
    expect(() => removeImage(list, image(0).id)).toThrow('the run is not loaded')
  })

  it('shares every run that a removal does not touch', () => {
    const list = listOf(images(RUN_LENGTH * 5 + 1))
    const without = removeImage(list, image(RUN_LENGTH * 2 + 1).id)
    expect(without.runs.map((run, at) => run === list.runs[at])).toEqual([true, true, false, true, true])
    expect(without.runs[2]?.stored).toBeUndefined()
    expect(without.tail).toBe(list.tail)
  })

  it.each([
    ['from its front', (left: number[]) => left.shift()],
    ['from its back', (left: number[]) => left.pop()],
    ['from its middle', (left: number[]) => left.splice(left.length >> 1, 1)[0]],
    ['all but one of each run, the last run first', lastRunsFirst],
    ['in strides, over all runs at once', (left: number[]) => left.splice((left.length * 5) % 7, 1)[0]],
  ])('is never left with many tiny runs, when emptied %s', (_, take) => {
    const count = RUN_LENGTH * 8
    let list = listOf(images(count))
    const left = Array.from({ length: count }, (_, n) => n)
    while (left.length > 8) {
      const victim = take(left)
      if (victim === undefined) break
      list = removeImage(list, image(victim).id)
      expect(list.runs.length).toBeLessThanOrEqual(Math.ceil(((left.length + 1) * 2) / (RUN_LENGTH / 2)) + 1)
    }
    expect(ids(list)).toEqual(left.map((n) => image(n).id))
    expectWellFormed(list)
  })

  it('has no next image for its only one', () => {
    expect(neighbourOf(listOf(images(1)), image(0).id)).toBeUndefined()
  })

  it('is as it was where an image to remove is not in it', () => {
    const list = listOf(images(200))
    expect(removeImage(list, 'z'.repeat(20))).toEqual(list)
  })
})

/** Takes from the last run that has more than one image left. */
function lastRunsFirst(left: number[]): number | undefined {
  for (let at = left.length - 1; at > 0; at--) {
    const [one, before] = [left[at], left[at - 1]]
    if (one !== undefined && before !== undefined && Math.floor(one / RUN_LENGTH) === Math.floor(before / RUN_LENGTH))
      return left.splice(at, 1)[0]
  }
  return undefined
}
