// Takes the tiles of AVIF grids out of their file: a decoder of a whole grid leaves tiles out that it cannot decode.

import { failDamaged } from './boxes.ts'
import { type Meta, readMeta } from './meta.ts'
import { alphaOf } from './primary-item.ts'
import { box, writeFile } from './writer.ts'

/** Properties that a decoder needs. Tiles of a grid are not rotated or cropped on their own. */
const CODED_PROPERTIES = ['ispe', 'av1C', 'pixi']

/**
 * Each tile of the primary picture and of its opacity, as a file of its own, in turn. None where they are not grids.
 *
 * @throws TintypeError `damaged_image` where a tile is not in the file
 */
export const tilesOf = function* (file: Buffer): Generator<Buffer> {
  const meta = readMeta(file)
  if (!meta) return
  const alpha = alphaOf(meta)
  const shown = alpha === undefined ? [meta.primary] : [meta.primary, alpha]
  for (const id of partsOf(meta, shown)) {
    const item = meta.items.get(id)
    if (item?.type !== 'av01') continue
    const properties = item.properties.filter(({ type }) => CODED_PROPERTIES.includes(type))
    const data = meta.dataOf(id, file.length) ?? failDamaged('a tile is not in the file')
    yield writeFile({
      brands: ['avif', 'mif1', 'miaf'],
      items: [{ type: item.type, properties: properties.map(({ type, content }) => box(type, content)), data }],
    })
  }
}

/** Items that others are derived from, each once. */
const partsOf = ({ references }: Meta, items: readonly number[]): ReadonlySet<number> => {
  const parts = new Set<number>()
  const rest = [...items]
  for (let id = rest.pop(); id !== undefined; id = rest.pop())
    for (const { type, from, to } of references)
      if (type === 'dimg' && from === id)
        for (const part of to)
          if (!parts.has(part)) {
            parts.add(part)
            rest.push(part)
          }
  return parts
}
