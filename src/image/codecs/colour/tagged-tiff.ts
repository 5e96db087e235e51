// Writes pixels as an uncompressed TIFF file (TIFF 6.0) with a colour profile: the input by which the decoder's colour
// engine applies the tables of any profile.

export interface TaggedPixels {
  width: number
  height: number
  /** 3 RGB, 4 RGB and alpha. */
  channels: 3 | 4
  /** 8 bits a sample, without padding. */
  data: Buffer
}

const HEADER_BYTES = 8
const ENTRY_BYTES = 12
const SHORT = 3
const LONG = 4
const UNDEFINED = 7

/** @param profile ICC profile; where it is of a grey model, the first channel is written alone */
export const taggedTiff = ({ width, height, channels, data }: TaggedPixels, profile: Buffer): Buffer => {
  const isGrey = profile.toString('latin1', 16, 20) === 'GRAY'
  const hasAlpha = channels === 4
  const pixels = isGrey ? firstChannelOf(data, channels) : data
  const bands = (isGrey ? 1 : 3) + (hasAlpha ? 1 : 0)
  const count = hasAlpha ? 12 : 11
  const bitsAt = HEADER_BYTES + 2 + count * ENTRY_BYTES + 4
  const profileAt = bitsAt + 2 * bands
  const pixelsAt = profileAt + profile.length + (profile.length & 1)
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, bands, bands > 2 ? bitsAt : 8 | (8 << 16)],
    [259, SHORT, 1, 1],
    [262, SHORT, 1, isGrey ? 1 : 2],
    [273, LONG, 1, pixelsAt],
    [277, SHORT, 1, bands],
    [278, LONG, 1, height],
    [279, LONG, 1, pixels.length],
    [284, SHORT, 1, 1],
    ...(hasAlpha ? [[338, SHORT, 1, 2] satisfies [number, number, number, number]] : []),
    [34_675, UNDEFINED, profile.length, profileAt],
  ]
  const head = Buffer.alloc(pixelsAt)
  head.write('II*\0', 'latin1')
  head.writeUInt32LE(HEADER_BYTES, 4)
  head.writeUInt16LE(entries.length, HEADER_BYTES)
  for (const [index, [tag, type, values, value]] of entries.entries()) {
    const at = HEADER_BYTES + 2 + index * ENTRY_BYTES
    head.writeUInt16LE(tag, at)
    head.writeUInt16LE(type, at + 2)
    head.writeUInt32LE(values, at + 4)
    head.writeUInt32LE(value, at + 8)
  }
  for (let band = 0; band < bands; band++) head.writeUInt16LE(8, bitsAt + 2 * band)
  profile.copy(head, profileAt)
  return Buffer.concat([head, pixels])
}

/** Grey, or grey and alpha, of pixels with three equal channels. */
const firstChannelOf = (data: Buffer, channels: 3 | 4): Buffer => {
  const bands = channels - 2
  const grey = Buffer.allocUnsafe((data.length / channels) * bands)
  for (let from = 0, to = 0; from < data.length; from += channels, to += bands) {
    grey[to] = data[from] ?? 0
    if (bands === 2) grey[to + 1] = data[from + channels - 1] ?? 0
  }
  return grey
}
