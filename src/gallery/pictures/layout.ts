// Layout of the wall: rows of equal width, in blocks that browsers need not draw while they are far away.

/// <reference path="./justified-layout.d.ts" />
import justify from 'justified-layout'

export interface Box {
  left: number
  /** From the top of its block. */
  top: number
  width: number
  height: number
}

export interface Block {
  /** Index of its first picture. */
  first: number
  boxes: readonly Box[]
  height: number
}

/** Fewest pictures of a block, but the last one. */
const BLOCK = 40

const GAP = 6

/** Shapes beyond these would leave a row of their own, or a line. The tile crops the rest. */
const WIDEST = 4
const TALLEST = 0.4

/** Height of rows in pixels: two or three pictures side by side on a phone, five on a wide screen. */
const rowHeight = (width: number): number => (width < 480 ? 130 : width < 1000 ? 190 : 240)

/**
 * @param shapes width by height of each picture
 * @param width of the wall, in pixels
 */
export const layOut = (shapes: readonly number[], width: number): Block[] => {
  if (shapes.length === 0 || width <= 0) return []
  const { boxes } = justify(
    shapes.map((shape) => Math.min(WIDEST, Math.max(TALLEST, shape))),
    {
      containerWidth: width,
      containerPadding: 0,
      boxSpacing: GAP,
      targetRowHeight: rowHeight(width),
      targetRowHeightTolerance: 0.25,
      showWidows: true,
      widowLayoutStyle: 'left',
    },
  )
  const blocks: Block[] = []
  for (let first = 0; first < boxes.length; ) {
    const top = boxes[first]?.top ?? 0
    let end = Math.min(first + BLOCK, boxes.length)
    while (end < boxes.length && boxes[end]?.top === boxes[end - 1]?.top) end++
    const own = boxes.slice(first, end)
    const bottom = Math.max(...own.map((box) => box.top + box.height))
    blocks.push({
      first,
      boxes: own.map((box) => ({ left: box.left, top: box.top - top, width: box.width, height: box.height })),
      height: bottom - top + GAP,
    })
    first = end
  }
  return blocks
}

/**
 * The picture above or below one, by its middle.
 *
 * @param at index of the picture
 * @param step 1 for below, -1 for above
 * @returns its index; that of the picture itself where there is no such row
 */
export const verticalNeighbour = (blocks: readonly Block[], at: number, step: 1 | -1): number => {
  const all = blocks.flatMap((block, index) =>
    block.boxes.map((box, offset) => ({ ...box, row: index * 1e6 + box.top, index: block.first + offset })),
  )
  const own = all[at]
  if (!own) return at
  const rows = all.filter(({ row }) => (step > 0 ? row > own.row : row < own.row))
  const next = step > 0 ? rows[0]?.row : rows.at(-1)?.row
  const middle = own.left + own.width / 2
  let best = at
  let least = Number.POSITIVE_INFINITY
  for (const { row, left, width, index } of rows) {
    const distance = Math.abs(left + width / 2 - middle)
    if (row !== next || distance >= least) continue
    least = distance
    best = index
  }
  return best
}
