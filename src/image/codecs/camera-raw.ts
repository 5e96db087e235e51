// Raw files of cameras are TIFF files whose first picture is a preview: taken for TIFF, they would be stored stamp-sized.

/** Says that a picture is a smaller version of another one in the file (TIFF 6.0, NewSubfileType, bit 0). */
const SUBFILE_TYPE = 0x00fe
/** Only raw files have it. */
const DNG_VERSION = 0xc612

const ENTRY_BYTES = 12

/** Looks at the first directory of a TIFF file; false where there is none. */
export const isCameraRaw = (tiff: Buffer): boolean => {
  const isLittle = tiff.toString('latin1', 0, 2) === 'II'
  const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const long = (at: number) => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at))
  // BigTIFF, which no camera writes, has another number here.
  if (tiff.length < 8 || short(2) !== 42) return false
  const directory = long(4)
  if (directory + 2 > tiff.length) return false
  const end = Math.min(directory + 2 + short(directory) * ENTRY_BYTES, tiff.length - ENTRY_BYTES + 1)
  for (let entry = directory + 2; entry < end; entry += ENTRY_BYTES) {
    const tag = short(entry)
    if (tag === DNG_VERSION || (tag === SUBFILE_TYPE && (long(entry + 8) & 1) === 1)) return true
  }
  return false
}
