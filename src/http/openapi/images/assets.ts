// Descriptions of the routes of named assets.

import type { RouteConfig } from '@hono/zod-openapi'
import { REPLAY_HEADER } from '../../request/params.ts'
import { EXAMPLE_ASSET_NAME, EXAMPLE_PROJECT_ID } from '../../schemas/examples.ts'
import {
  assetFilePath,
  assetFileQuery,
  assetListQuery,
  assetListSchema,
  assetPath,
  assetRenderFileQuery,
  assetRenderQuery,
} from '../../schemas/images/assets.ts'
import { primarySchema, uploadSchema } from '../../schemas/images/images.ts'
import { asyncHeaders, changeHeaders, createHeaders, projectPath, uploadHeaders } from '../../schemas/parameters.ts'
import { ACCEPTED } from '../jobs.ts'
import { PICTURE_FAILURES, problems, READ_FAILURES, UPLOAD_FAILURES, WRITE_FAILURES } from '../problems.ts'
import { etagHeader, jsonResponse, NOT_MODIFIED, pictureResponses, REDIRECTED } from '../responses.ts'
import { upload } from './images.ts'

const TAGS = ['Assets']

const HEADERS = {
  Location: {
    description: 'URL of the asset as JPEG.',
    schema: { type: 'string' },
    example: `/projects/${EXAMPLE_PROJECT_ID}/assets/${EXAMPLE_ASSET_NAME}.jpg`,
  },
  [REPLAY_HEADER]: { description: 'Present on a replayed response.', schema: { type: 'string' }, example: 'true' },
} as const

const CONDITION =
  '`If-Match` takes the `ETag` of a picture of the asset, or of the list of assets; `If-None-Match: *` requires that the ' +
  'name is free.'

const conditions = changeHeaders.extend(createHeaders.shape)

export const put: RouteConfig = {
  method: 'put',
  path: '/projects/{project_id}/assets/{name}',
  operationId: 'putAsset',
  tags: TAGS,
  summary: 'Upload an image under a name, or replace it',
  description:
    'The image takes the place of the one that had the name, in one change: its position, the cover, title, alternative ' +
    'text, tags and focal point, as far as the upload brings none. The image before it is deleted. The same file again ' +
    `changes nothing. Otherwise as an upload. ${CONDITION}`,
  request: {
    params: assetPath,
    headers: uploadHeaders.extend(asyncHeaders.shape).extend(conditions.shape),
    ...(upload.request?.body ? { body: upload.request.body } : {}),
  },
  responses: {
    201: jsonResponse('Stored; the name was free.', uploadSchema, HEADERS),
    200: jsonResponse('Replaced, or unchanged (`deduplicated`).', uploadSchema, HEADERS),
    ...ACCEPTED,
    ...problems('precondition_failed', ...UPLOAD_FAILURES),
  },
}

export const list: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/assets',
  operationId: 'listAssets',
  tags: TAGS,
  summary: 'List the assets of a project',
  description: 'Sorted by name. Without `limit`, all assets.',
  request: { params: projectPath, query: assetListQuery },
  responses: {
    200: jsonResponse('The assets.', assetListSchema, etagHeader('"7-Zk3xQ0aV"')),
    ...NOT_MODIFIED,
    ...problems('invalid_project_id', 'invalid_parameter', 'project_not_found', ...READ_FAILURES),
  },
}

const PICTURE = {
  method: 'get',
  tags: TAGS,
  responses: {
    ...pictureResponses('The picture of the asset at present.', 'no-cache'),
    ...problems(
      'invalid_project_id',
      'invalid_parameter',
      'project_not_found',
      'asset_not_found',
      'image_not_found',
      'route_not_found',
      ...PICTURE_FAILURES,
    ),
  },
} as const

const RENDER = {
  ...PICTURE,
  responses: {
    ...pictureResponses('The picture of the asset at present.', 'no-cache'),
    ...problems(
      'invalid_project_id',
      'invalid_parameter',
      'project_not_found',
      'asset_not_found',
      'image_not_found',
      'route_not_found',
      'signature_required',
      ...PICTURE_FAILURES,
    ),
  },
} as const

export const read: RouteConfig = {
  ...PICTURE,
  path: '/projects/{project_id}/assets/{name}.{format}',
  responses: { ...PICTURE.responses, ...REDIRECTED },
  operationId: 'readAsset',
  summary: 'Get an asset',
  description: 'The URL stays the same when the asset is replaced; caches revalidate it.',
  request: { params: assetFilePath, query: assetFileQuery },
}

export const render: RouteConfig = {
  ...RENDER,
  path: '/projects/{project_id}/assets/{name}/render',
  operationId: 'renderAsset',
  summary: 'Get an asset in any size, crop and format',
  description:
    'As the transform of an image, with the same rules and signatures, of the picture of the asset at present.',
  request: { params: assetPath, query: assetRenderQuery },
}

export const renderFile: RouteConfig = {
  ...RENDER,
  path: '/projects/{project_id}/assets/{name}/render.{format}',
  operationId: 'renderAssetFile',
  summary: 'Get an asset in any size and crop by a URL with a file extension',
  description: 'The extension decides the format.',
  request: { params: assetFilePath, query: assetRenderFileQuery },
}

export const remove: RouteConfig = {
  method: 'delete',
  path: '/projects/{project_id}/assets/{name}',
  operationId: 'deleteAsset',
  tags: TAGS,
  summary: 'Delete an asset and its image',
  description: `The name is then free. ${CONDITION}`,
  request: { params: assetPath, headers: changeHeaders },
  responses: {
    200: jsonResponse('Deleted. The current cover.', primarySchema),
    ...problems(
      'invalid_project_id',
      'invalid_parameter',
      'project_not_found',
      'asset_not_found',
      'precondition_failed',
      ...WRITE_FAILURES,
    ),
  },
}
