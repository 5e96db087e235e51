// Reads the items of AVIF and HEIC files (ISO/IEC 23008-12 and 14496-12, box `meta`): pictures, what they are made from, and
// what describes them. Takes time proportional to the bytes of that box, which is limited.

import { type Box, boxesIn, boxOf, failDamaged, fullBox, readerOf } from './boxes.ts'

/** Like the default of libheif. A grid of 100 MP has 400 tiles of 512×512. */
const MAX_ITEMS = 1000

/** Above the bytes of any real table of 1000 items, and few enough to be read in milliseconds. */
const MAX_TABLE_BYTES = 1024 * 1024
const MAX_EXTENTS = 65_536

export interface Property {
  /** `ispe`, `colr`, `irot` … */
  type: string
  content: Buffer
  /** True where a decoder has to know it. */
  isEssential: boolean
}

export interface Item {
  id: number
  /** `av01`, `hvc1`, `grid`, `Exif` … */
  type: string
  /** In the order in which they apply. */
  properties: Property[]
}

export interface Reference {
  /** `dimg`, `auxl`, `prem`, `thmb` … */
  type: string
  from: number
  to: number[]
}

/** The `meta` box of a file. */
export interface Meta {
  primary: number
  items: ReadonlyMap<number, Item>
  references: readonly Reference[]
  /** Bytes of an item that has at most `maxBytes`; undefined where they are not in the file. */
  dataOf(id: number, maxBytes: number): Buffer | undefined
}

const TABLES = ['iinf', 'iref', 'iloc']

/**
 * The items of a file; undefined where it has none, as a sequence may.
 *
 * @throws TintypeError `damaged_image`
 */
export const readMeta = (file: Buffer): Meta | undefined => {
  const meta = boxOf(boxesIn(file, true), 'meta')
  if (!meta) return undefined
  if (meta.isCut) failDamaged('the file ends within its metadata')
  const boxes = boxesIn(fullBox(meta.content).reader.take(meta.content.length - 4))
  if (boxes.some(({ type, content }) => TABLES.includes(type) && content.length > MAX_TABLE_BYTES))
    failDamaged('a table of the file is too large')
  const primary = boxOf(boxes, 'pitm')
  const entries = boxOf(boxes, 'iinf')
  if (!primary || !entries) return undefined
  const items = readItems(entries.content)
  const properties = boxOf(boxes, 'iprp')
  if (properties) assignProperties(boxesIn(properties.content), items)
  const { version, reader } = fullBox(primary.content)
  const references = boxOf(boxes, 'iref')
  const table = boxOf(boxes, 'iloc')
  const locations = table ? readLocations(table.content) : new Map<number, Location>()
  const idat = boxOf(boxes, 'idat')?.content
  return {
    primary: reader.uint(version === 0 ? 2 : 4),
    items,
    references: references ? readReferences(references.content) : [],
    dataOf: (id, maxBytes) => {
      const location = locations.get(id)
      return location && readData(location, maxBytes, [file, idat])
    },
  }
}

const readItems = (content: Buffer): Map<number, Item> => {
  const { version, reader } = fullBox(content)
  const count = reader.uint(version === 0 ? 2 : 4)
  if (count > MAX_ITEMS) failDamaged(`the file has ${count} items`)
  const items = new Map<number, Item>()
  for (const box of boxesIn(reader.take(reader.left))) {
    const entry = fullBox(box.content)
    // Versions 0 and 1 describe files, not pictures.
    if (box.type !== 'infe' || entry.version < 2) continue
    const id = entry.reader.uint(entry.version === 2 ? 2 : 4)
    entry.reader.uint(2)
    const type = entry.reader.take(4).toString('latin1')
    if (items.has(id)) failDamaged('two items have the same number')
    items.set(id, { id, type, properties: [] })
    if (items.size > MAX_ITEMS) failDamaged('the file has too many items')
  }
  return items
}

/** Above the number of properties of any real item. */
const MAX_PROPERTIES = 100

const assignProperties = (boxes: readonly Box[], items: ReadonlyMap<number, Item>): void => {
  const all = boxesIn(boxOf(boxes, 'ipco')?.content ?? Buffer.alloc(0))
  for (const { type, content } of boxes) {
    if (type !== 'ipma') continue
    if (content.length > MAX_TABLE_BYTES) failDamaged('a table of the file is too large')
    const { version, flags, reader } = fullBox(content)
    for (let entries = reader.uint(4); entries > 0; entries--) {
      const item = items.get(reader.uint(version === 0 ? 2 : 4))
      for (let count = reader.uint(1); count > 0; count--) {
        const bits = (flags & 1) === 1 ? 15 : 7
        const association = reader.uint((bits + 1) / 8)
        const index = association & (2 ** bits - 1)
        const property = all[index - 1]
        if (index > 0 && !property) failDamaged('an item has a property that the file has not')
        if (property)
          item?.properties.push({
            type: property.type,
            content: property.content,
            isEssential: association >> bits === 1,
          })
        if (item && item.properties.length > MAX_PROPERTIES) failDamaged('an item has too many properties')
      }
    }
  }
}

const readReferences = (content: Buffer): Reference[] => {
  const { version, reader } = fullBox(content)
  const bytes = version === 0 ? 2 : 4
  return boxesIn(reader.take(reader.left)).map((box) => {
    const entry = readerOf(box.content)
    const from = entry.uint(bytes)
    const count = entry.uint(2)
    return { type: box.type, from, to: Array.from({ length: count }, () => entry.uint(bytes)) }
  })
}

interface Location {
  /** What the extents are positions in: 0 the file, 1 `idat`, 2 another item. */
  method: number
  extents: { offset: number; length: number }[]
}

const readLocations = (content: Buffer): Map<number, Location> => {
  const { version, reader } = fullBox(content)
  const sizes = reader.uint(2)
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15] as const
  const indexBytes = version === 0 ? 0 : sizes & 15
  if ([offsetBytes, lengthBytes, baseBytes, indexBytes].some((bytes) => ![0, 4, 8].includes(bytes)))
    failDamaged('the table of locations has unknown numbers')
  const locations = new Map<number, Location>()
  // An extent can take no bytes in the table.
  let extentsLeft = MAX_EXTENTS
  for (let count = reader.uint(version < 2 ? 2 : 4); count > 0; count--) {
    const id = reader.uint(version < 2 ? 2 : 4)
    const method = version === 0 ? 0 : reader.uint(2) & 15
    reader.uint(2)
    const base = reader.uint(baseBytes)
    const extents = reader.uint(2)
    extentsLeft -= extents
    if (extentsLeft < 0) failDamaged('the items of the file have too many parts')
    locations.set(id, {
      method,
      extents: Array.from({ length: extents }, () => {
        reader.uint(indexBytes)
        return { offset: base + reader.uint(offsetBytes), length: reader.uint(lengthBytes) }
      }),
    })
  }
  return locations
}

const readData = (
  { method, extents }: Location,
  maxBytes: number,
  sources: readonly (Buffer | undefined)[],
): Buffer | undefined => {
  const source = sources[method]
  const total = extents.reduce((sum, { length }) => sum + length, 0)
  if (!source || total > maxBytes || extents.some(({ offset, length }) => offset + length > source.length))
    return undefined
  return Buffer.concat(extents.map(({ offset, length }) => source.subarray(offset, offset + length)))
}
