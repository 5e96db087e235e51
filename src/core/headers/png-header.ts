// Reads the header of a PNG file (W3C PNG, section 11.2.1), without decoding it.

export interface PngHeader {
  width: number
  height: number
  /** Bits of a sample. */
  bitDepth: number
  /** True for pixels with an alpha channel, whether they are opaque or not. */
  hasAlpha: boolean
}

/** Bytes that {@link readPngHeader} needs: the signature, and the chunk IHDR up to its colour type. */
export const PNG_HEADER_BYTES = 26

const SIGNATURE = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

/** Colour types: grey with alpha, RGB with alpha. */
const ALPHA_TYPES = [4, 6]

/** @returns undefined where the file does not begin as a PNG file */
export const readPngHeader = (file: Buffer): PngHeader | undefined => {
  if (file.length < PNG_HEADER_BYTES || !file.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return undefined
  return {
    width: file.readUInt32BE(16),
    height: file.readUInt32BE(20),
    bitDepth: file[24] ?? 0,
    hasAlpha: ALPHA_TYPES.includes(file[25] ?? 0),
  }
}
