// Colour models by transfer curves and primaries, and the way from them to sRGB (IEC 61966-2-1).

/** Takes a sample, 0 to 1, to linear light, where 1 is the white of the model. */
export type Curve = (sample: number) => number

/** A matrix of 3×3, row by row. */
export type Matrix = readonly [number, number, number, number, number, number, number, number, number]

export interface ColourModel {
  /** One for grey samples, three for red, green and blue. */
  curves: readonly [Curve] | readonly [Curve, Curve, Curve]
  /** Linear light of the model to that of sRGB; undefined where the primaries are those of sRGB. */
  matrix: Matrix | undefined
  /** Brings light above white into range, before the matrix; undefined where there is none. */
  toneMap?: ToneMap
}

/** Changes linear red, green and blue in place. */
export type ToneMap = (light: Float64Array) => void

/** Chromaticities x, y of red, green, blue and white. */
export type Primaries = readonly [number, number, number, number, number, number, number, number]

/** Of BT.709, which sRGB shares. */
export const SRGB_PRIMARIES: Primaries = [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329]

/** White of ICC profiles. */
const D50: Vector = [0.9642, 1, 0.8249]

/** Tolerances of a model that counts as sRGB: a hundredth of an 8 bit level at mid grey. */
const MATRIX_TOLERANCE = 0.004
const CURVE_TOLERANCE = 0.001
const CURVE_SAMPLES = 32

type Vector = readonly [number, number, number]

export const linearOfSrgb: Curve = (sample) => (sample <= 0.04045 ? sample / 12.92 : ((sample + 0.055) / 1.055) ** 2.4)

export const srgbOfLinear: Curve = (light) => (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055)

/** Power curve. */
export const gammaCurve =
  (gamma: number): Curve =>
  (sample) =>
    sample ** gamma

/** True where samples of the model mean the same as those of sRGB. */
export const isSrgbModel = ({ curves, matrix, toneMap }: ColourModel): boolean =>
  !matrix && !toneMap && curves.every(isSrgbCurve)

export const isSrgbCurve = (curve: Curve): boolean => {
  for (let sample = 0; sample <= CURVE_SAMPLES; sample++) {
    const value = sample / CURVE_SAMPLES
    if (!(Math.abs(curve(value) - linearOfSrgb(value)) <= CURVE_TOLERANCE)) return false
  }
  return true
}

/** Matrix of a model to linear sRGB, from its chromaticities; undefined where they are those of sRGB or span no space. */
export const matrixOfPrimaries = (primaries: Primaries): Matrix | undefined => matrixOfColorants(toD50(primaries))

/** Matrix from linear light of some primaries to that of others. */
export const matrixBetween = (from: Primaries, to: Primaries): Matrix => multiply(invert(toD50(to)), toD50(from))

/**
 * Matrix of a model to linear sRGB.
 *
 * @param colorants XYZ of red, green and blue as columns, adapted to D50 as in ICC profiles
 */
export const matrixOfColorants = (colorants: Matrix): Matrix | undefined => {
  const matrix = multiply(SRGB_OF_D50, colorants)
  return isIdentity(matrix) || !matrix.every(Number.isFinite) ? undefined : matrix
}

/** XYZ at D50 of chromaticities, adapted by the Bradford transform. */
const toD50 = ([rx, ry, gx, gy, bx, by, wx, wy]: Primaries): Matrix => {
  const columns: Matrix = [rx, gx, bx, ry, gy, by, 1 - rx - ry, 1 - gx - gy, 1 - bx - by]
  const white: Vector = [wx / wy, 1, (1 - wx - wy) / wy]
  const [r, g, b] = apply(invert(columns), white)
  return multiply(adaptation(white), scaleColumns(columns, [r, g, b]))
}

const BRADFORD: Matrix = [0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296]

const adaptation = (white: Vector): Matrix => {
  const [from, to] = [apply(BRADFORD, white), apply(BRADFORD, D50)]
  const scaled = scaleRows(BRADFORD, [to[0] / from[0], to[1] / from[1], to[2] / from[2]])
  return multiply(invert(BRADFORD), scaled)
}

const multiply = (a: Matrix, b: Matrix): Matrix => {
  const row = (x: number, y: number, z: number) =>
    [x * b[0] + y * b[3] + z * b[6], x * b[1] + y * b[4] + z * b[7], x * b[2] + y * b[5] + z * b[8]] as const
  return [...row(a[0], a[1], a[2]), ...row(a[3], a[4], a[5]), ...row(a[6], a[7], a[8])]
}

const apply = (m: Matrix, [x, y, z]: Vector): Vector => [
  m[0] * x + m[1] * y + m[2] * z,
  m[3] * x + m[4] * y + m[5] * z,
  m[6] * x + m[7] * y + m[8] * z,
]

const scaleColumns = (m: Matrix, [x, y, z]: Vector): Matrix => [
  ...([m[0] * x, m[1] * y, m[2] * z] as const),
  ...([m[3] * x, m[4] * y, m[5] * z] as const),
  ...([m[6] * x, m[7] * y, m[8] * z] as const),
]

const scaleRows = (m: Matrix, [x, y, z]: Vector): Matrix => [
  ...([m[0] * x, m[1] * x, m[2] * x] as const),
  ...([m[3] * y, m[4] * y, m[5] * y] as const),
  ...([m[6] * z, m[7] * z, m[8] * z] as const),
]

const invert = ([a, b, c, d, e, f, g, h, i]: Matrix): Matrix => {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
  const by = (value: number) => value / determinant
  return [
    ...([by(e * i - f * h), by(c * h - b * i), by(b * f - c * e)] as const),
    ...([by(f * g - d * i), by(a * i - c * g), by(c * d - a * f)] as const),
    ...([by(d * h - e * g), by(b * g - a * h), by(a * e - b * d)] as const),
  ]
}

const isIdentity = (matrix: Matrix): boolean =>
  matrix.every((value, at) => Math.abs(value - (at % 4 === 0 ? 1 : 0)) <= MATRIX_TOLERANCE)

const SRGB_OF_D50 = invert(toD50(SRGB_PRIMARIES))
