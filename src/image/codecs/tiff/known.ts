// Layouts of TIFF files that are decoded right. Each was compared with known pixels (test/image/codecs/tiff/known).

import { unsupportedLayout } from '../unsupported.ts'
import type { TiffDirectory } from './directory.ts'

/** Names by value of the tag `Compression` that are decoded. */
const COMPRESSIONS: Record<number, string> = {
  1: 'none',
  2: 'CCITT RLE',
  3: 'CCITT Group 3',
  4: 'CCITT Group 4',
  5: 'LZW',
  7: 'JPEG',
  8: 'Deflate',
  32773: 'PackBits',
  32946: 'Deflate',
  50001: 'WebP',
}

/** For messages. */
const OTHER_COMPRESSIONS: Record<number, string> = {
  6: 'old-style JPEG',
  9: 'JBIG (T.85)',
  10: 'JBIG (T.43)',
  32766: 'NeXT',
  32771: 'CCITT RLE with words',
  32809: 'ThunderScan',
  32867: 'Kodak 262',
  32895: 'IT8 CT',
  32896: 'IT8 LW',
  32897: 'IT8 MP',
  32898: 'IT8 BL',
  32908: 'Pixar Film',
  32909: 'Pixar Log',
  33003: 'JPEG 2000',
  33004: 'JPEG 2000',
  33005: 'JPEG 2000',
  33007: 'JPEG',
  34661: 'JBIG',
  34663: 'JBIG2',
  34676: 'SGI Log',
  34677: 'SGI Log 24',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34892: 'lossy JPEG',
  34925: 'LZMA',
  34933: 'PNG',
  34934: 'JPEG XR',
  50000: 'Zstandard',
  50002: 'JPEG XL',
  52546: 'JPEG XL',
}

const PHOTOMETRICS: Record<number, string> = {
  0: 'white is zero',
  1: 'black is zero',
  2: 'RGB',
  3: 'palette',
  4: 'transparency mask',
  5: 'separated',
  6: 'YCbCr',
  8: 'CIE L*a*b*',
  9: 'ICC L*a*b*',
  10: 'ITU L*a*b*',
  32803: 'colour filter array',
  32844: 'CIE Log L',
  32845: 'CIE Log Luv',
  34892: 'linear raw',
}

/** Values of the tags that matter here. */
export const JPEG = 7
const CCITT: readonly number[] = [2, 3, 4]
const PREDICTED: readonly number[] = [5, 8, 32946]
const WEBP = 50001
export const YCBCR = 6
const [WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, SEPARATED, CIELAB] = [0, 1, 2, 3, 5, 8]
const GREYS = [WHITE_IS_ZERO, BLACK_IS_ZERO]
const [UNSIGNED, FLOAT, UNDEFINED] = [1, 3, 4]

/** Number of colour samples of a pixel. */
const COLOURS: Record<number, number> = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3, 8: 3 }

/** Depths of unsigned samples by photometric interpretation. */
const DEPTHS: Record<number, readonly number[]> = {
  0: [1, 2, 4, 8, 16, 32],
  1: [1, 2, 4, 8, 16, 32],
  2: [8, 16, 32],
  3: [1, 2, 4, 8, 16],
  5: [8, 16],
  6: [8],
  8: [16],
}

/** Sample formats for messages. */
const SAMPLE_FORMATS: Record<number, string> = {
  1: 'unsigned',
  2: 'signed',
  3: 'float',
  4: 'undefined',
  5: 'complex integer',
  6: 'complex float',
}

/** Extra samples for messages. */
const EXTRA_SAMPLES = ['unspecified', 'premultiplied alpha', 'alpha']

/** Limits of libvips: multiples of 16, as TIFF demands, up to 8192. */
const isTileSide = (side: number): boolean => side > 0 && side % 16 === 0 && side <= 8192

/**
 * Refuses a picture in a layout that libvips cannot decode, or decodes wrong.
 *
 * @throws TintypeError `unsupported_image_layout`
 */
export const assertKnownTiff = (tiff: TiffDirectory): void => {
  const expect = (isKnown: boolean, property: string, received: string, accepted: readonly string[]): void => {
    if (!isKnown) throw unsupportedLayout('The TIFF file', property, received, accepted)
  }
  const { compression, photometric, samplesPerPixel, tile, isPlanar } = tiff
  expect(compression in COMPRESSIONS, 'compression', named(OTHER_COMPRESSIONS, compression), [
    ...new Set(Object.values(COMPRESSIONS)),
  ])
  const known = Object.keys(DEPTHS).map((value) => PHOTOMETRICS[Number(value)] ?? value)
  expect(photometric in DEPTHS, 'photometric interpretation', named(PHOTOMETRICS, photometric), known)
  expect(tiff.inkSet === 1 || photometric !== SEPARATED, 'ink set', `inks other than CMYK (${tiff.inkSet})`, ['CMYK'])
  expectSamples(tiff, expect)
  expectDepth(tiff, expect)
  expectCompression(tiff, expect)
  expect(
    !tile || (isTileSide(tile.width) && isTileSide(tile.height)),
    'tiles',
    `${tile?.width} × ${tile?.height} pixels`,
    ['with sides that are multiples of 16, up to 8192'],
  )
  // libvips skips lines of all but plain samples, and cannot read tiles.
  const isPlain = photometric === RGB || photometric === SEPARATED || (samplesPerPixel === 1 && bitsOf(tiff) >= 8)
  const isHalf = tiff.sampleFormats[0] === FLOAT && bitsOf(tiff) === 16
  expect(!isPlanar || !tile, 'planar configuration', 'separate planes in tiles', ['one plane'])
  expect(!isPlanar || (isPlain && !isHalf), 'planar configuration', 'separate planes', ['one plane'])
  expect(tiff.hasSortedPalette, 'order of tags', 'the palette before the depth', ['ascending'])
}

type Expect = (isKnown: boolean, property: string, received: string, accepted: readonly string[]) => void

/** Colours, and one alpha at most. */
const expectSamples = ({ photometric, samplesPerPixel, extraSamples }: TiffDirectory, expect: Expect): void => {
  const colours = COLOURS[photometric] ?? 0
  const extra = samplesPerPixel - colours
  const [meaning = 0] = extraSamples
  const names = Array.from({ length: Math.max(0, extra) }, (_, index) => EXTRA_SAMPLES[extraSamples[index] ?? 0])
  const received = `${samplesPerPixel} samples a pixel${names.length > 0 ? ` (extra: ${names.slice(0, 8).join(', ')})` : ''}`
  const mayHaveAlpha = [...GREYS, RGB, PALETTE].includes(photometric)
  const hasAlpha = mayHaveAlpha && extra === 1 && (meaning === 1 || meaning === 2)
  const accepted = mayHaveAlpha ? [`${colours}`, `${colours} and an alpha`] : [`${colours}`]
  expect(extra === 0 || hasAlpha, 'samples', received, accepted)
}

const expectDepth = (tiff: TiffDirectory, expect: Expect): void => {
  const { bits, sampleFormats, photometric, samplesPerPixel } = tiff
  expect(bits.length === 1, 'samples', `${bits.slice(0, 8).join(', ')} bits`, ['of equal depth'])
  expect(sampleFormats.length === 1, 'samples', 'several formats', ['of one format'])
  const format = sampleFormats[0] ?? UNSIGNED
  const isFloat = format === FLOAT && (photometric === BLACK_IS_ZERO || photometric === RGB)
  const isUnsigned = format === UNSIGNED || format === UNDEFINED
  expect(isFloat || isUnsigned, 'sample format', named(SAMPLE_FORMATS, format), ['unsigned', 'float (grey or RGB)'])
  const depths = isFloat ? [16, 32] : (DEPTHS[photometric] ?? []).filter((depth) => depth >= 8 || samplesPerPixel === 1)
  expect(depths.includes(bitsOf(tiff)), 'depth', `${bitsOf(tiff)} bits a sample`, depths.map(String))
  // libvips divides other samples by alpha wrongly: they become white, or transparent.
  const isDivided = isFloat ? photometric === RGB : bitsOf(tiff) <= 16
  const isPremultiplied = samplesPerPixel > (COLOURS[photometric] ?? 0) && tiff.extraSamples[0] === 1
  const type = `${named(SAMPLE_FORMATS, format)} samples of ${bitsOf(tiff)} bits`
  expect(!isPremultiplied || isDivided, 'alpha', `premultiplied alpha beside ${type}`, ['that is not premultiplied'])
}

const expectCompression = (tiff: TiffDirectory, expect: Expect): void => {
  const { compression, photometric, samplesPerPixel, predictor, chroma, tile } = tiff
  const name = COMPRESSIONS[compression] ?? ''
  const depth = bitsOf(tiff)
  const samples = `${samplesPerPixel} samples of ${depth} bits`
  expect(!CCITT.includes(compression) || (depth === 1 && samplesPerPixel === 1), `${name} with`, samples, ['1 bit'])
  const isJpeg = depth === 8 && samplesPerPixel === COLOURS[photometric] && photometric !== PALETTE
  expect(compression !== JPEG || isJpeg, `${name} with`, samples, ['8 bits a sample and no extra samples'])
  const isWebp = depth === 8 && photometric === RGB && !tiff.isPlanar
  expect(compression !== WEBP || isWebp, `${name} with`, samples, ['RGB of 8 bits'])
  const isFloat = tiff.sampleFormats[0] === FLOAT
  const predictors = depth < 8 ? [1] : isFloat ? [1, 2, 3] : [1, 2]
  const isPredicted = !PREDICTED.includes(compression) || predictors.includes(predictor)
  expect(isPredicted, 'predictor', `${predictor}`, predictors.map(String))
  // libvips takes the samples of other YCbCr pictures for RGB.
  const isSubsampled = chroma[0] === 2 && (chroma[1] === 1 || chroma[1] === 2) && !tile
  expect(
    photometric !== YCBCR || compression === JPEG || isSubsampled,
    'YCbCr',
    `${name}${tile ? ' tiles' : ''}, ${chroma.join(' × ')} pixels for each sample of chroma`,
    ['JPEG', 'strips of 2 × 2', 'strips of 2 × 1'],
  )
  expect(photometric !== CIELAB || compression !== JPEG, `${name} with`, 'CIE L*a*b*', ['other colours'])
}

/** Depth of the first sample. */
export const bitsOf = ({ bits }: Pick<TiffDirectory, 'bits'>): number => bits[0] ?? 1

const named = (names: Record<number, string>, value: number): string =>
  value in names ? `${names[value]} (${value})` : `${value}`
