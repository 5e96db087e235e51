// Describes the primary picture of an AVIF or HEIC file: its dimensions, coding, colour and transparency. ISO/IEC 23008-12
// (HEIF) and 23000-22 (MIAF).

import { failDamaged, fullBox, readerOf } from './boxes.ts'
import { readGrid, sourcesOf } from './derived.ts'
import { type Item, type Meta, readMeta } from './meta.ts'
import { placementOf } from './placement.ts'

/** Colour of coded pixels, numbers of ITU-T H.273. */
export interface Nclx {
  primaries: number
  transfer: number
  matrix: number
  isFullRange: boolean
}

interface PixelSize {
  width: number
  height: number
}

export interface PrimaryItem extends PixelSize {
  id: number
  /** `av01`, `hvc1`, or a derived picture: `grid`, `iden`, `iovl`. */
  type: string
  /** Types of the items that contain its pixels: of a grid, those of its tiles. */
  codings: readonly string[]
  /** Dimensions as shown; `width` and `height` are as stored, before clean aperture and rotation. */
  shown: PixelSize
  /** Most pixels that a decoder holds of one layer: tiles can reach over the edges of their picture. */
  decodedPixels: number
  /** ICC profile (`colr` of type `prof` or `rICC`), not checked. */
  icc?: Buffer
  /** Present beside a profile too, which then takes precedence; its matrix still says how the pixels are coded. */
  nclx?: Nclx
  /** Bits of each channel, as coded: 8, 10 or 12. */
  depth: number
  /** True where the coded pixels have no colour. */
  isGrey: boolean
  /** Where it has an auxiliary picture of opacity. */
  alpha?: { isPremultiplied: boolean }
}

/** Auxiliary types of opacity: of MIAF, and of HEVC in HEIF. */
const ALPHA_TYPES = ['urn:mpeg:mpegB:cicp:systems:auxiliary:alpha', 'urn:mpeg:hevc:2015:auxid:1']

/** Types of items that are made from others, which `dimg` refers to. */
const DERIVED = ['grid', 'iden', 'iovl']

/**
 * Reads the primary picture, which the file names in `pitm`; undefined where it has no items, as a sequence may.
 *
 * @throws TintypeError `damaged_image`
 */
export const readPrimaryItem = (file: Buffer): PrimaryItem | undefined => {
  const meta = readMeta(file)
  if (!meta) return undefined
  const measure = createMeasure(meta)
  const { item, width, height, pixels, coded } = measure(meta.primary)
  const alphaId = alphaOf(meta)
  const alphaPixels = alphaId === undefined ? 0 : measure(alphaId).pixels
  const [first = item] = coded
  const shown = placementOf({ width, height }, item.properties)
  return {
    id: item.id,
    type: item.type,
    codings: [...new Set([...coded].map(({ type }) => type))],
    width,
    height,
    shown: { width: shown.width, height: shown.height },
    decodedPixels: Math.max(pixels, alphaPixels),
    ...colourOf(item, first),
    ...samplesOf(first),
    ...(alphaId !== undefined && {
      alpha: { isPremultiplied: meta.references.some(({ type, from }) => type === 'prem' && from === item.id) },
    }),
  }
}

interface Measured extends PixelSize {
  item: Item
  /** Pixels that have to be decoded for it. */
  pixels: number
  /** Items that hold its pixels. */
  coded: ReadonlySet<Item>
}

/** Measures each item once: items can be derived from the same ones many times over. */
const createMeasure = (meta: Meta): ((id: number) => Measured) => {
  const sources = sourcesOf(meta)
  const known = new Map<number, Measured | 'in progress'>()

  const measure = (id: number): Measured => {
    const before = known.get(id)
    if (before === 'in progress') return failDamaged('a picture is derived from itself')
    if (before) return before
    known.set(id, 'in progress')
    const measured = measureNew(meta.items.get(id) ?? failDamaged('a picture does not exist'))
    known.set(id, measured)
    return measured
  }
  const measureNew = (item: Item): Measured => {
    const size = sizeOf(item)
    if (!DERIVED.includes(item.type)) return { item, ...size, pixels: size.width * size.height, coded: new Set([item]) }
    const inputs = (sources.get(item.id) ?? []).map(measure)
    if (item.type === 'grid') assertGrid(meta, item, size, inputs)
    const coded = new Set([...new Set(inputs)].flatMap((input) => [...input.coded]))
    const pixels = inputs.reduce((sum, input) => sum + input.pixels, 0)
    return { item, ...size, pixels: Math.max(size.width * size.height, pixels), coded }
  }
  return measure
}

/** @throws TintypeError `damaged_image` */
export const sizeOf = (item: Item): PixelSize => {
  const { reader } = fullBox(propertyOf(item, 'ispe') ?? failDamaged('a picture has no dimensions'))
  const [width, height] = [reader.uint(4), reader.uint(4)]
  return width > 0 && height > 0 ? { width, height } : failDamaged('a picture has no pixels')
}

/** @throws TintypeError `damaged_image` where the tiles do not cover the picture exactly, but for its last row and column */
const assertGrid = (meta: Meta, item: Item, size: PixelSize, tiles: readonly Measured[]): void => {
  const { rows, columns, width, height } = readGrid(meta, item.id)
  const [tile] = tiles
  if (!tile || tiles.length !== rows * columns) failDamaged('a grid has not as many tiles as it says')
  else if (tiles.some((one) => one.width !== tile.width || one.height !== tile.height))
    failDamaged('the tiles of a grid have different dimensions')
  else if (!isCovered(width, tile.width, columns) || !isCovered(height, tile.height, rows))
    failDamaged('the tiles of a grid do not cover it')
  if (width !== size.width || height !== size.height) failDamaged('a grid has two different dimensions')
}

const isCovered = (side: number, tile: number, count: number): boolean =>
  tile * count >= side && tile * (count - 1) < side

/** The auxiliary picture with the opacity of the primary one. */
export const alphaOf = (meta: Meta): number | undefined =>
  meta.references.find(({ type, from, to }) => {
    const item = meta.items.get(from)
    const description = item && type === 'auxl' && to.includes(meta.primary) ? propertyOf(item, 'auxC') : undefined
    return description !== undefined && ALPHA_TYPES.includes(fullBox(description).reader.text())
  })?.from

/** A grid without colour of its own has that of its tiles. */
const colourOf = (item: Item, first: Item): Pick<PrimaryItem, 'icc' | 'nclx'> => {
  const own = coloursIn(item)
  return own.icc || own.nclx ? own : coloursIn(first)
}

/** @throws TintypeError `damaged_image` */
export const coloursIn = (item: Item): Pick<PrimaryItem, 'icc' | 'nclx'> => {
  const colours: Pick<PrimaryItem, 'icc' | 'nclx'> = {}
  for (const { type, content } of item.properties) {
    if (type !== 'colr') continue
    const reader = readerOf(content)
    const kind = reader.take(4).toString('latin1')
    if (kind === 'prof' || kind === 'rICC') colours.icc ??= reader.take(reader.left)
    if (kind === 'nclx')
      colours.nclx ??= {
        primaries: reader.uint(2),
        transfer: reader.uint(2),
        matrix: reader.uint(2),
        isFullRange: reader.uint(1) >> 7 === 1,
      }
  }
  return colours
}

/** Bits and channels as the configuration of the coded item says: AV1 in ISOBMFF 2.3, ISO/IEC 14496-15 8.3.3. */
const samplesOf = (item: Item): Pick<PrimaryItem, 'depth' | 'isGrey'> => {
  const av1 = propertyOf(item, 'av1C')
  if (av1) {
    const flags = readerOf(av1.subarray(2)).uint(1)
    return { depth: (flags & 0x40) === 0 ? 8 : (flags & 0x20) === 0 ? 10 : 12, isGrey: (flags & 0x10) !== 0 }
  }
  const hevc = propertyOf(item, 'hvcC')
  if (!hevc) return { depth: 8, isGrey: false }
  const reader = readerOf(hevc.subarray(16))
  const chroma = reader.uint(1) & 3
  return { depth: 8 + (reader.uint(1) & 7), isGrey: chroma === 0 }
}

export const propertyOf = (item: Item, type: string): Buffer | undefined =>
  item.properties.find((property) => property.type === type)?.content
