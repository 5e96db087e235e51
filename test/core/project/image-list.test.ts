import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  appendImage,
  findImage,
  firstImage,
  type ImageList,
  imagesOf,
  listOf,
  neighbourOf,
  removeImage,
  removeImages,
  SEGMENT_LENGTH,
} from '../../../src/core/project/image-list.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { recordOf } from '../../contracts/store.ts'

const records: ImageRecord[] = []

/** The nth image of every list. Made once: a record takes four hashes. */
const image = (n: number): ImageRecord => {
  const record = records[n] ?? recordOf(String(n).padStart(20, '0'))
  records[n] = record
  return record
}
const images = (count: number): ImageRecord[] => Array.from({ length: count }, (_, n) => image(n))
const ids = (list: ImageList): string[] => imagesOf(list).map(({ id }) => id)

/** What a list must look like in every state. */
const expectWellFormed = (list: ImageList) => {
  expect(list.tail.length).toBeLessThan(SEGMENT_LENGTH)
  for (const segment of list.segments) {
    expect(segment.count).toBe(segment.images?.length)
    expect(segment.count).toBeGreaterThan(0)
    expect(segment.count).toBeLessThanOrEqual(SEGMENT_LENGTH)
  }
  // Of two neighbours one is at least half full, or they would be one.
  for (const [at, segment] of list.segments.entries())
    expect(segment.count + (list.segments[at + 1]?.count ?? SEGMENT_LENGTH)).toBeGreaterThan(SEGMENT_LENGTH / 2)
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

  it('is cut into full segments and a tail shorter than one', () => {
    for (const [count, segments, tail] of [
      [0, 0, 0],
      [1, 0, 1],
      [SEGMENT_LENGTH - 1, 0, SEGMENT_LENGTH - 1],
      [SEGMENT_LENGTH, 1, 0],
      [SEGMENT_LENGTH * 3 + 5, 3, 5],
    ] as const) {
      const list = listOf(images(count))
      expect([list.segments.length, list.tail.length]).toEqual([segments, tail])
      expect(imagesOf(list)).toEqual(images(count))
    }
  })

  it('is the same whether built at once or one by one', () => {
    const all = images(300)
    expect(all.reduce(appendImage, listOf([]))).toEqual(listOf(all))
  })

  it('accepts new images without loaded segments, and throws where they are needed', () => {
    const unloaded = { images: undefined, count: SEGMENT_LENGTH, stored: { id: 'r', sha256: '', bytes: 1 } }
    let list: ImageList = { segments: [unloaded], tail: [] }
    for (const each of images(SEGMENT_LENGTH + 3)) list = appendImage(list, each)
    expect(list.segments[0]).toBe(unloaded)
    expect(list.segments.map(({ count }) => count)).toEqual([SEGMENT_LENGTH, SEGMENT_LENGTH])
    expect(list.tail.map(({ id }) => id)).toEqual(
      images(SEGMENT_LENGTH + 3)
        .slice(-3)
        .map(({ id }) => id),
    )
    expect(() => imagesOf(list)).toThrow('the segment is not loaded')
    expect(() => removeImage(list, image(0).id)).toThrow('the segment is not loaded')
  })

  it('shares every segment that a removal does not touch', () => {
    const list = listOf(images(SEGMENT_LENGTH * 5 + 1))
    const without = removeImage(list, image(SEGMENT_LENGTH * 2 + 1).id)
    expect(without.segments.map((segment, at) => segment === list.segments[at])).toEqual([
      true,
      true,
      false,
      true,
      true,
    ])
    expect(without.segments[2]?.stored).toBeUndefined()
    expect(without.tail).toBe(list.tail)
  })

  it.each([
    ['from its front', (left: number[]) => left.shift()],
    ['from its back', (left: number[]) => left.pop()],
    ['from its middle', (left: number[]) => left.splice(left.length >> 1, 1)[0]],
    ['all but one of each segment, the last segment first', lastSegmentsFirst],
    ['in strides, over all segments at once', (left: number[]) => left.splice((left.length * 5) % 7, 1)[0]],
  ])('never has many tiny segments, when emptied %s', (_, take) => {
    const count = SEGMENT_LENGTH * 8
    let list = listOf(images(count))
    const left = Array.from({ length: count }, (_, n) => n)
    while (left.length > 8) {
      const victim = take(left)
      if (victim === undefined) break
      list = removeImage(list, image(victim).id)
      expect(list.segments.length).toBeLessThanOrEqual(Math.ceil(((left.length + 1) * 2) / (SEGMENT_LENGTH / 2)) + 1)
    }
    expect(ids(list)).toEqual(left.map((n) => image(n).id))
    expectWellFormed(list)
  })

  it('has no next image for its only one', () => {
    expect(neighbourOf(listOf(images(1)), image(0).id)).toBeUndefined()
  })

  it('is unchanged where an image to remove is not in it', () => {
    const list = listOf(images(200))
    expect(removeImage(list, 'z'.repeat(20))).toEqual(list)
  })
})

/** Takes from the last segment that has more than one image left. */
function lastSegmentsFirst(left: number[]): number | undefined {
  for (let at = left.length - 1; at > 0; at--) {
    const [one, before] = [left[at], left[at - 1]]
    if (
      one !== undefined &&
      before !== undefined &&
      Math.floor(one / SEGMENT_LENGTH) === Math.floor(before / SEGMENT_LENGTH)
    )
      return left.splice(at, 1)[0]
  }
  return undefined
}

it('the first image that matches is found in any segment and in the tail', () => {
  const list = listOf(images(2 * SEGMENT_LENGTH + 3))
  for (const at of [
    0,
    SEGMENT_LENGTH - 1,
    SEGMENT_LENGTH,
    2 * SEGMENT_LENGTH - 1,
    2 * SEGMENT_LENGTH,
    2 * SEGMENT_LENGTH + 2,
  ])
    expect(firstImage(list, ({ id }) => id >= image(at).id)).toBe(image(at))
  expect(firstImage(list, () => false)).toBeUndefined()
})

describe('short segments', () => {
  const [SHORT, HALF] = [10, SEGMENT_LENGTH / 2]

  /** Segments of these lengths, and the list without the images of the last one but `kept` of them. */
  const shortened = (kept: number, ...lengths: number[]) => {
    let at = 0
    const segments = lengths.map((count) => {
      at += count
      return { images: Array.from({ length: count }, (_, n) => image(at - count + n)), count }
    })
    const removed = segments.at(-1)?.images.slice(kept) ?? []
    const list = { segments, tail: [] }
    return { list, after: removeImages(list, new Set(removed.map(({ id }) => id))), total: at - removed.length }
  }
  const counts = ({ segments }: ImageList) => segments.map(({ count }) => count)

  it('are joined with one that becomes short, as far as they fill half a segment', () => {
    for (const [kept, lengths, expected] of [
      [20, [SHORT, SEGMENT_LENGTH], [SHORT + 20]],
      [20, [SHORT, SHORT, SEGMENT_LENGTH], [2 * SHORT + 20]],
      [HALF - SHORT, [SHORT, SEGMENT_LENGTH], [HALF]],
      [HALF - SHORT + 1, [SHORT, SEGMENT_LENGTH], [SHORT, HALF - SHORT + 1]],
      [20, [SEGMENT_LENGTH, SHORT, SEGMENT_LENGTH], [SEGMENT_LENGTH, SHORT + 20]],
    ] as const) {
      const { list, after, total } = shortened(kept, ...lengths)
      expect(counts(after)).toEqual(expected)
      expect(imagesOf(after)).toEqual(imagesOf(list).slice(0, total))
    }
  })

  it('stay as they are where no image of them is removed', () => {
    const { list, after } = shortened(SEGMENT_LENGTH - 1, SHORT, SHORT, SEGMENT_LENGTH)
    expect(counts(after)).toEqual([SHORT, SHORT, SEGMENT_LENGTH - 1])
    expect(after.segments.slice(0, 2).every((segment, at) => segment === list.segments[at])).toBe(true)
  })
})
