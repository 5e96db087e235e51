// Versions of focal renders: `v` in a URL names the focal point that it was made for, so that caches may keep it.

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { POINT_SOURCE } from './parse-transform.ts'
import { CENTRE, isFocal, type Point, pointText, type Transform, transformParameters } from './transform.ts'

/** Parameter of the version. No signature covers it: it changes nothing but the lifetime in caches. */
export const VERSION = 'v'

const VERSION_RULE = 'the version of a URL in an answer, or a focal point such as 0.3,0.6'

/** A point, behind it the edition of the preset, if there is one. */
export const versionSchema = z.string().regex(new RegExp(`^${POINT_SOURCE}(?:_[0-9a-f]{6})?$`), VERSION_RULE)

/**
 * The focal point that decides a render. Null where none does: the position says another thing, or it follows from the
 * image, which has no point.
 *
 * @param point of the image, null without one
 */
export const decidingPoint = (transform: Transform, point: Point | null): Point | null => {
  if (!isFocal(transform)) return null
  return point ?? (transform.position === 'focal' ? CENTRE : null)
}

/** Version of a preset for an image: changes with the point, and where the operator redefines the preset. */
export const presetVersion = (preset: Transform, point: Point): string => `${pointText(point)}_${editionOf(preset)}`

/**
 * How current the version of a URL is: `none` where the URL has and needs none; `point` where it names the current point
 * alone, `preset` where it names the current definition of the preset as well.
 *
 * @param version as received, undefined without one
 * @param preset its definition, undefined of other transforms
 */
export const currencyOf = (
  { transform, preset }: { transform: Transform; preset: Transform | undefined },
  version: string | undefined,
  point: Point | null,
): 'none' | 'point' | 'preset' | 'stale' => {
  if (!isFocal(transform)) return 'none'
  const deciding = decidingPoint(transform, point)
  if (!deciding) return version === undefined ? 'none' : 'stale'
  if (version === pointText(deciding)) return 'point'
  return preset && version === presetVersion(preset, deciding) ? 'preset' : 'stale'
}

const editions = new WeakMap<Transform, string>()

const editionOf = (preset: Transform): string => {
  const known = editions.get(preset)
  if (known !== undefined) return known
  const text = new URLSearchParams(transformParameters(preset)).toString()
  const edition = createHash('sha256').update(text).digest('hex').slice(0, 6)
  editions.set(preset, edition)
  return edition
}
