// Reads how a picture is derived from others (ISO/IEC 23008-12 section 6.6).

import { failDamaged, readerOf } from './boxes.ts'
import type { Meta } from './meta.ts'

export interface Grid {
  rows: number
  columns: number
  width: number
  height: number
}

/** Above the bytes of the description of a grid. */
const MAX_GRID_BYTES = 64

/** @throws TintypeError `damaged_image` */
export const readGrid = (meta: Meta, id: number): Grid => {
  const reader = readerOf(meta.dataOf(id, MAX_GRID_BYTES) ?? failDamaged('a grid has no description'))
  reader.uint(1)
  const bytes = (reader.uint(1) & 1) === 1 ? 4 : 2
  const [rows, columns] = [reader.uint(1) + 1, reader.uint(1) + 1]
  return { rows, columns, width: reader.uint(bytes), height: reader.uint(bytes) }
}

/** The pictures that each derived one is made from, in order. */
export const sourcesOf = ({ references }: Meta): ReadonlyMap<number, readonly number[]> => {
  const sources = new Map<number, readonly number[]>()
  for (const { type, from, to } of references) if (type === 'dimg' && !sources.has(from)) sources.set(from, to)
  return sources
}
