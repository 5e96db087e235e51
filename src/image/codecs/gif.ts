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
const DESCRIPTOR_BYTES = 10

/** The first frame; undefined where the file ends before it, or contains what is neither a frame nor an extension. */
export const readFirstFrame = (file: Buffer): FirstFrame | undefined => {
  if (file.length < HEADER_BYTES) return undefined
  const [screenWidth, screenHeight, flags] = [file.readUInt16LE(6), file.readUInt16LE(8), file.readUInt8(10)]
  // The colour table of the screen: its number of colours is a power of two.
  let at = HEADER_BYTES + ((flags & 0x80) === 0 ? 0 : 3 * (2 << (flags & 7)))
  while (file[at] === EXTENSION) {
    at += 2
    for (let bytes = file[at]; bytes !== 0; bytes = file[at]) {
      if (bytes === undefined) return undefined
      at += bytes + 1
    }
    at++
  }
  if (file[at] !== IMAGE || at + DESCRIPTOR_BYTES > file.length) return undefined
  const [left = 0, top = 0, width = 0, height = 0] = [1, 3, 5, 7].map((offset) => file.readUInt16LE(at + offset))
  const whole = { width: Math.max(screenWidth, left + width), height: Math.max(screenHeight, top + height) }
  return {
    ...whole,
    frame: { left, top, width, height },
    isWhole: left === 0 && top === 0 && width === whole.width && height === whole.height,
  }
}
