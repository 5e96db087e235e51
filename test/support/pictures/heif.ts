// Parts of AVIF and HEIC files, to be put together by the writer of the program (ISO/IEC 23008-12).

import { readMeta } from '../../../src/image/codecs/isobmff/meta.ts'
import {
  box,
  latin1,
  type NewItem,
  newFullBox,
  u8,
  u16,
  u32,
  writeFile,
} from '../../../src/image/codecs/isobmff/writer.ts'

export const heifFile = (
  file: Omit<Parameters<typeof writeFile>[0], 'brands'> & { brands?: readonly string[] },
): Buffer => writeFile({ brands: ['avif', 'mif1', 'miaf'], ...file })

export const ispe = (width: number, height: number): Buffer => newFullBox('ispe', 0, 0, u32(width, height))

/** @param quarters anticlockwise */
export const irot = (quarters: number): Buffer => box('irot', u8(quarters))

export const nclx = (primaries: number, transfer: number, matrix: number, isFullRange = true): Buffer =>
  box('colr', latin1('nclx'), u16(primaries, transfer, matrix), u8(isFullRange ? 0x80 : 0))

export const prof = (profile: Buffer): Buffer => box('colr', latin1('prof'), profile)

export const auxC = (type: string): Buffer => newFullBox('auxC', 0, 0, latin1(`${type}\0`))

export const ALPHA = 'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha'

/** Description of a grid: the data of its item. */
export const gridOf = (columns: number, rows: number, width: number, height: number): Buffer =>
  Buffer.concat([u8(0, 0, rows - 1, columns - 1), u16(width, height)])

/** The coded primary picture of a file with its properties as whole boxes, to be put into another file. */
export const itemOf = (file: Buffer): NewItem & { properties: Buffer[]; data: Buffer } => {
  const meta = readMeta(file)
  const item = meta?.items.get(meta.primary)
  const data = item && meta?.dataOf(item.id, file.length)
  if (!item || !data) throw new Error('the file has no picture')
  return { type: item.type, properties: item.properties.map(({ type, content }) => box(type, content)), data }
}
