// Writes AVIF and HEIC files around coded pictures (ISO/IEC 14496-12 and 23008-12).

export interface NewItem {
  /** `av01`, `hvc1`, `grid` … */
  type: string
  /** Whole boxes, in the order in which they apply: `ispe`, `av1C`, `colr` … */
  properties?: readonly Buffer[]
  data?: Buffer
  /** Numbers of other items by the type of the reference. Items are numbered from 1. */
  references?: Readonly<Record<string, readonly number[]>>
}

export interface NewFile {
  /** The major brand, then compatible ones. */
  brands: readonly string[]
  /** @default 1 */
  primary?: number
  items: readonly NewItem[]
}

/** Big-endian numbers of the same size. */
const uints = (bytes: number, ...values: number[]): Buffer => {
  const field = Buffer.alloc(bytes * values.length)
  for (const [index, value] of values.entries()) field.writeUIntBE(value, index * bytes, bytes)
  return field
}

export const u8 = (...values: number[]): Buffer => uints(1, ...values)
export const u16 = (...values: number[]): Buffer => uints(2, ...values)
export const u32 = (...values: number[]): Buffer => uints(4, ...values)
export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

export const box = (type: string, ...content: readonly Buffer[]): Buffer => {
  const bytes = content.reduce((sum, part) => sum + part.length, 8)
  return Buffer.concat([u32(bytes), latin1(type), ...content])
}

/** A box with a version and flags. */
export const newFullBox = (type: string, version: number, flags: number, ...content: readonly Buffer[]): Buffer =>
  box(type, u8(version), uints(3, flags), ...content)

export const writeFile = ({ brands, primary = 1, items }: NewFile): Buffer => {
  const ftyp = box('ftyp', latin1(brands[0] ?? ''), u32(0), ...brands.map(latin1))
  const meta = (start: number) =>
    newFullBox(
      'meta',
      0,
      0,
      newFullBox('hdlr', 0, 0, u32(0), latin1('pict'), Buffer.alloc(13)),
      newFullBox('pitm', 0, 0, u16(primary)),
      iloc(items, start),
      newFullBox('iinf', 0, 0, u16(items.length), ...items.map(infe)),
      iref(items),
      box('iprp', box('ipco', ...items.flatMap(({ properties = [] }) => properties)), ipma(items)),
    )
  const start = ftyp.length + meta(0).length + 8
  return Buffer.concat([ftyp, meta(start), box('mdat', ...items.map(({ data }) => data ?? Buffer.alloc(0)))])
}

const infe = ({ type }: NewItem, index: number): Buffer =>
  newFullBox('infe', 2, 0, u16(index + 1, 0), latin1(`${type}\0`))

const iloc = (items: readonly NewItem[], start: number): Buffer => {
  let at = start
  const entries = items.map(({ data = Buffer.alloc(0) }, index) => {
    at += data.length
    return Buffer.concat([u16(index + 1, 0, 1), u32(at - data.length, data.length)])
  })
  return newFullBox('iloc', 0, 0, u16(0x4400, items.length), ...entries)
}

const ipma = (items: readonly NewItem[]): Buffer => {
  let number = 0
  const entries = items.map(({ properties = [] }, index) =>
    Buffer.concat([u16(index + 1), u8(properties.length, ...properties.map(() => ++number))]),
  )
  return newFullBox('ipma', 0, 0, u32(items.length), ...entries)
}

const iref = (items: readonly NewItem[]): Buffer =>
  newFullBox(
    'iref',
    0,
    0,
    ...items.flatMap(({ references = {} }, index) =>
      Object.entries(references).map(([type, to]) => box(type, u16(index + 1, to.length, ...to))),
    ),
  )
