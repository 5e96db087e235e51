// Descriptions of the atlas routes.

import type { RouteConfig } from '@hono/zod-openapi'
import { z } from '@hono/zod-openapi'
import {
  atlasQuery,
  atlasSchema,
  coversIndex as coversIndexPath,
  coversPage as coversPagePath,
  coversQuery,
  multiAtlasSchema,
  projectAtlasIndex,
  projectAtlasPage,
} from '../../schemas/atlases/atlases.ts'
import { projectPath } from '../../schemas/parameters.ts'
import { PICTURE_FAILURES, problems, READ_FAILURES } from '../problems.ts'
import { etagHeader, jsonResponse, NOT_MODIFIED, pictureResponses } from '../responses.ts'

const TAGS = ['Atlases']

const DOCUMENT = {
  200: jsonResponse(
    'The frames, and the URL of the page.',
    z.union([atlasSchema, multiAtlasSchema]),
    etagHeader('"k3vF0u1P9wQm2xT7bR5yZa"'),
  ),
  ...NOT_MODIFIED,
}

const DOCUMENT_FAILURES = ['invalid_parameter', 'too_many_images', ...READ_FAILURES] as const

const PAGE = pictureResponses('The page.', 'public, max-age=31536000, immutable')

export const project: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/atlas.json',
  operationId: 'readAtlas',
  tags: TAGS,
  summary: 'All images of a project as one picture, for games',
  description:
    'The frames of the images in the JSON form that Phaser (`load.atlas`) and Pixi (`Assets.load`) read. A frame is named by ' +
    'the asset of its image, else by the id of the image. It keeps its page and place for as long as its image is in the ' +
    'project. Each frame is surrounded by its own pixels, so that nothing bleeds into it. Other parameters are refused.',
  request: { params: projectPath, query: atlasQuery },
  responses: {
    ...DOCUMENT,
    ...problems(
      'invalid_project_id',
      'project_not_found',
      'signature_invalid',
      'signature_expired',
      'busy',
      'storage_full',
      'shutting_down',
      ...DOCUMENT_FAILURES,
    ),
  },
}

export const projectIndex: RouteConfig = {
  ...project,
  path: '/projects/{project_id}/atlas/{index}.json',
  operationId: 'readAtlasPart',
  summary: 'The frames of a further page of an atlas',
  description: 'Named by `related_multi_packs` of the first one, and requested with the same query.',
  request: { params: projectAtlasIndex, query: atlasQuery },
  responses: {
    ...DOCUMENT,
    ...problems(
      'invalid_project_id',
      'project_not_found',
      'page_not_found',
      'signature_invalid',
      'signature_expired',
      'busy',
      'storage_full',
      'shutting_down',
      ...DOCUMENT_FAILURES,
    ),
  },
}

export const projectPage: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/atlas/{page}',
  operationId: 'readAtlasPage',
  tags: TAGS,
  summary: 'A page of an atlas',
  description:
    'Its name, from `meta.image`, contains the revision of the places and a hash of the content: the page never changes. One ' +
    'that was replaced in the last hour can still be requested: where it is not cached any more, the page that follows it is ' +
    'sent, in which the remaining frames have the same places. Any query is ignored, as Pixi appends that of the document.',
  request: { params: projectAtlasPage },
  responses: {
    ...PAGE,
    ...problems(
      'invalid_project_id',
      'project_not_found',
      'page_not_found',
      'image_not_found',
      'invalid_parameter',
      'too_many_images',
      ...PICTURE_FAILURES,
    ),
  },
}

export const covers: RouteConfig = {
  method: 'get',
  path: '/atlas.json',
  operationId: 'readCoversAtlas',
  tags: TAGS,
  summary: 'The covers of several projects as one picture, for games',
  description:
    'As the atlas of a project, with the cover of each project as a frame that is named by the id of the project. The places ' +
    'follow from the order of the projects; nothing of them is stored. Where no project is shown, there is one page of one ' +
    'transparent pixel. Other parameters are refused.',
  request: { query: coversQuery },
  responses: { ...DOCUMENT, ...problems(...DOCUMENT_FAILURES) },
}

export const coversIndex: RouteConfig = {
  ...covers,
  path: '/atlas/{projects}/{index}.json',
  operationId: 'readCoversAtlasPart',
  summary: 'The covers on a further page',
  description: 'Named by `related_multi_packs` of the first document, and requested with the same query.',
  request: { params: coversIndexPath, query: coversQuery.omit({ projects: true }) },
  responses: { ...DOCUMENT, ...problems('page_not_found', ...DOCUMENT_FAILURES) },
}

export const coversPage: RouteConfig = {
  method: 'get',
  path: '/atlas/{projects}/{page}',
  operationId: 'readCoversAtlasPage',
  tags: TAGS,
  summary: 'A page of covers',
  description:
    'Its name, from `meta.image`, contains a hash of the content: the page never changes. Where a cover was replaced, the new ' +
    'cover is in its place. Any query is ignored, as Pixi appends that of the document.',
  request: { params: coversPagePath },
  responses: {
    ...PAGE,
    ...problems('page_not_found', 'image_not_found', 'invalid_parameter', 'too_many_images', ...PICTURE_FAILURES),
  },
}
