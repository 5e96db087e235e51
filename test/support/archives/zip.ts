// ZIP archives made byte by byte (APPNOTE), so that each field can be wrong.

import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  name: string
  content?: Uint8Array | string
  /** Deflated rather than stored. @default false */
  isDeflated?: boolean
  /** Mode of Unix, such as 0o120777 of a link. @default that of a file */
  mode?: number
  /** Bit 0: encrypted, bit 3: a data descriptor follows the file. @default 0 */
  flags?: number
  /** Declared length. @default the real one */
  declared?: number
  /** Compression method. @default 0 or 8 */
  method?: number
  /** Declared checksum. @default the real one */
  checksum?: number
  /** True writes lengths and place into the zip64 field. @default false */
  isZip64?: boolean
  /** Place of another file whose bytes this one shares. @default its own */
  sharedWith?: number
}

/** Fields of 1, 2, 4 or 8 bytes, little-endian. */
const fields = (...values: readonly [bytes: 2 | 4 | 8, value: number][]): Buffer =>
  Buffer.concat(
    values.map(([bytes, value]) => {
      const field = Buffer.alloc(8)
      field.writeBigUInt64LE(BigInt(value))
      return field.subarray(0, bytes)
    }),
  )

const UNKNOWN = 0xffffffff

export const zipOf = (entries: readonly ZipEntry[], { isZip64 = false } = {}): Buffer => {
  const local: Buffer[] = []
  const central: Buffer[] = []
  const places: number[] = []
  let at = 0
  for (const entry of entries) {
    const { isDeflated = false, mode = 0o100644, flags = 0 } = entry
    const content = Buffer.from(entry.content ?? '')
    const stored = isDeflated ? deflateRawSync(content) : content
    const method = entry.method ?? (isDeflated ? 8 : 0)
    const [name, checksum] = [Buffer.from(entry.name), entry.checksum ?? crc32(content)]
    const [length, declared] = [stored.length, entry.declared ?? content.length]
    const place = entry.sharedWith === undefined ? at : (places[entry.sharedWith] ?? 0)
    places.push(place)
    // With a data descriptor, the local header says nothing.
    const said = flags & 8 ? [0, 0, 0] : [checksum, length, declared]
    const [c = 0, l = 0, d = 0] = said
    const head = fields(
      [4, 0x04034b50],
      [2, 45],
      [2, flags | 0x800],
      [2, method],
      [4, 0],
      [4, c],
      [4, l],
      [4, d],
      [2, name.length],
      [2, 0],
    )
    if (entry.sharedWith === undefined) {
      const descriptor =
        flags & 8 ? fields([4, 0x08074b50], [4, checksum], [4, length], [4, declared]) : Buffer.alloc(0)
      const whole = Buffer.concat([head, name, stored, descriptor])
      local.push(whole)
      at += whole.length
    }
    const extra = entry.isZip64 ? fields([2, 1], [2, 24], [8, declared], [8, length], [8, place]) : Buffer.alloc(0)
    const [l32, d32, p32] = entry.isZip64 ? [UNKNOWN, UNKNOWN, UNKNOWN] : [length, declared, place]
    central.push(
      fields([4, 0x02014b50], [2, (3 << 8) | 45], [2, 45], [2, flags | 0x800], [2, method], [4, 0], [4, checksum]),
      fields(
        [4, l32],
        [4, d32],
        [2, name.length],
        [2, extra.length],
        [2, 0],
        [2, 0],
        [2, 0],
        [4, (mode << 16) >>> 0],
        [4, p32],
      ),
      name,
      extra,
    )
  }
  const directory = Buffer.concat(central)
  const count = entries.length
  const zip64 = Buffer.concat([
    fields(
      [4, 0x06064b50],
      [8, 44],
      [2, 45],
      [2, 45],
      [4, 0],
      [4, 0],
      [8, count],
      [8, count],
      [8, directory.length],
      [8, at],
    ),
    fields([4, 0x07064b50], [4, 0], [8, at + directory.length], [4, 1]),
  ])
  const [n, size, offset] = isZip64 ? [0xffff, UNKNOWN, UNKNOWN] : [count, directory.length, at]
  const end = fields([4, 0x06054b50], [2, 0], [2, 0], [2, n], [2, n], [4, size], [4, offset], [2, 0])
  return Buffer.concat([...local, directory, ...(isZip64 ? [zip64] : []), end])
}
