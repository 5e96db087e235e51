// Finds out what the samples of an upload mean, from everything that says it: the one answer that the original, the
// variants and each render use.

import { cicpModel } from '../codecs/colour/cicp.ts'
import { type Profile, readProfile } from '../codecs/colour/icc.ts'
import { type ColourModel, isSrgbModel } from '../codecs/colour/model.ts'
import { readPngColour } from '../codecs/colour/png-colour.ts'
import { readPrimaryItem } from '../codecs/isobmff/primary-item.ts'
import { unsupportedLayout } from '../codecs/unsupported.ts'
import type { AcceptedType } from '../encoder.ts'

/** Samples of a decoded picture, in the words of libvips. */
export interface SampleLayout {
  /** Interpretation: `b-w`, `srgb`, `cmyk` … */
  space: string
  /** Format of a sample: `uchar`, `ushort`, `float` … */
  depth: string
  bands: number
}

/** How samples become sRGB. */
export type Colour = { by: 'model'; model: ColourModel } | { by: 'tables'; profile: Buffer }

export interface Meaning {
  layout: SampleLayout
  /**
   * Undefined where the samples are sRGB, and of CMYK and Lab, which are left to the decoder. It takes Lab for relative to
   * D65, as TIFF 6.0 (section 23) and ImageMagick do; Photoshop and libtiff take D50.
   */
  colour: Colour | undefined
  /** True where colours are multiplied by alpha. */
  isPremultiplied: boolean
}

/** Sample layouts whose meaning is known: a band beyond grey or RGB is alpha. */
const LAYOUTS = [
  { space: 'b-w', depth: 'uchar', bands: [1, 2] },
  { space: 'grey16', depth: 'ushort', bands: [1, 2] },
  { space: 'grey16', depth: 'float', bands: [1, 2] },
  { space: 'b-w', depth: 'uint', bands: [1, 2] },
  { space: 'b-w', depth: 'float', bands: [1, 2] },
  { space: 'srgb', depth: 'uchar', bands: [3, 4] },
  { space: 'rgb16', depth: 'ushort', bands: [3, 4] },
  { space: 'srgb', depth: 'uint', bands: [3, 4] },
  { space: 'scrgb', depth: 'float', bands: [3, 4] },
  { space: 'labs', depth: 'short', bands: [3] },
  { space: 'cmyk', depth: 'uchar', bands: [4] },
  { space: 'cmyk', depth: 'ushort', bands: [4] },
]

/** @throws TintypeError `unsupported_image_layout` */
export const assertKnownLayout = ({ space, depth, bands }: SampleLayout): void => {
  if (LAYOUTS.some((known) => known.space === space && known.depth === depth && known.bands.includes(bands))) return
  throw unsupportedLayout('The picture', 'samples', `${bands} of type ${depth} in colour space ${space}`, [
    'grey, RGB or CMYK of 8 or 16 bits',
    'grey or RGB of 32 bits',
  ])
}

/**
 * The meaning of the samples: by the ICC profile, else by the code points or chunks of the format, else sRGB. A profile of
 * another colour model than the samples is ignored, as is the colour space that EXIF names.
 *
 * @param icc as the decoder found it, not checked
 * @throws TintypeError `damaged_image` where the boxes of an AVIF or HEIC file cannot be read
 */
export const meaningOf = (
  bytes: Buffer,
  type: AcceptedType,
  layout: SampleLayout,
  icc: Buffer | undefined,
): Meaning => {
  if (layout.space === 'cmyk' || layout.space === 'labs') return { layout, colour: undefined, isPremultiplied: false }
  const said = saidBy(bytes, type, icc)
  const isGrey = layout.bands < 3 || said.isGrey
  const profile =
    said.icc && (readProfile(said.icc, isGrey ? 1 : 3) ?? (layout.bands < 3 ? undefined : readProfile(said.icc, 3)))
  const colour = said.icc ? colourOfProfile(profile) : colourOfModel(said.model)
  return { layout, colour, isPremultiplied: said.isPremultiplied ?? false }
}

/** What a file says of its samples. */
interface Said {
  icc?: Buffer | undefined
  /** Applies where there is no profile. */
  model?: ColourModel | undefined
  /** True where grey samples are decoded to three equal channels. */
  isGrey?: boolean
  isPremultiplied?: boolean
}

const saidBy = (bytes: Buffer, type: AcceptedType, icc: Buffer | undefined): Said => {
  switch (type) {
    case 'image/png':
      return readPngColour(bytes)
    case 'image/avif':
    case 'image/heic': {
      const { icc: own = icc, nclx, isGrey, alpha } = readPrimaryItem(bytes) ?? {}
      const model = nclx && cicpModel(nclx.primaries, nclx.transfer, { isVideo: true })
      return { icc: own, model, isGrey: isGrey ?? false, isPremultiplied: alpha?.isPremultiplied ?? false }
    }
    default:
      return { icc }
  }
}

export const colourOfProfile = (profile: Profile | undefined): Colour | undefined =>
  profile && (profile.model ? { by: 'model', model: profile.model } : { by: 'tables', profile: profile.bytes })

const colourOfModel = (model: ColourModel | undefined): Colour | undefined =>
  model && !isSrgbModel(model) ? { by: 'model', model } : undefined
