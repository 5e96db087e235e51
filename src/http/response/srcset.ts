// Which files a page can choose from for one image: the `srcset` of an <img>, and the presets.

import type { ImageRecord } from '../../core/project/model.ts'
import { layoutOf, resultOf } from '../../core/transform/geometry.ts'
import type { Presets } from '../../core/transform/presets.ts'

interface Candidate {
  url: string
  /** Of the file, in pixels. */
  width: number
  height: number
}

/** What every preset leads to for one image, by the presets' names. */
export const presetResults = (
  { width, height }: ImageRecord,
  imageUrl: string,
  presets: Presets,
): Record<string, Candidate> =>
  Object.fromEntries(
    [...presets].map(([name, transform]) => [
      name,
      { url: `${imageUrl}/render?preset=${name}`, ...resultOf(layoutOf({ width, height }, transform)) },
    ]),
  )

/**
 * The `srcset` of an image, narrowest first. A browser takes any of the files for any other, by their width alone. So
 * those are left out that have another shape than the picture, because they cut it or add margins; those that enlarge
 * it; and of several that are equally wide all but the first.
 */
export const srcsetOf = (image: ImageRecord, candidates: readonly Candidate[]): string => {
  const byWidth = new Map<number, Candidate>()
  for (const candidate of candidates)
    if (candidate.width <= image.width && isWhole(candidate, image) && !byWidth.has(candidate.width))
      byWidth.set(candidate.width, candidate)
  return [...byWidth.values()]
    .sort((one, other) => one.width - other.width)
    .map(({ url, width }) => `${url} ${width}w`)
    .join(', ')
}

/** Of the picture's shape, but for the pixel by which sizes are rounded. */
const isWhole = ({ width, height }: Candidate, picture: { width: number; height: number }): boolean =>
  Math.abs(height - (width * picture.height) / picture.width) < 1 ||
  Math.abs(width - (height * picture.width) / picture.height) < 1
