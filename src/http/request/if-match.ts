// Conditions on changes of projects and collections: If-Match and If-None-Match (RFC 9110 sections 13.1.1 and 13.1.2).

import { TintypeError } from '../../core/errors.ts'
import { IMAGE_ID_SOURCE } from '../../core/names.ts'
import { parseParameter } from '../../core/parameters.ts'
import type { ExpectedAsset } from '../../core/project/assets.ts'
import { parseEntityTags } from '../../core/request/conditional.ts'
import type { CollectionWithCovers, ExpectedCollection } from '../../services/collections/expected.ts'
import type { Context } from '../context.ts'
import { ifMatchSchema, ifNoneMatchSchema } from '../schemas/parameters.ts'

/** Entity tags of a project and of its lists, which begin with the revision. */
const OF_REVISION = /^"(\d{1,15})(?:-[\w-]*)?"$/

/**
 * Revisions that the project may have for the change to happen. Undefined for any: there is no `If-Match`, it is `*`
 * (an absent project is answered 404 before), or it names the image itself, whose files never change.
 *
 * @param imageId of the path
 * @throws TintypeError `invalid_parameter` where the header is malformed
 */
export const ifRevisionOf = (c: Context, imageId?: string): readonly number[] | undefined => {
  const header = c.req.header('if-match')
  if (header === undefined) return undefined
  const tags = parseEntityTags(parseParameter('If-Match', header.trim(), ifMatchSchema)) ?? []
  if (tags === '*' || tags.some((tag) => imageId !== undefined && tag.startsWith(`"${imageId}-`))) return undefined
  return tags.flatMap((tag) => OF_REVISION.exec(tag)?.[1] ?? []).map(Number)
}

/** Entity tags of pictures, which begin with the id of the image. */
const OF_IMAGE = new RegExp(`^"(${IMAGE_ID_SOURCE})-`)

/**
 * State that the change of an asset requires, by `If-Match` and `If-None-Match: *`. Undefined without either.
 *
 * @throws TintypeError as {@link expectedOf}; `invalid_parameter` where `If-Match` is malformed
 */
export const expectedAssetOf = (c: Context): ExpectedAsset | undefined => {
  const expected = expectedOf(c)
  if (expected !== 'present') return expected
  const tags = parseEntityTags(parseParameter('If-Match', c.req.header('if-match')?.trim() ?? '', ifMatchSchema)) ?? []
  if (tags === '*') return 'present'
  return {
    imageIds: tags.flatMap((tag) => OF_IMAGE.exec(tag)?.[1] ?? []),
    revisions: tags.flatMap((tag) => OF_REVISION.exec(tag)?.[1] ?? []).map(Number),
  }
}

/**
 * State that the change of a collection requires, by `If-Match`, and of a PUT by `If-None-Match: *`. Undefined without
 * either.
 *
 * @param etagOf entity tag of a collection as the caller reads it
 * @throws TintypeError as {@link expectedOf}; `invalid_parameter` where `If-Match` is malformed
 */
export const expectedCollectionOf = (
  c: Context,
  etagOf: (shown: CollectionWithCovers) => string,
): ExpectedCollection | undefined => {
  const expected = c.req.method === 'PUT' ? expectedOf(c) : undefined
  const header = c.req.header('if-match')
  if (header === undefined) return expected
  const tags = parseEntityTags(parseParameter('If-Match', header.trim(), ifMatchSchema)) ?? []
  return tags === '*' ? 'present' : (shown) => tags.includes(etagOf(shown))
}

/**
 * Existence that a PUT requires: `absent` by `If-None-Match: *`, `present` by any `If-Match`. Undefined without either.
 *
 * @throws TintypeError `invalid_parameter` where `If-None-Match` is not `*`; `precondition_failed` where both are there,
 *   which no state satisfies
 */
export const expectedOf = (c: Context): 'absent' | 'present' | undefined => {
  const header = c.req.header('if-none-match')
  const isPresent = c.req.header('if-match') !== undefined
  if (header === undefined) return isPresent ? 'present' : undefined
  parseParameter('If-None-Match', header.trim(), ifNoneMatchSchema)
  if (isPresent) throw new TintypeError('precondition_failed', 'Expected If-Match or If-None-Match, received both.')
  return 'absent'
}
