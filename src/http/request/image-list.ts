// Parameters of a list of images: page, filter and order.

import { invalidParameter } from '../../core/invalid-parameter.ts'
import type { PageRequest } from '../../stores/store.ts'
import type { Context } from '../context.ts'
import { imageAfterSchema, imageListQuery, imageSortSchema } from '../schemas/images/image-list.ts'
import { booleanSchema, searchSchema } from '../schemas/parameters.ts'
import { limitOf, pendingOf, queryOf, tagFilterOf } from './params.ts'

export interface ImageListRequest extends PageRequest {
  /** Whether each image shows the hashes of its files. */
  hashes: boolean
  /** Whether pending images are shown. */
  pending: boolean
}

const PARAMETERS = Object.keys(imageListQuery.shape)

/**
 * Parses the query of a list. Unknown parameters are refused: a misspelt filter would list all images.
 *
 * @throws TintypeError `invalid_parameter`
 */
export const imageListRequestOf = (c: Context): ImageListRequest => {
  for (const name of Object.keys(c.req.queries()))
    if (!PARAMETERS.includes(name)) throw invalidParameter(name, `one of the parameters ${PARAMETERS.join(', ')}`, name)
  return {
    limit: limitOf(c),
    after: queryOf(c, 'after', imageAfterSchema),
    tags: tagFilterOf(c),
    q: queryOf(c, 'q', searchSchema)?.trim(),
    sort: queryOf(c, 'sort', imageSortSchema),
    hashes: queryOf(c, 'hashes', booleanSchema) ?? false,
    pending: pendingOf(c),
  }
}

/** Query of the next page, which has the same filter and order. */
export const nextQuery = ({ limit, tags = [], q, sort, hashes, pending }: ImageListRequest, after: string): string => {
  const query = new URLSearchParams()
  if (limit !== undefined) query.set('limit', String(limit))
  for (const tag of tags) query.append('tag', tag)
  if (q) query.set('q', q)
  if (sort !== undefined) query.set('sort', sort)
  if (hashes) query.set('hashes', 'true')
  if (pending) query.set('pending', 'true')
  query.set('after', after)
  return `?${query}`
}
