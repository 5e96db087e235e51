// Descriptions of the routes of collections.

import type { RouteConfig } from '@hono/zod-openapi'
import { z } from '@hono/zod-openapi'
import {
  atlasSchema,
  collectionAtlasIndex,
  collectionAtlasPage,
  collectionAtlasQuery,
  multiAtlasSchema,
} from '../../schemas/atlases/atlases.ts'
import {
  collectionChangeHeaders,
  collectionChangesQuery,
  collectionChangesSchema,
  collectionListQuery,
  collectionListSchema,
  collectionPath,
  collectionPutHeaders,
  collectionPutSchema,
  collectionSchema,
} from '../../schemas/collections.ts'
import { EXAMPLE_COLLECTION, EXAMPLE_ETAG, EXAMPLE_PROJECT_ID } from '../../schemas/examples.ts'
import { BODY_FAILURES, PICTURE_FAILURES, problems, READ_FAILURES, WRITE_FAILURES } from '../problems.ts'
import { etagHeader, jsonResponse, NOT_MODIFIED, pictureResponses } from '../responses.ts'

const TAGS = ['Collections']

const ETAG = etagHeader(`"${EXAMPLE_ETAG}"`)

const READ = ['invalid_parameter', 'collection_not_found', ...READ_FAILURES] as const

const ATLAS = ['too_many_images', 'busy', 'storage_full', 'shutting_down', ...READ] as const

/** The refusal of a query while every project is read once, after the first start of a large store. */
const SELECT = 'busy'

export const list: RouteConfig = {
  method: 'get',
  path: '/collections',
  operationId: 'listCollections',
  tags: TAGS,
  summary: 'List the collections',
  description:
    'In pages, sorted by name: for a user, own collections and those shared with the user; for a key, all; without ' +
    'credentials, public ones. The list ends where `next` is null.',
  request: { query: collectionListQuery },
  responses: {
    200: jsonResponse('A page of collections.', collectionListSchema, ETAG),
    ...NOT_MODIFIED,
    ...problems('invalid_parameter', ...READ_FAILURES),
  },
}

export const read: RouteConfig = {
  method: 'get',
  path: '/collections/{collection}',
  operationId: 'readCollection',
  tags: TAGS,
  summary: 'Get a collection: its projects with their covers',
  description:
    'Projects that do not exist and those that the caller may not see are left out. Share links show nothing more here.',
  request: { params: collectionPath },
  responses: {
    200: jsonResponse('The collection.', collectionSchema, ETAG),
    ...NOT_MODIFIED,
    ...problems(SELECT, ...READ),
  },
}

export const put: RouteConfig = {
  method: 'put',
  path: '/collections/{collection}',
  operationId: 'putCollection',
  tags: TAGS,
  summary: 'Create a collection, or replace its list of projects or its query',
  description:
    'For users, and for keys that are not for single projects. A user that creates a collection owns it; its editors may ' +
    'replace the list or query, and the owner and admins visibility and members. Repeating the request is safe. Projects ' +
    'stay in the list while they are away or not visible. A query selects at any time, of the projects in the list of the ' +
    'owner (without an owner, of all), those with its tag; a caller sees the first 2,000 by id that it may read, or as many ' +
    'as the settings allow in an atlas.',
  request: {
    params: collectionPath,
    headers: collectionPutHeaders,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: collectionPutSchema,
          examples: {
            list: {
              summary: 'A list of projects',
              value: { projects: [EXAMPLE_PROJECT_ID, 'space-garden'], title: 'Strategy games' },
            },
            query: { summary: 'The projects with a tag', value: { query: { tag: 'space' } } },
          },
        },
      },
    },
  },
  responses: {
    201: jsonResponse('Created.', collectionSchema, {
      ...ETAG,
      Location: {
        description: 'URL of the collection.',
        schema: { type: 'string' },
        example: `/collections/${EXAMPLE_COLLECTION}`,
      },
    }),
    200: jsonResponse('The collection, which existed.', collectionSchema, ETAG),
    ...problems(
      'invalid_parameter',
      'collection_not_found',
      'precondition_failed',
      SELECT,
      ...BODY_FAILURES,
      ...WRITE_FAILURES,
    ),
  },
}

export const remove: RouteConfig = {
  method: 'delete',
  path: '/collections/{collection}',
  operationId: 'deleteCollection',
  tags: TAGS,
  summary: 'Delete a collection, and none of its projects',
  request: { params: collectionPath, headers: collectionChangeHeaders },
  responses: {
    204: { description: 'Deleted.' },
    ...problems('invalid_parameter', 'collection_not_found', 'precondition_failed', ...WRITE_FAILURES),
  },
}

export const changes: RouteConfig = {
  method: 'get',
  path: '/collections/{collection}/changes',
  operationId: 'readCollectionChanges',
  tags: TAGS,
  summary: 'Wait until a collection looks different',
  description:
    'Answers as soon as a GET of the collection has another ETag than `since`, for this caller: a project or a cover has ' +
    'come, gone or changed. Else at the end of `wait`.',
  request: { params: collectionPath, query: collectionChangesQuery },
  responses: {
    200: jsonResponse('The ETag now.', collectionChangesSchema),
    ...problems('busy', 'shutting_down', ...READ),
  },
}

const DOCUMENT = {
  200: jsonResponse('The frames, and the URL of the page.', z.union([atlasSchema, multiAtlasSchema]), ETAG),
  ...NOT_MODIFIED,
}

export const atlas: RouteConfig = {
  method: 'get',
  path: '/collections/{collection}/atlas.json',
  operationId: 'readCollectionAtlas',
  tags: TAGS,
  summary: 'The covers of a collection as one picture, for games',
  description:
    'As the atlas of a project, with the cover of each project as a frame that is named by the id of the project. It keeps its ' +
    'page and place for as long as the caller sees the project in the collection.',
  request: { params: collectionPath, query: collectionAtlasQuery },
  responses: { ...DOCUMENT, ...problems(...ATLAS) },
}

export const atlasIndex: RouteConfig = {
  ...atlas,
  path: '/collections/{collection}/atlas/{index}.json',
  operationId: 'readCollectionAtlasPart',
  summary: 'The covers on a further page',
  description: 'Named by `related_multi_packs` of the first document, and requested with the same query.',
  request: { params: collectionAtlasIndex, query: collectionAtlasQuery },
  responses: { ...DOCUMENT, ...problems('page_not_found', ...ATLAS) },
}

export const atlasPage: RouteConfig = {
  method: 'get',
  path: '/collections/{collection}/atlas/{page}',
  operationId: 'readCollectionAtlasPage',
  tags: TAGS,
  summary: 'A page of the covers of a collection',
  description:
    'Its name, from `meta.image`, contains a hash of the content: the page never changes. Where covers were replaced since, the ' +
    'page as it is now is sent, in which the remaining frames have the same places. Any query is ignored.',
  request: { params: collectionAtlasPage },
  responses: {
    ...pictureResponses('The page.', 'public, max-age=31536000, immutable'),
    ...problems(
      'collection_not_found',
      'page_not_found',
      'image_not_found',
      'invalid_parameter',
      'too_many_images',
      ...PICTURE_FAILURES,
    ),
  },
}

/** In the order of the documentation. */
export const ROUTES = [list, read, put, remove, changes, atlas, atlasIndex, atlasPage]
