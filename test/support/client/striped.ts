// Pictures of narrow stripes: their ThumbHash has the mean of the stripes, so that pixels tell a placeholder from its picture.

import sharp from 'sharp'
import { thumbHashToRGBA } from 'thumbhash'
import type { Colour } from './engines.ts'

/** Stripes from left to right, in turn of both colours of a pair. The upper half and the lower one have pairs of their own. */
export interface Striped {
  width: number
  height: number
  upper: readonly [Colour, Colour]
  lower: readonly [Colour, Colour]
}

/** More than a ThumbHash has waves. */
const STRIPES = 8

/** Levels of 255 that lossy pictures and the steps of a placeholder differ by. Stripes differ from their mean by more than 80. */
const TOLERANCE = 20

/** Points in the middle of each stripe, in parts of the picture. */
const POINTS = Array.from({ length: STRIPES }, (_, at) => (at + 0.5) / STRIPES).flatMap((x) => [
  { x, y: 0.125 },
  { x, y: 0.875 },
])

const colourAt = ({ upper, lower }: Striped, x: number, y: number): Colour =>
  (y < 0.5 ? upper : lower)[Math.floor(x * STRIPES) % 2 === 0 ? 0 : 1]

export const pictureOf = (striped: Striped): Promise<Buffer> => {
  const { width, height } = striped
  const pixels = Array.from({ length: width * height }, (_, at) =>
    colourAt(striped, (at % width) / width, Math.floor(at / width) / height),
  )
  return sharp(Uint8Array.from(pixels.flat()), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}

/** What a place of a canvas shows. */
export type Sight = { picture: Striped } | { placeholder: string } | 'nothing'

export interface Place {
  x: number
  y: number
  width: number
  height: number
}

/**
 * The points of a place that differ from what it has to show, each as a sentence.
 *
 * @param url the canvas as a PNG in a data URL
 */
export const differencesOfSight = async (url: unknown, place: Place, sight: Sight): Promise<string[]> => {
  const bytes = Buffer.from(String(url).replace(/^data:image\/png;base64,/, ''), 'base64')
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const wantedAt = colourOf(sight)
  const beyond = [
    { x: 0.5, y: 1 + 8 / place.height },
    { x: 1 + 8 / place.width, y: 0.5 },
  ]
  const found: string[] = []
  for (const { x, y } of [...POINTS, ...beyond]) {
    const [column, row] = [Math.floor(place.x + x * place.width), Math.floor(place.y + y * place.height)]
    if (column >= info.width || row >= info.height) continue
    const start = (row * info.width + column) * 3
    const pixel = [...data.subarray(start, start + 3)]
    const wanted = x < 1 && y < 1 ? wantedAt(x, y) : [0, 0, 0]
    if (pixel.some((value, at) => Math.abs(value - (wanted[at] ?? 0)) > TOLERANCE))
      found.push(`${pixel} at ${column},${row}, expected ${wanted}`)
  }
  return found
}

const colourOf = (sight: Sight): ((x: number, y: number) => readonly number[]) => {
  if (sight === 'nothing') return () => [0, 0, 0]
  if ('picture' in sight) return (x, y) => colourAt(sight.picture, x, y)
  const { w, h, rgba } = thumbHashToRGBA(Buffer.from(sight.placeholder, 'base64'))
  return (x, y) => {
    const start = (Math.floor(y * h) * w + Math.floor(x * w)) * 4
    return [...rgba.subarray(start, start + 3)]
  }
}
