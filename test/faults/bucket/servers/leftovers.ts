// Objects of images in a bucket, compared with the lists of its projects.

import { SIZES } from '../../../../src/core/names.ts'
import type { MemoryEngine } from '../../../support/s3/engine.ts'
import type { Listed } from './history.ts'

/**
 * What is wrong, one line each: variants that no image has, and those that an image lacks.
 *
 * @param lists by project
 */
export const leftovers = (engine: Pick<MemoryEngine, 'keys'>, lists: ReadonlyMap<string, Listed>): string[] => {
  const there = new Set(engine.keys().flatMap((key) => /\/projects\/(.+)\.jpg$/.exec(key)?.[1] ?? []))
  const named = new Set(
    [...lists].flatMap(([projectId, { images }]) =>
      images.flatMap(({ id }) => SIZES.map((size) => `${projectId}/${size}/${id}`)),
    ),
  )
  return [
    ...[...there].filter((variant) => !named.has(variant)).map((variant) => `not removed: ${variant}`),
    ...[...named].filter((variant) => !there.has(variant)).map((variant) => `missing: ${variant}`),
  ]
}
