// Descriptions of the image routes.

import type { RouteConfig, z } from '@hono/zod-openapi'
import type { ErrorCode } from '../../../core/errors.ts'
import { MAX_SIDE } from '../../../core/transform/transform.ts'
import { ACCEPTED_TYPES } from '../../../image/encoder.ts'
import { REPLAY_HEADER } from '../../request/params.ts'
import { IMMUTABLE } from '../../response/send-picture.ts'
import { EXAMPLE_IMAGE_URL } from '../../schemas/examples.ts'
import { imageListQuery } from '../../schemas/images/image-list.ts'
import { imageListSchema, primarySchema, uploadSchema } from '../../schemas/images/images.ts'
import {
  asyncHeaders,
  changeHeaders,
  coverPath,
  coverQuery,
  imageFilePath,
  imageFileQuery,
  imagePath,
  pictureQuery,
  projectPath,
  renderFilePath,
  renderFileQuery,
  renderQuery,
  thumbnailQuery,
  uploadHeaders,
  uploadQuery,
} from '../../schemas/parameters.ts'
import { ACCEPTED } from '../jobs.ts'
import { CHANGE_FAILURES, PICTURE_FAILURES, problems, READ_FAILURES, UPLOAD_FAILURES } from '../problems.ts'
import { etagHeader, jsonResponse, NOT_MODIFIED, pictureResponses, REDIRECTED } from '../responses.ts'
import { detailFields } from './image-details.ts'

const TAGS = ['Images']

const LOCATION = {
  Location: { description: 'URL of the image.', schema: { type: 'string' }, example: EXAMPLE_IMAGE_URL },
} as const

const REPLAYED = {
  [REPLAY_HEADER]: { description: 'Present on a replayed response.', schema: { type: 'string' }, example: 'true' },
} as const

export const upload: RouteConfig = {
  method: 'post',
  path: '/projects/{project_id}/images',
  operationId: 'uploadImage',
  tags: TAGS,
  summary: 'Upload an image',
  description:
    'Stores the image and its four variants. The first upload creates the project, and its image becomes the cover.',
  request: {
    params: projectPath,
    query: uploadQuery,
    headers: uploadHeaders.extend(asyncHeaders.shape),
    body: {
      required: true,
      description:
        'One file in field `file`: JPEG, PNG, WebP, GIF, TIFF, AVIF or HEIC. Text fields describe it, before or after the ' +
        'file. Others are ignored, and named in the response.',
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            required: ['file'],
            properties: { file: { type: 'string', format: 'binary', description: 'The image.' }, ...detailFields },
          },
          encoding: { file: { contentType: ACCEPTED_TYPES.join(', ') } },
        },
      },
    },
  },
  responses: {
    201: jsonResponse('Stored.', uploadSchema, {
      ...LOCATION,
      ...REPLAYED,
    }),
    200: jsonResponse('The project already had this file (`dedupe=true`): its image.', uploadSchema, {
      ...LOCATION,
      ...REPLAYED,
    }),
    ...ACCEPTED,
    ...problems(...UPLOAD_FAILURES),
  },
}

export const list: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/images',
  operationId: 'listImages',
  tags: TAGS,
  summary: 'List the images of a project',
  description:
    'In upload order, unless `image_order` of the project was set, or another order is requested. Without `limit`, all ' +
    'images. Other parameters are refused.',
  request: { params: projectPath, query: imageListQuery },
  responses: {
    200: jsonResponse('The images.', imageListSchema, etagHeader('"7-Zk3xQ0aV"')),
    ...NOT_MODIFIED,
    ...problems('invalid_project_id', 'invalid_parameter', 'project_not_found', ...READ_FAILURES),
  },
}

const RENDER_CACHING =
  'The picture. A preset may be cached for a day, a URL with `exp` until then, others for ever. A crop around the focal ' +
  'point of the image: for ever with the `v` of its URL in answers, else it is to be revalidated.'

interface PictureRoute {
  path: string
  operationId: string
  summary: string
  description: string
  request: { params: z.ZodObject; query: z.ZodObject }
  responses: ReturnType<typeof pictureResponses>
  failures: readonly ErrorCode[]
}

const pictureRoute = ({ failures, responses, ...route }: PictureRoute): RouteConfig => ({
  method: 'get',
  tags: TAGS,
  ...route,
  responses: {
    ...responses,
    ...problems('invalid_project_id', 'invalid_parameter', 'project_not_found', ...failures, ...PICTURE_FAILURES),
  },
})

export const read: RouteConfig = pictureRoute({
  path: '/projects/{project_id}/images/{image_id}',
  operationId: 'readImage',
  summary: 'Get an image',
  description: 'One variant as stored, or rendered in another format. It never changes and may be cached for ever.',
  request: { params: imagePath, query: pictureQuery },
  responses: { ...pictureResponses('The picture.', IMMUTABLE), ...REDIRECTED },
  failures: ['image_not_found'],
})

export const file: RouteConfig = pictureRoute({
  path: '/projects/{project_id}/images/{image_id}/{size}.{format}',
  operationId: 'readImageFile',
  summary: 'Get an image by a URL with a file extension',
  description: 'For CDNs and game loaders that need an extension. Otherwise as without one.',
  request: { params: imageFilePath, query: imageFileQuery },
  responses: { ...pictureResponses('The picture.', IMMUTABLE), ...REDIRECTED },
  failures: ['image_not_found', 'route_not_found'],
})

export const render: RouteConfig = pictureRoute({
  path: '/projects/{project_id}/images/{image_id}/render',
  operationId: 'renderImage',
  summary: 'Get an image in any size, crop and format',
  description:
    `Rendered from the original at the first request, then cached. At most ${MAX_SIDE} pixels a side; a picture is ` +
    'enlarged at most twice (16 times with `kernel=nearest`), a larger box becomes a smaller one of the same shape. ' +
    'Requires a signature, or a preset with nothing beside it but a signature. `w` and `h` times `dpr` may be that limit ' +
    'at most; `attention` and `entropy` exclude `contain`. The order of the parameters and explicit defaults make no ' +
    'difference; each parameter may occur once, and there are no others.',
  request: { params: imagePath, query: renderQuery },
  responses: pictureResponses(RENDER_CACHING, IMMUTABLE),
  failures: ['signature_required', 'image_not_found'],
})

export const renderFile: RouteConfig = pictureRoute({
  path: '/projects/{project_id}/images/{image_id}/render.{format}',
  operationId: 'renderImageFile',
  summary: 'Get an image in any size and crop by a URL with a file extension',
  description:
    'For game loaders that need an extension. It decides the format, also in place of that of a preset; a `format` beside ' +
    'it must be the same. Otherwise as without one; `/render.webp?w=640` and `/render?w=640&format=webp` have the same ' +
    'signature.',
  request: { params: renderFilePath, query: renderFileQuery },
  responses: pictureResponses(RENDER_CACHING, IMMUTABLE),
  failures: ['signature_required', 'image_not_found', 'route_not_found'],
})

export const thumbnail: RouteConfig = pictureRoute({
  path: '/projects/{project_id}/thumbnail',
  operationId: 'readThumbnail',
  summary: 'Get the cover of a project',
  description: 'The `thumb` of the primary image. The URL stays the same when the cover changes.',
  request: { params: projectPath, query: thumbnailQuery },
  responses: pictureResponses('The cover.', 'no-cache'),
  failures: ['no_primary_image'],
})

export const cover: RouteConfig = pictureRoute({
  path: '/projects/{project_id}/cover.{format}',
  operationId: 'readCover',
  summary: 'Get the cover of a project in any variant',
  description: 'The primary image. The URL stays the same when the cover changes.',
  request: { params: coverPath, query: coverQuery },
  responses: { ...pictureResponses('The cover.', 'no-cache'), ...REDIRECTED },
  failures: ['no_primary_image', 'route_not_found'],
})

export const setPrimary: RouteConfig = {
  method: 'put',
  path: '/projects/{project_id}/primary/{image_id}',
  operationId: 'setPrimaryImage',
  tags: TAGS,
  summary: 'Set the cover',
  request: { params: imagePath, headers: changeHeaders },
  responses: {
    200: jsonResponse('The new cover.', primarySchema),
    ...problems('image_not_found', ...CHANGE_FAILURES),
  },
}
