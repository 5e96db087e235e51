// Parameters of a list of images: page, filter and order.

import { z } from '@hono/zod-openapi'
import { IMAGE_CURSOR } from '../../../core/project/cursor.ts'
import { IMAGE_SORTS, SORTED_CURSOR } from '../../../core/project/image-query.ts'
import { EXAMPLE_IMAGE_ID } from '../examples.ts'
import { booleanSchema, cursorOf, optional, pageLimit, searchSchema, tagFilter } from '../parameters.ts'

export const imageAfterSchema = z
  .string()
  .regex(
    new RegExp(`${IMAGE_CURSOR.source}|${SORTED_CURSOR.source}`),
    '"next" of an earlier page, or the id of an image',
  )
export const imageSortSchema = z.enum(IMAGE_SORTS)

export const imageListQuery = z.object({
  pending: optional(
    booleanSchema,
    'With `true`, the last page names the images of jobs that have not ended, in `pending`. `false` by default.',
    true,
  ),
  limit: pageLimit('images', 'all'),
  after: optional(
    imageAfterSchema,
    `${cursorOf('images')} An id is accepted, too: the page begins behind it.`,
    EXAMPLE_IMAGE_ID,
  ),
  tag: tagFilter('images', 'harbour'),
  q: optional(
    searchSchema,
    'A text that the name, the title, the alternative text or a tag contains, in any case.',
    'boats',
  ),
  sort: optional(
    imageSortSchema,
    '`order` (default): as the project has them. `uploaded`, `taken` (`taken_at`, where a time without an offset counts as ' +
      'UTC): oldest first. `name`: from A to Z, numbers by their value. A minus reverses one. Images without the value ' +
      'come last.',
    '-uploaded',
  ),
  hashes: optional(booleanSchema, 'With `true`, each image has the SHA-256 of its files. `false` by default.', true),
})
