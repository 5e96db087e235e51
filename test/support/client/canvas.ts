// Canvases that a page has drawn, compared with the colours that their frames must have.

import sharp from 'sharp'
import type { Colour } from './engines.ts'

export interface Drawing {
  /** Name of the frame. */
  name: string
  x: number
  y: number
}

/** Levels of 255 by which frames of a lossy page differ from their sources. A quarter of a neighbour is more. */
const TOLERANCE = 14

/** Side of the drawn canvases that is free for squares. */
const ROW = 600

/** Places for squares: on whole pixels, apart from each other, in rows. */
export const placesOf = (names: readonly string[], side: number): Drawing[] => {
  const step = side + 7
  const across = Math.max(1, Math.floor(ROW / step))
  return names.map((name, at) => ({ name, x: 3 + (at % across) * step, y: 5 + Math.floor(at / across) * step }))
}

/**
 * The squares that differ from their colours somewhere, each as a sentence: all their pixels are compared, so that a
 * neighbour at an edge is found, and that the pixels around them are black.
 *
 * @param url the canvas as a PNG in a data URL
 */
export const differencesOf = async (
  url: unknown,
  drawings: readonly Drawing[],
  side: number,
  colours: Record<string, Colour>,
): Promise<string[]> => {
  const bytes = Buffer.from(String(url).replace(/^data:image\/png;base64,/, ''), 'base64')
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const found: string[] = []
  for (const { name, x, y } of drawings) {
    for (let row = y - 1; row <= y + side; row++)
      for (let column = x - 1; column <= x + side; column++) {
        const isInside = row >= y && row < y + side && column >= x && column < x + side
        const isDrawn = row >= 0 && row < info.height && column >= 0 && column < info.width
        if (!isInside && !isDrawn) continue
        const wanted = isInside ? colours[name] : [0, 0, 0]
        if (!wanted) throw new Error(`${name} has no colour`)
        const start = (row * info.width + column) * 3
        const pixel = isDrawn ? [...data.subarray(start, start + 3)] : []
        if (!isDrawn || pixel.some((value, at) => Math.abs(value - (wanted[at] ?? 0)) > TOLERANCE))
          found.push(`${name} is ${pixel} at ${column - x},${row - y}, expected ${wanted}`)
      }
  }
  return found.slice(0, 20)
}
