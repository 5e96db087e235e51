// Colour models of the code points of ITU-T H.273, which PNG (`cICP`), AVIF, HEIC (`nclx`) and ICC profiles (`cicp`) use.

import {
  type ColourModel,
  type Curve,
  gammaCurve,
  linearOfSrgb,
  matrixBetween,
  matrixOfPrimaries,
  type Primaries,
  SRGB_PRIMARIES,
} from './model.ts'
import { createToneMap, linearOfHlg, linearOfPq } from './tone-map.ts'

const D65 = [0.3127, 0.329] as const
const ILLUMINANT_C = [0.31, 0.316] as const

const BT2020: Primaries = [0.708, 0.292, 0.17, 0.797, 0.131, 0.046, ...D65]

/** By `ColourPrimaries`. 2 is "unspecified". */
const PRIMARIES: Readonly<Record<number, Primaries>> = {
  1: SRGB_PRIMARIES,
  2: SRGB_PRIMARIES,
  4: [0.67, 0.33, 0.21, 0.71, 0.14, 0.08, ...ILLUMINANT_C],
  5: [0.64, 0.33, 0.29, 0.6, 0.15, 0.06, ...D65],
  6: [0.63, 0.34, 0.31, 0.595, 0.155, 0.07, ...D65],
  7: [0.63, 0.34, 0.31, 0.595, 0.155, 0.07, ...D65],
  8: [0.681, 0.319, 0.243, 0.692, 0.145, 0.049, ...ILLUMINANT_C],
  9: BT2020,
  10: [1, 0, 0, 1, 0, 0, 1 / 3, 1 / 3],
  11: [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.314, 0.351],
  12: [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, ...D65],
  22: [0.63, 0.34, 0.295, 0.605, 0.155, 0.077, ...D65],
}

/** Screens of BT.709, BT.601 and BT.2020 (BT.1886). Their camera curves are not what such samples are shown with. */
const linearOfVideo = gammaCurve(2.4)
const linearOf240: Curve = (sample) => (sample < 0.0913 ? sample / 4 : ((sample + 0.1115) / 1.1115) ** (1 / 0.45))

/** By `TransferCharacteristics`. */
const TRANSFERS: Readonly<Record<number, Curve>> = {
  1: linearOfVideo,
  2: linearOfSrgb,
  4: gammaCurve(2.2),
  5: gammaCurve(2.8),
  6: linearOfVideo,
  7: linearOf240,
  8: (sample) => sample,
  11: linearOfVideo,
  13: linearOfSrgb,
  14: linearOfVideo,
  15: linearOfVideo,
  16: linearOfPq,
  // 48 cd/m² are white, of the 52.37 that the largest sample means.
  17: (sample) => (52.37 / 48) * sample ** 2.6,
  18: linearOfHlg,
}

const VIDEO_TRANSFERS = [1, 6, 11, 14, 15]

export interface CicpOptions {
  /**
   * Treats the curves of video as the curve of sRGB, as browsers do with AVIF files: programs that make them from
   * sRGB pixels write these code points without converting. @default false
   */
  isVideo?: boolean
}

/** The model of two code points; undefined where one is reserved or not supported. Equal to sRGB where both are unspecified. */
export const cicpModel = (
  primaries: number,
  transfer: number,
  { isVideo = false }: CicpOptions = {},
): ColourModel | undefined => {
  const chromaticities = PRIMARIES[primaries]
  const curve = isVideo && VIDEO_TRANSFERS.includes(transfer) ? linearOfSrgb : TRANSFERS[transfer]
  if (!chromaticities || !curve) return undefined
  const model = { curves: [curve, curve, curve], matrix: matrixOfPrimaries(chromaticities) } as const
  if (transfer !== 16 && transfer !== 18) return model
  const toBt2020 = primaries === 9 ? undefined : matrixBetween(chromaticities, BT2020)
  return { ...model, toneMap: createToneMap({ toBt2020, isScene: transfer === 18 }) }
}
