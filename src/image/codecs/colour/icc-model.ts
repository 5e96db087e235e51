// Colour models of ICC profiles (ICC.1:2022) that consist of curves and primaries.

import { cicpModel } from './cicp.ts'
import { type ColourModel, type Curve, gammaCurve, matrixOfColorants } from './model.ts'

/** Tags of a profile that colours depend on, by name. */
export interface ProfileTags {
  /** `GRAY`, `RGB ` or `CMYK`. */
  space: string
  /** Connection space: `XYZ ` or `Lab `. */
  connection: string
  tags: ReadonlyMap<string, Buffer>
}

/** Transfer characteristics of HDR (ITU-T H.273). Curves of a profile cannot say them, tables only with a loss. */
const HDR_TRANSFERS = [16, 18]

/** The model of a profile; undefined where it has tables, or is incomplete. */
export const modelOfProfile = ({ space, connection, tags }: ProfileTags): ColourModel | undefined => {
  const cicp = tags.get('cicp')
  if (cicp && cicp.length >= 12 && HDR_TRANSFERS.includes(cicp[9] ?? 0)) return cicpModel(cicp[8] ?? 0, cicp[9] ?? 0)
  // Tables take precedence over primaries and curves.
  if (hasTables({ tags })) return undefined
  if (space === 'GRAY') {
    const curve = curveOf(tags.get('kTRC'))
    if (!curve) return undefined
    // With Lab as connection space, the curve gives the lightness (ICC.1:2022, 8.3.4).
    return { curves: [connection === 'Lab ' ? (sample) => luminanceOf(curve(sample)) : curve], matrix: undefined }
  }
  const [red, green, blue] = ['rTRC', 'gTRC', 'bTRC'].map((name) => curveOf(tags.get(name)))
  const [r, g, b] = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => xyzOf(tags.get(name)))
  if (connection !== 'XYZ ' || !red || !green || !blue || !r || !g || !b) return undefined
  return {
    curves: [red, green, blue],
    matrix: matrixOfColorants([r[0], g[0], b[0], r[1], g[1], b[1], r[2], g[2], b[2]]),
  }
}

/** True where samples are looked up in tables of the perceptual intent, which pictures are shown with. */
export const hasTables = ({ tags }: Pick<ProfileTags, 'tags'>): boolean => tags.has('A2B0') || tags.has('D2B0')

/** @param lightness L* of CIELAB, as a part of 100 */
const luminanceOf = (lightness: number): number => {
  const f = (lightness * 100 + 16) / 116
  return f > 6 / 29 ? f ** 3 : 3 * (6 / 29) ** 2 * (f - 4 / 29)
}

const xyzOf = (data: Buffer | undefined): readonly [number, number, number] | undefined =>
  data && data.length >= 20 && data.toString('latin1', 0, 4) === 'XYZ '
    ? [fixed(data, 8), fixed(data, 12), fixed(data, 16)]
    : undefined

/** Parameters of each function type of `para`. */
const PARAMETERS = [1, 3, 4, 5, 7]

/** `curv` and `para`; undefined for others. */
const curveOf = (data: Buffer | undefined): Curve | undefined => {
  const type = data && data.length >= 12 ? data.toString('latin1', 0, 4) : ''
  if (!data || (type !== 'curv' && type !== 'para')) return undefined
  if (type === 'curv') return sampledCurve(data, data.readUInt32BE(8))
  const kind = data.readUInt16BE(8)
  const count = PARAMETERS[kind]
  if (count === undefined || data.length < 12 + 4 * count) return undefined
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from({ length: count }, (_, at) =>
    fixed(data, 12 + 4 * at),
  )
  const power = (sample: number): number => Math.max(0, a * sample + b) ** g
  switch (kind) {
    case 0:
      return gammaCurve(g)
    case 1:
      return (sample) => (a * sample + b >= 0 ? power(sample) : 0)
    case 2:
      return (sample) => (a * sample + b >= 0 ? power(sample) + c : c)
    case 3:
      return (sample) => (sample >= d ? power(sample) : c * sample)
    default:
      return (sample) => (sample >= d ? power(sample) + e : c * sample + f)
  }
}

const sampledCurve = (data: Buffer, count: number): Curve | undefined => {
  if (count === 0) return (sample) => sample
  if (12 + 2 * count > data.length) return undefined
  if (count === 1) return gammaCurve(data.readUInt16BE(12) / 256)
  const sampleAt = (index: number) => data.readUInt16BE(12 + 2 * Math.min(index, count - 1)) / 65_535
  return (sample) => {
    const position = sample * (count - 1)
    const below = Math.floor(position)
    return sampleAt(below) + (sampleAt(below + 1) - sampleAt(below)) * (position - below)
  }
}

/** s15Fixed16Number */
const fixed = (data: Buffer, at: number): number => data.readInt32BE(at) / 65_536
