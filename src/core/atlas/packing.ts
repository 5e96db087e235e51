// Packing: a place for one more box, beside those that have one. What is free is all that is remembered of them.

import { MaxRectsBin, Rectangle } from 'maxrects-packer/dist/maxrects-packer.mjs'

interface Size {
  width: number
  height: number
}

/** Free rectangles of each page, as left, top, width, height. They may overlap. */
export type PackedPages = readonly (readonly number[][])[]

export interface PackedBox {
  page: number
  left: number
  top: number
  /** The free rectangles after it. */
  free: number[][][]
}

/** Places a box on the first page that has room, else on a new one. @throws Error where it is larger than a page */
export const addBox = (pages: PackedPages, { width, height }: Size, pageSide: number): PackedBox => {
  const free = pages.map((page) => [...page])
  for (let page = 0; page <= pages.length; page++) {
    const known = pages[page]
    if (known && !known.some(([, , wide = 0, high = 0]) => wide >= width && high >= height)) continue
    const bin = new MaxRectsBin(pageSide, pageSide, 0, { smart: false, pot: false, square: false })
    if (known) bin.freeRects = known.map(([left, top, wide, high]) => new Rectangle(wide, high, left, top))
    const box = bin.add(width, height, undefined)
    if (!box) continue
    free[page] = bin.freeRects.map((each) => [each.x, each.y, each.width, each.height])
    return { page, left: box.x, top: box.y, free }
  }
  throw new Error(`a box of ${width} x ${height} does not fit on a page of ${pageSide}`)
}
