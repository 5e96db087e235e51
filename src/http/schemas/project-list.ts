// Parameters of the list of projects: page, order and search.

import { z } from '@hono/zod-openapi'
import { PROJECT_SORTS } from '../../core/project-query.ts'
import { EXAMPLE_CURSOR } from './examples.ts'
import { cursorOf, optional, pageLimit, searchSchema, tagFilter } from './parameters.ts'

/** Projects of a page without `limit`. */
export const DEFAULT_PROJECTS_PAGE = 100

/** Sealed cursors: of the order by id, and of the others. */
export const projectAfterSchema = z.string().regex(/^(?:[\w-]{123}|[\w-]{360})$/, '"next" of an earlier page')
export const projectSortSchema = z.enum(PROJECT_SORTS)

export const projectListQuery = z.object({
  limit: pageLimit('projects', DEFAULT_PROJECTS_PAGE),
  after: optional(
    projectAfterSchema,
    `${cursorOf('projects')} It is of one order: the request has the same \`sort\`.`,
    EXAMPLE_CURSOR,
  ),
  from: optional(projectAfterSchema, 'Name of `after` in cursors of older versions.', EXAMPLE_CURSOR),
  sort: optional(
    projectSortSchema,
    '`id` (default). `updated`, `created`: newest first. `title`: from A to Z without case and accents, by its first 40 ' +
      'characters; a project without a title by its id. Equal ones are sorted by id.',
    'updated',
  ),
  tag: tagFilter('projects', 'space'),
  q: optional(searchSchema, 'A text that the id or the title contains, in any case and without accents.', 'drift'),
})
