// Detects colour profiles that are equivalent to sRGB, the colour space of pictures without a profile.

/** Primaries of sRGB (IEC 61966-2-1) as XYZ, adapted to the D50 white point of profiles. */
const PRIMARIES = {
  rXYZ: [0.436, 0.2224, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
}

const CURVES = ['rTRC', 'gTRC', 'bTRC']

/** Below a hundredth of an 8 bit level at mid grey. */
const PRIMARY_TOLERANCE = 0.001
const CURVE_TOLERANCE = 0.001
const CURVE_SAMPLES = 32

/** @param tags data of the tags of an RGB profile, by name */
export const isSrgb = (tags: ReadonlyMap<string, Buffer>): boolean => {
  // Tables take precedence over primaries and curves; cicp may name another space.
  if ([...tags.keys()].some((name) => /^(A2B|B2A|D2B|B2D|cicp)/.test(name))) return false
  return (
    Object.entries(PRIMARIES).every(([name, xyz]) =>
      xyz.every((value, index) => isNear(tags.get(name), index, value)),
    ) && CURVES.every((name) => isSrgbCurve(tags.get(name)))
  )
}

const isNear = (data: Buffer | undefined, index: number, value: number): boolean =>
  data !== undefined &&
  data.length >= 20 &&
  data.toString('latin1', 0, 4) === 'XYZ ' &&
  Math.abs(fixed(data, 8 + 4 * index) - value) <= PRIMARY_TOLERANCE

const isSrgbCurve = (data: Buffer | undefined): boolean => {
  const curve = data && curveOf(data)
  if (!curve) return false
  for (let sample = 0; sample <= CURVE_SAMPLES; sample++) {
    const value = sample / CURVE_SAMPLES
    if (Math.abs(curve(value) - linear(value)) > CURVE_TOLERANCE) return false
  }
  return true
}

const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)

/** Sampled curves, and the parametric form that sRGB profiles use; undefined for others. */
const curveOf = (data: Buffer): ((value: number) => number) | undefined => {
  const type = data.toString('latin1', 0, 4)
  if (type === 'para' && data.length >= 32 && data.readUInt16BE(8) === 3) {
    const [gamma = 0, a = 0, b = 0, c = 0, d = 0] = [12, 16, 20, 24, 28].map((at) => fixed(data, at))
    return (value) => (value >= d ? (a * value + b) ** gamma : c * value)
  }
  const count = type === 'curv' && data.length >= 12 ? data.readUInt32BE(8) : 0
  if (count < 2 || 12 + 2 * count > data.length) return undefined
  const sample = (index: number) => data.readUInt16BE(12 + 2 * Math.min(index, count - 1)) / 65_535
  return (value) => {
    const position = value * (count - 1)
    const below = Math.floor(position)
    return sample(below) + (sample(below + 1) - sample(below)) * (position - below)
  }
}

/** s15Fixed16Number */
const fixed = (data: Buffer, at: number): number => data.readInt32BE(at) / 65_536
