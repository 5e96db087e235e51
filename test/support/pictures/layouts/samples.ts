// A picture of known colours, as the samples of any layout: six flat patches in two rows, large enough for lossy
// encoders to keep their colours.

/** A colour as shown, and its opacity: levels of 255. */
export type Shown = readonly [red: number, green: number, blue: number, alpha: number]

export const SIZE = { width: 192, height: 128 } as const
export const PATCH = 64

export const COLOURS: readonly Shown[] = [
  [200, 40, 40, 255],
  [40, 180, 60, 255],
  [40, 60, 200, 255],
  [230, 200, 40, 255],
  [128, 128, 128, 255],
  [20, 30, 16, 255],
]
export const GREYS: readonly Shown[] = [88, 124, 70, 191, 128, 24].map((level) => [level, level, level, 255])

/** The same with a half transparent patch, and one that is not visible. */
export const withOpacity = (colours: readonly Shown[]): Shown[] =>
  colours.map(([r, g, b], patch) => [r, g, b, [255, 128, 255, 255, 255, 0][patch] ?? 255])

/** The same without an opacity of a half, for formats that have none. */
export const withHoles = (colours: readonly Shown[]): Shown[] =>
  colours.map(([r, g, b], patch) => [r, g, b, patch === 5 ? 0 : 255])

/** How colours are stored: linear light of sRGB to that of the model, and its exponent. */
export interface Model {
  /** Rows of a matrix; without it the primaries are those of sRGB. */
  matrix?: readonly (readonly [number, number, number])[]
  /** Without it the curve is that of sRGB. */
  gamma?: number
}

/** Published matrices from sRGB. */
export const P3 = {
  matrix: [
    [0.8225, 0.1775, 0],
    [0.0332, 0.9668, 0],
    [0.0171, 0.0724, 0.9105],
  ],
} as const
export const ADOBE = {
  matrix: [
    [0.7152, 0.2848, 0],
    [0, 1, 0],
    [0, 0.0412, 0.9588],
  ],
  gamma: 2.2,
} as const

export type Depth = 8 | 16 | 32 | 'half' | 'float'

export interface SampleOptions {
  bands: 1 | 2 | 3 | 4
  colours: readonly Shown[]
  model?: Model
  /** @default 8 */
  depth?: Depth
  isBigEndian?: boolean
  /** EXIF orientation that shows it upright. @default 1 */
  orientation?: number
  isPremultiplied?: boolean
  /** Inks: cyan, magenta, yellow, black, of which the last one stays empty. */
  isCmyk?: boolean
}

export interface Stored {
  width: number
  height: number
  samples: Buffer
}

export const samplesOf = (options: SampleOptions): Stored => {
  const { orientation = 1, depth = 8, isBigEndian = false } = options
  const patches = options.colours.map((colour) =>
    storedColour(colour, options).map((value) => coded(value, depth, isBigEndian)),
  )
  const pixels = patches.map((values) => Buffer.concat(values))
  const { width, height } = orientation >= 5 ? { width: SIZE.height, height: SIZE.width } : SIZE
  const rows: Buffer[] = []
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [shownX, shownY] = shownAt(orientation, x, y)
      rows.push(pixels[Math.floor(shownY / PATCH) * 3 + Math.floor(shownX / PATCH)] ?? Buffer.alloc(0))
    }
  return { width, height, samples: Buffer.concat(rows) }
}

/** Where a stored pixel is shown (EXIF 2.3, tag 0x0112). */
const shownAt = (orientation: number, x: number, y: number): readonly [number, number] => {
  const [right, bottom] = [SIZE.width - 1, SIZE.height - 1]
  switch (orientation) {
    case 2:
      return [right - x, y]
    case 3:
      return [right - x, bottom - y]
    case 4:
      return [x, bottom - y]
    case 5:
      return [y, x]
    case 6:
      return [right - y, x]
    case 7:
      return [right - y, bottom - x]
    case 8:
      return [y, bottom - x]
    default:
      return [x, y]
  }
}

/** Values of the samples of a pixel, 0 to 1. */
const storedColour = (
  [r, g, b, alpha]: Shown,
  { bands, model = {}, isPremultiplied, isCmyk }: SampleOptions,
): number[] => {
  const light = [r, g, b].map((level) => linearOf(level / 255))
  const own = model.matrix?.map((row) => row.reduce((sum, part, at) => sum + part * (light[at] ?? 0), 0)) ?? light
  const opacity = alpha / 255
  const values = own.map((value) => {
    const sample = model.gamma === undefined ? encodedOf(value) : Math.max(0, value) ** (1 / model.gamma)
    return isPremultiplied ? sample * opacity : sample
  })
  if (isCmyk) return [...values.map((value) => 1 - value), 0]
  const colour = bands < 3 ? values.slice(1, 2) : values
  return bands % 2 === 0 ? [...colour, opacity] : colour
}

const linearOf = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
const encodedOf = (value: number): number => (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055)

const coded = (value: number, depth: Depth, isBigEndian: boolean): Buffer => {
  const bytes = Buffer.alloc(depth === 'float' || depth === 32 ? 4 : depth === 8 ? 1 : 2)
  if (depth === 'float') bytes.writeFloatLE(value)
  else if (depth === 'half') bytes.writeUInt16LE(halfOf(value))
  else bytes.writeUIntLE(Math.round(value * (2 ** depth - 1)), 0, bytes.length)
  return isBigEndian ? bytes.reverse() : bytes
}

/** IEEE 754 half precision of a number from 0 to 1. */
const halfOf = (value: number): number => {
  if (value < 2 ** -14) return Math.round(value * 2 ** 24)
  const exponent = Math.floor(Math.log2(value))
  return ((exponent + 15) << 10) + Math.round((value / 2 ** exponent - 1) * 1024)
}
