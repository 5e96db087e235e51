// Packing: a place for one more box, beside those that have one.

import { describe, expect, it } from 'vitest'
import { addBox, type PackedPages } from '../../../src/core/atlas/packing.ts'

const SIDE = 100

/** Adds boxes one by one, as revisions do. */
const packed = (...sizes: [width: number, height: number][]) => {
  let pages: PackedPages = []
  const places = sizes.map(([width, height]) => {
    const { page, left, top, free } = addBox(pages, { width, height }, SIDE)
    pages = free
    return [page, left, top]
  })
  return { places, pages }
}

describe('a box', () => {
  it('begins the first page, which may be filled by it', () => {
    expect(packed([30, 20]).places).toEqual([[0, 0, 0]])
    expect(packed([SIDE, SIDE])).toEqual({ places: [[0, 0, 0]], pages: [[]] })
  })

  it('takes free room of exactly its size', () => {
    const { places, pages } = packed([SIDE, 60], [SIDE, 40])
    expect(places).toEqual([
      [0, 0, 0],
      [0, 0, 60],
    ])
    expect(pages).toEqual([[]])
    expect(packed([60, SIDE], [40, SIDE]).places[1]).toEqual([0, 60, 0])
  })

  it('goes to the first page with room, also behind later ones', () => {
    const { places, pages } = packed([SIDE, 60], [SIDE, 50], [SIDE, 40], [SIDE, 50], [SIDE, 1])
    expect(places.map(([page]) => page)).toEqual([0, 1, 0, 1, 2])
    expect(pages).toHaveLength(3)
  })

  it('begins a page where none has room in both directions', () => {
    expect(packed([SIDE, 60], [41, 41]).places[1]?.[0]).toBe(1)
    expect(packed([60, SIDE], [41, 41]).places[1]?.[0]).toBe(1)
  })

  it('leaves the free rectangles of the pages that it had as they were', () => {
    const before: PackedPages = [[[0, 60, 100, 40]], [[0, 0, 100, 30]]]
    const copy = structuredClone(before)
    const { page, free } = addBox(before, { width: 100, height: 35 }, SIDE)
    expect(page).toBe(0)
    expect(free[1]).toEqual([[0, 0, 100, 30]])
    expect(before).toEqual(copy)
  })

  it('that is larger than a page is refused', () => {
    expect(packed([SIDE, SIDE]).places).toHaveLength(1)
    expect(() => packed([SIDE + 1, 1])).toThrow('a box of 101 x 1 does not fit on a page of 100')
    expect(() => addBox([[[0, 0, 50, 50]]], { width: 1, height: 101 }, SIDE)).toThrow('a box of 1 x 101 does not fit')
  })
})
