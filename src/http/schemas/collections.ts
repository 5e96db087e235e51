// Parameters and bodies of collections.

import { z } from '@hono/zod-openapi'
import { MEMBER_ROLES, VISIBILITIES } from '../../core/auth/access.ts'
import { MAX_COLLECTION_PROJECTS } from '../../core/collections/collection.ts'
import { PROJECT_ID, PROJECT_ID_RULE } from '../../core/names.ts'
import { MAX_MEMBERS } from '../../core/project/changes.ts'
import { tagSchema } from '../../core/project/image-details.ts'
import { waitSchema } from './events.ts'
import { EXAMPLE_COLLECTION, EXAMPLE_ETAG, EXAMPLE_MEMBERS, EXAMPLE_PROJECT_ID } from './examples.ts'
import { next, time } from './fields.ts'
import { csrfHeaders, ifMatchSchema, ifNoneMatchSchema, optional, pageLimit } from './parameters.ts'
import { MEMBER_NAMES, memberRoles, projectSchema, titleSchema } from './projects.ts'

/** Collections of a page without `limit`. */
export const DEFAULT_COLLECTIONS_PAGE = 100

export const collectionNameSchema = z.string().regex(PROJECT_ID, `a name of ${PROJECT_ID_RULE}`)

export const collectionPath = z.object({
  collection: collectionNameSchema.meta({
    description: `Name of the collection: ${PROJECT_ID_RULE}.`,
    examples: [EXAMPLE_COLLECTION],
  }),
})

export const collectionChangeHeaders = z.object({
  ...csrfHeaders.shape,
  'If-Match': optional(
    ifMatchSchema,
    '`ETag` of the collection as the caller reads it: the change is made only if a GET would still have it, so that ' +
      'concurrent editors do not overwrite each other. It changes with the covers, too. `*` matches any existing collection.',
    `"${EXAMPLE_ETAG}"`,
  ),
})

export const collectionPutHeaders = z.object({
  ...collectionChangeHeaders.shape,
  'If-None-Match': optional(
    ifNoneMatchSchema,
    'The collection is created only if there is none yet; an existing one is answered 412.',
    '*',
  ),
})

export const collectionListQuery = z.object({
  limit: pageLimit('collections', DEFAULT_COLLECTIONS_PAGE),
  after: optional(collectionNameSchema, 'The page begins behind this name.', EXAMPLE_COLLECTION),
})

const TAG_RULE = 'the ETag of a GET of the collection, or the "tag" of an earlier answer'

export const collectionSinceSchema = z.string().regex(/^"?[\w-]{22}"?$/, TAG_RULE)

const visibility = z.enum(VISIBILITIES).openapi({
  example: 'public',
  description: 'A public collection is readable by all, a private one by its owner, members and admins.',
})

const PROJECTS_RULE = `an array of at most ${MAX_COLLECTION_PROJECTS} project ids, each of ${PROJECT_ID_RULE}`

const QUERY_RULE = 'an object with a tag'

const EXAMPLE_QUERY = { tag: 'space' }

export const collectionPutSchema = z
  .strictObject({
    projects: z
      .array(z.string(PROJECTS_RULE).regex(PROJECT_ID, PROJECTS_RULE), PROJECTS_RULE)
      .max(MAX_COLLECTION_PROJECTS, PROJECTS_RULE)
      .openapi({
        description: 'Ids of the projects, in their order. They need not exist, nor be visible to the caller.',
        example: [EXAMPLE_PROJECT_ID, 'space-garden'],
      })
      .optional(),
    query: z.strictObject({ tag: tagSchema }, QUERY_RULE).optional().openapi({
      description:
        'In place of `projects`: those with this tag that the owner of the collection finds in `GET /projects`.',
      example: EXAMPLE_QUERY,
    }),
    title: titleSchema.openapi({ description: 'Null removes the title; without it, the title stays.' }),
    visibility: visibility.optional().openapi({
      description: 'Without it, it stays; a new collection has that of the server’s settings for projects.',
    }),
    members: memberRoles(z.enum(MEMBER_ROLES, `one of ${MEMBER_ROLES.join(', ')}`), 'its role')
      .refine((members) => Object.keys(members).length <= MAX_MEMBERS, `at most ${MAX_MEMBERS} members`)
      .optional()
      .meta({
        ...MEMBER_NAMES,
        maxProperties: MAX_MEMBERS,
        description: 'Roles of all members by user id; without it, they stay.',
        example: EXAMPLE_MEMBERS,
      }),
  })
  .refine(({ projects, query }) => (projects === undefined) !== (query === undefined), {
    error: 'either projects or query',
  })
  .openapi('NewCollection', {
    // One of them. Redocly wants no `oneOf`.
    anyOf: [
      { required: ['projects'], properties: { query: { not: {} } } },
      { required: ['query'], properties: { projects: { not: {} } } },
    ],
  })

const collection = {
  name: z.string().openapi({ example: EXAMPLE_COLLECTION }),
  title: z.string().nullable().openapi({ example: 'Strategy games' }),
  query: z.object({ tag: z.string() }).nullable().openapi({
    description: 'What selects the projects; null for a list.',
    example: EXAMPLE_QUERY,
  }),
  visibility,
  created_at: time,
  updated_at: time,
  owner_id: z.string().nullable().optional().openapi({
    description: 'User id of the owner; null if there is none. Present for principals that may manage the collection.',
    example: null,
  }),
  members: z.record(z.string(), z.enum(MEMBER_ROLES)).optional().openapi({
    description: 'Roles of the members by user id. Present for principals that may manage the collection.',
    example: EXAMPLE_MEMBERS,
  }),
  atlas_url: z.string().openapi({
    description: 'URL of the atlas of the covers.',
    example: `/collections/${EXAMPLE_COLLECTION}/atlas.json`,
  }),
}

export const collectionListSchema = z
  .object({ collections: z.array(z.object(collection)), next: next('collections') })
  .openapi('CollectionList')

export const collectionSchema = z
  .object({
    ...collection,
    projects: z.array(projectSchema).openapi({
      description:
        'The projects that exist and that the caller may see, with their covers, in the order of the list; those of a ' +
        'query by id.',
    }),
  })
  .openapi('Collection')

export const collectionChangesQuery = z.object({
  since: optional(
    collectionSinceSchema,
    `What is known: ${TAG_RULE}. Without it, the answer comes at once.`,
    EXAMPLE_ETAG,
  ),
  wait: optional(waitSchema, 'Longest wait for a change, in seconds; 0 by default.', 30),
})

export const collectionChangesSchema = z
  .object({
    tag: z.string().openapi({ description: 'For `since` of the next request.', example: EXAMPLE_ETAG }),
    changed: z.boolean().openapi({ description: 'True where the collection is to be read anew.', example: true }),
  })
  .openapi('CollectionChanges')

export type CollectionView = z.infer<typeof collectionSchema>
