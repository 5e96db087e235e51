// If-Match on changes of a project (RFC 9110 section 13.1.1).

import { parseParameter } from '../../core/parameters.ts'
import { parseEntityTags } from '../../core/request/conditional.ts'
import type { Context } from '../context.ts'
import { ifMatchSchema } from '../schemas/parameters.ts'

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
