// Brings HDR light (ITU-R BT.2100: PQ, HLG) into the range of sRGB.

import type { Curve, Matrix, ToneMap } from './model.ts'

/** White of pictures beside HDR highlights, and the brightest highlight that is kept apart (ITU-R BT.2408), in cd/m². */
const WHITE = 203
const PEAK = 1000
const HEADROOM = PEAK / WHITE

/** Share of white's light that it keeps, so that highlights have room above it. */
const WHITE_LEVEL = 0.5

const PQ = { m1: 2610 / 16_384, m2: 2523 / 32, c1: 3424 / 4096, c2: 2413 / 128, c3: 2392 / 128, peak: 10_000 }
const HLG = { a: 0.178_832_77, b: 0.284_668_92, c: 0.559_910_73, gamma: 1.2 }

/** Display light of a PQ sample, as a multiple of {@link WHITE}. */
export const linearOfPq: Curve = (sample) => {
  const root = sample ** (1 / PQ.m2)
  return (PQ.peak / WHITE) * (Math.max(0, root - PQ.c1) / (PQ.c2 - PQ.c3 * root)) ** (1 / PQ.m1)
}

/** Scene light of an HLG sample, 0 to 1. */
export const linearOfHlg: Curve = (sample) =>
  sample <= 0.5 ? sample ** 2 / 3 : (Math.exp((sample - HLG.c) / HLG.a) + HLG.b) / 12

export interface ToneMapOptions {
  /** From the primaries of the picture to those of BT.2020; undefined where they are the same. */
  toBt2020: Matrix | undefined
  /** True for the scene light of HLG, which a display gives the contrast of a screen of 1000 cd/m² first (BT.2100, OOTF). */
  isScene: boolean
}

/**
 * The tone map of browsers for pictures that say nothing of their own (reference white tone mapping of SMPTE ST 2094-50):
 * light up to white is halved, light from there to the peak is compressed along a Bézier curve. All three channels are
 * scaled alike, by the brightest one in BT.2020, so that hues stay.
 */
export const createToneMap = ({ toBt2020, isScene }: ToneMapOptions): ToneMap => {
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = toBt2020 ?? [1, 0, 0, 0, 1, 0, 0, 0, 1]
  return (light) => {
    const [r = 0, g = 0, b = 0] = light
    const red = m0 * r + m1 * g + m2 * b
    const green = m3 * r + m4 * g + m5 * b
    const blue = m6 * r + m7 * g + m8 * b
    const luminance = 0.2627 * red + 0.678 * green + 0.0593 * blue
    const exposure = isScene ? HEADROOM * Math.max(0, luminance) ** (HLG.gamma - 1) : 1
    const brightest = exposure * Math.max(red, green, blue)
    const factor = brightest > 0 ? (exposure * compressed(brightest)) / brightest : 0
    light[0] = r * factor
    light[1] = g * factor
    light[2] = b * factor
  }
}

/** Position of the middle control point between the knee and the corner. */
const KAPPA = 0.65
const MIDDLE = {
  x: (1 - KAPPA) * 1 + KAPPA / WHITE_LEVEL,
  y: (1 - KAPPA) * WHITE_LEVEL + KAPPA,
}

const compressed = (light: number): number => {
  if (light <= 1) return WHITE_LEVEL * light
  if (light >= HEADROOM) return 1
  // Solves x(t) = light for the quadratic curve from (1, WHITE_LEVEL) over MIDDLE to (HEADROOM, 1).
  const a = 1 - 2 * MIDDLE.x + HEADROOM
  const b = 2 * (MIDDLE.x - 1)
  const t = (Math.sqrt(b * b + 4 * a * (light - 1)) - b) / (2 * a)
  return WHITE_LEVEL * (1 - t) ** 2 + 2 * t * (1 - t) * MIDDLE.y + t * t
}
