// How large the picture of a JPEG file is as shown, from the few bytes that say it (ITU-T T.81, EXIF 2.3).

export interface PictureSize {
  width: number
  height: number
}

/** Reads bytes of the file; fewer than asked for where it ends. */
export type ReadAt = (position: number, bytes: number) => Promise<Buffer>

/** More segments than any file has that the store wrote. */
const MOST_SEGMENTS = 4096
/** Enough for the first directory of any EXIF that names an orientation. */
const EXIF_BYTES = 4096

const APP1 = 0xe1
const SOS = 0xda
/** DHT, JPG and DAC lie among the numbers of the frame headers. */
const NO_FRAME = [0xc4, 0xc8, 0xcc]
const ORIENTATION = 0x0112

/** Undefined where it is no JPEG file or breaks off before it says its size. */
export const readPictureSize = async (readAt: ReadAt): Promise<PictureSize | undefined> => {
  const start = await readAt(0, 2)
  if (start.length < 2 || start.readUInt16BE(0) !== 0xffd8) return undefined
  let turned = false
  let at = 2
  for (let segments = 0; segments < MOST_SEGMENTS; segments++) {
    const head = await readAt(at, 9)
    const marker = head[1]
    if (head.length < 9 || head[0] !== 0xff || marker === undefined) return undefined
    const bytes = head.readUInt16BE(2)
    if (marker === SOS || bytes < 2) return undefined
    if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAME.includes(marker)) {
      const [height, width] = [head.readUInt16BE(5), head.readUInt16BE(7)]
      return turned ? { width: height, height: width } : { width, height }
    }
    if (marker === APP1) turned = isTurned(await readAt(at + 4, Math.min(bytes - 2, EXIF_BYTES)))
    at += 2 + bytes
  }
  return undefined
}

/** True where the orientation of EXIF swaps width and height. */
const isTurned = (content: Buffer): boolean => {
  if (content.length < 14 || content.toString('latin1', 0, 6) !== 'Exif\0\0') return false
  const tiff = content.subarray(6)
  const isLittle = tiff.toString('latin1', 0, 2) === 'II'
  const short = (at: number) => (at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  for (let entry = 0; entry < short(directory); entry++) {
    const at = directory + 2 + 12 * entry
    if (at + 12 > tiff.length) return false
    if (short(at) === ORIENTATION) return short(at + 8) >= 5 && short(at + 8) <= 8
  }
  return false
}
