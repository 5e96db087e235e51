// AVIF and HEIC files, built box by box around coded pictures (ISO/IEC 14496-12 and 23008-12).

import { readMeta } from '../../../src/image/codecs/isobmff/meta.ts'

export interface HeifItem {
  /** `av01`, `hvc1`, `grid` … */
  type: string
  /** Whole boxes: `ispe`, `av1C`, `colr` … */
  properties?: readonly Buffer[]
  data?: Buffer
  /** Numbers of other items by the type of the reference. Items are numbered from 1. */
  references?: Record<string, readonly number[]>
}

export interface HeifFile {
  /** Major brand, then compatible ones. @default avif mif1 miaf */
  brands?: readonly [string, ...string[]]
  /** @default 1 */
  primary?: number
  items: readonly HeifItem[]
  /** Boxes between `meta` and `mdat`. */
  more?: readonly Buffer[]
}

const uint = (bytes: number, ...values: number[]): Buffer => {
  const field = Buffer.alloc(bytes * values.length)
  for (const [index, value] of values.entries()) field.writeUIntBE(value, index * bytes, bytes)
  return field
}

export const u8 = (...values: number[]): Buffer => uint(1, ...values)
export const u16 = (...values: number[]): Buffer => uint(2, ...values)
export const u32 = (...values: number[]): Buffer => uint(4, ...values)
export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

export const box = (type: string, ...content: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(content)
  return Buffer.concat([u32(8 + body.length), latin1(type), body])
}

/** A box with a version and flags. */
export const fullBox = (type: string, version: number, flags: number, ...content: readonly Buffer[]): Buffer =>
  box(type, u8(version), uint(3, flags), ...content)

export const ispe = (width: number, height: number): Buffer => fullBox('ispe', 0, 0, u32(width, height))

/** @param quarters anticlockwise */
export const irot = (quarters: number): Buffer => box('irot', u8(quarters))

export const nclx = (primaries: number, transfer: number, matrix: number, isFullRange = true): Buffer =>
  box('colr', latin1('nclx'), u16(primaries, transfer, matrix), u8(isFullRange ? 0x80 : 0))

export const prof = (profile: Buffer): Buffer => box('colr', latin1('prof'), profile)

export const auxC = (type: string): Buffer => fullBox('auxC', 0, 0, latin1(`${type}\0`))

export const ALPHA = 'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha'

/** Description of a grid: the data of its item. */
export const gridOf = (columns: number, rows: number, width: number, height: number): Buffer =>
  Buffer.concat([u8(0, 0, rows - 1, columns - 1), u16(width, height)])

const infe = (id: number, { type }: HeifItem): Buffer => fullBox('infe', 2, 0, u16(id, 0), latin1(`${type}\0`))

const iloc = (items: readonly HeifItem[], start: number): Buffer => {
  let at = start
  const entries = items.map(({ data = Buffer.alloc(0) }, index) => {
    at += data.length
    return Buffer.concat([u16(index + 1, 0, 1), u32(at - data.length, data.length)])
  })
  return fullBox('iloc', 0, 0, u16(0x4400, items.length), ...entries)
}

const ipma = (items: readonly HeifItem[]): Buffer => {
  let number = 0
  const entries = items.map(({ properties = [] }, index) =>
    Buffer.concat([u16(index + 1), u8(properties.length, ...properties.map(() => ++number))]),
  )
  return fullBox('ipma', 0, 0, u32(items.length), ...entries)
}

const iref = (items: readonly HeifItem[]): Buffer =>
  fullBox(
    'iref',
    0,
    0,
    ...items.flatMap(({ references = {} }, index) =>
      Object.entries(references).map(([type, to]) => box(type, u16(index + 1, to.length, ...to))),
    ),
  )

export const heifFile = ({ brands: [major, ...others] = ['avif', 'mif1', 'miaf'], ...file }: HeifFile): Buffer => {
  const { primary = 1, items, more = [] } = file
  const ftyp = box('ftyp', latin1(major), u32(0), ...[major, ...others].map(latin1))
  const meta = (start: number) =>
    fullBox(
      'meta',
      0,
      0,
      fullBox('hdlr', 0, 0, u32(0), latin1('pict'), Buffer.alloc(13)),
      fullBox('pitm', 0, 0, u16(primary)),
      iloc(items, start),
      fullBox('iinf', 0, 0, u16(items.length), ...items.map((item, index) => infe(index + 1, item))),
      iref(items),
      box('iprp', box('ipco', ...items.flatMap(({ properties = [] }) => properties)), ipma(items)),
    )
  const behind = Buffer.concat(more)
  const start = ftyp.length + meta(0).length + behind.length + 8
  return Buffer.concat([ftyp, meta(start), behind, box('mdat', ...items.map(({ data }) => data ?? Buffer.alloc(0)))])
}

/** The coded primary picture of a file with its properties as whole boxes, to be put into another file. */
export const itemOf = (file: Buffer): HeifItem & { properties: Buffer[]; data: Buffer } => {
  const meta = readMeta(file)
  const item = meta?.items.get(meta.primary)
  const data = item && meta?.dataOf(item.id, file.length)
  if (!item || !data) throw new Error('the file has no picture')
  return { type: item.type, properties: item.properties.map(({ type, content }) => box(type, content)), data }
}
