// GIF files of one frame anywhere on a screen, which the encoder of sharp does not write.

interface Size {
  width: number
  height: number
}

export interface GifOptions {
  /** @default none */
  comment?: string
  /** Colour of the frame that is transparent. @default none */
  transparent?: 0 | 1
  isInterlaced?: boolean
}

const short = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(2 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, 2 * index)
  return bytes
}

/** Two colours, red and blue; the frame is red in its upper half and blue in its lower one. */
export const gifOf = (screen: Size, frame: Size & { left: number; top: number }, options: GifOptions = {}): Buffer => {
  const { comment, transparent, isInterlaced = false } = options
  const parts = [
    Buffer.from('GIF89a'),
    short(screen.width, screen.height),
    Buffer.from([0xf0, 0, 0, 200, 40, 40, 40, 60, 200]),
  ]
  if (comment) parts.push(Buffer.from([0x21, 0xfe, comment.length]), Buffer.from(comment), Buffer.from([0]))
  if (transparent !== undefined) parts.push(Buffer.from([0x21, 0xf9, 4, 1, 0, 0, transparent, 0]))
  parts.push(Buffer.from([0x2c]), short(frame.left, frame.top, frame.width, frame.height))
  parts.push(Buffer.from([isInterlaced ? 0x40 : 0]), coded(rowsOf(frame.height, isInterlaced), frame))
  return Buffer.concat([...parts, Buffer.from([0x3b])])
}

/** Rows in the order in which the file holds them. */
const rowsOf = (height: number, isInterlaced: boolean): number[] => {
  const passes = isInterlaced
    ? ([
        [0, 8],
        [4, 8],
        [2, 4],
        [1, 2],
      ] as const)
    : ([[0, 1]] as const)
  return passes.flatMap(([from, step]) => {
    const rows: number[] = []
    for (let row = from; row < height; row += step) rows.push(row)
    return rows
  })
}

/** LZW without compression: codes of 3 bits, and a clear code before the table would need longer ones. */
const coded = (rows: readonly number[], { width, height }: Size): Buffer => {
  const codes: number[] = []
  for (const row of rows)
    for (let x = 0; x < width; x++) {
      if (codes.length % 3 === 0) codes.push(4)
      codes.push(row < height / 2 ? 0 : 1)
    }
  codes.push(5)
  const bytes = Buffer.alloc(Math.ceil((codes.length * 3) / 8))
  for (const [index, code] of codes.entries())
    for (let bit = 0; bit < 3; bit++)
      if (code & (1 << bit)) {
        const at = index * 3 + bit
        bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7))
      }
  const blocks: Buffer[] = [Buffer.from([2])]
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.subarray(at, at + 255)
    blocks.push(Buffer.from([block.length]), block)
  }
  return Buffer.concat([...blocks, Buffer.from([0])])
}
