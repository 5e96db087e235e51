// Removes compressed text from PNG files (PNG third edition, 11.3.3), which decoders inflate although it is never shown.

const SIGNATURE_BYTES = 8

/** Bytes of a chunk beside its data: length, name and checksum. */
const FRAME_BYTES = 12
const COMPRESSED_TEXT = ['zTXt', 'iTXt']

/**
 * The file without its compressed texts: 5 MB of them inflate to 5 GB, for which libspng takes 17 s. What follows a chunk
 * that is not whole is kept as it is, for the decoder to judge.
 *
 * @returns the file itself where it has none
 */
export const withoutCompressedText = (png: Buffer): Buffer => {
  const kept: Buffer[] = []
  let from = 0
  for (let at = SIGNATURE_BYTES; at + FRAME_BYTES <= png.length; ) {
    const end = at + FRAME_BYTES + png.readUInt32BE(at)
    if (end > png.length) break
    if (COMPRESSED_TEXT.includes(png.toString('latin1', at + 4, at + 8))) {
      kept.push(png.subarray(from, at))
      from = end
    }
    at = end
  }
  return from === 0 ? png : Buffer.concat([...kept, png.subarray(from)])
}
