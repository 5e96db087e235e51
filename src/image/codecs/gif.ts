// Reads where the first frame of a GIF lies on its screen (GIF89a, sections 18 to 26). Nothing is decoded.

export interface GifFrame {
  left: number
  top: number
  width: number
  height: number
}

export interface FirstFrame {
  /** Dimensions of the picture: of the screen, or larger where the frame reaches over it, as decoders show it. */
  width: number
  height: number
  frame: GifFrame
  /** True where no pixel of the picture is outside of the frame. */
  isWhole: boolean
}

const EXTENSION = 0x21
const IMAGE = 0x2c
const HEADER_BYTES = 13
export const DESCRIPTOR_BYTES = 10

/** Position of the first image descriptor, which is complete; undefined as in {@link readFirstFrame}. */
export const findFirstFrame = (file: Buffer): number | undefined => {
  if (file.length < HEADER_BYTES) return undefined
  let at = HEADER_BYTES + tableBytes(file.readUInt8(10))
  while (file[at] === EXTENSION) {
    at += 2
    for (let bytes = file[at]; bytes !== 0; bytes = file[at]) {
      if (bytes === undefined) return undefined
      at += bytes + 1
    }
    at++
  }
  return file[at] !== IMAGE || at + DESCRIPTOR_BYTES > file.length ? undefined : at
}

/** Bytes of the colour table that flags announce: its number of colours is a power of two. */
export const tableBytes = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * (2 << (flags & 7)))

/** The first frame; undefined where the file ends before it, or contains what is neither a frame nor an extension. */
export const readFirstFrame = (file: Buffer): FirstFrame | undefined => {
  const at = findFirstFrame(file)
  if (at === undefined) return undefined
  const [screenWidth, screenHeight] = [file.readUInt16LE(6), file.readUInt16LE(8)]
  const [left = 0, top = 0, width = 0, height = 0] = [1, 3, 5, 7].map((offset) => file.readUInt16LE(at + offset))
  const whole = { width: Math.max(screenWidth, left + width), height: Math.max(screenHeight, top + height) }
  return {
    ...whole,
    frame: { left, top, width, height },
    isWhole: left === 0 && top === 0 && width === whole.width && height === whole.height,
  }
}
