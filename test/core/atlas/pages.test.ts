// Pages of an atlas: where slots of small pages are on large ones, and what a page measures.

import { describe, expect, it } from 'vitest'
import { pagesOf, slotsInOrder } from '../../../src/core/atlas/pages.ts'
import type { Slot } from '../../../src/core/atlas/slots.ts'

const slotOn = (page: number): Slot => ({ id: `p${page}`, page, x: 2, y: 2, width: 50, height: 40 })
const framed = (id: string) => ({ id, width: 1, height: 1, sizes: { thumb: { width: 80, height: 60 } } })

describe('the pages of slots', () => {
  it('are one of one pixel without any', () => {
    for (const side of [2048, 4096] as const) expect(pagesOf([], side)).toEqual([{ width: 1, height: 1, slots: [] }])
  })

  it('are as large as their frames need', () => {
    const far = { ...slotOn(0), id: 'far', x: 1000, y: 500 }
    expect(pagesOf([far, slotOn(0)], 2048)).toEqual([{ width: 1052, height: 542, slots: [far, slotOn(0)] }])
  })

  it('are those of the table at 2048 pixels, also where one of them is empty', () => {
    const pages = pagesOf([slotOn(2)], 2048)
    expect(pages.map(({ slots }) => slots.length)).toEqual([0, 0, 1])
    expect(pages[0]).toEqual({ width: 1, height: 1, slots: [] })
    expect(pages[2]).toEqual({ width: 54, height: 44, slots: [slotOn(2)] })
  })

  it('show four of them at 4096 pixels, row by row', () => {
    const [first, second, ...more] = pagesOf([0, 1, 2, 3, 4].map(slotOn), 4096)
    expect(more).toEqual([])
    expect(first?.slots.map(({ id, page, x, y }) => [id, page, x, y])).toEqual([
      ['p0', 0, 2, 2],
      ['p1', 0, 2050, 2],
      ['p2', 0, 2, 2050],
      ['p3', 0, 2050, 2050],
    ])
    expect(first).toMatchObject({ width: 2102, height: 2092 })
    expect(second).toMatchObject({ width: 54, height: 44, slots: [{ ...slotOn(4), page: 1 }] })
  })
})

describe('slots without a table', () => {
  it('stand in the order of the frames', () => {
    const frames = ['b', 'a'].map(framed)
    expect(slotsInOrder({ kind: 'grid', width: 50, height: 40 }, frames)).toEqual([
      { id: 'b', page: 0, x: 2, y: 2, width: 50, height: 40 },
      { id: 'a', page: 0, x: 56, y: 2, width: 50, height: 40 },
    ])
    expect(slotsInOrder({ kind: 'packed' }, frames).map(({ id, width, height }) => [id, width, height])).toEqual([
      ['b', 80, 60],
      ['a', 80, 60],
    ])
    expect(slotsInOrder({ kind: 'packed' }, [])).toEqual([])
  })
})
