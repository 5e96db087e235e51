// Descriptions of the image routes.

import type { RouteConfig } from '@hono/zod-openapi'
import { MAX_KEY_LENGTH, REPLAY_HEADER } from '../request/params.ts'
import { IMMUTABLE } from '../response/send-picture.ts'
import { EXAMPLE_IMAGE_ID, EXAMPLE_IMAGE_URL } from '../schemas/examples.ts'
import { imageListSchema, primarySchema, uploadSchema } from '../schemas/images.ts'
import {
  etagHeader,
  formatInQuery,
  formatParameter,
  ifMatchParameter,
  imageIdParameter,
  jsonAnswer,
  NOT_MODIFIED,
  OTHER_PICTURE_ANSWERS,
  PRIVATE_PICTURE,
  pageParameters,
  pictureAnswer,
  projectIdParameter,
  sizeInPath,
  sizeParameter,
} from './parts.ts'
import {
  CHANGE_FAILURES,
  PICTURE_FAILURES,
  problems,
  READ_FAILURES,
  RENDER_FAILURES,
  WRITE_FAILURES,
} from './problems.ts'

const TAGS = ['Images']

const dedupeParameter = {
  name: 'dedupe',
  in: 'query',
  description: 'With `true`, a file that the project has already is answered with its image instead of being stored.',
  schema: { type: 'boolean', default: false },
  example: 'true',
} as const

const idempotencyKeyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Any text that is new for each upload. One that is sent again with the same key within a day is not stored again ' +
    'but answered as it was the first time, with `Idempotent-Replay: true`.',
  schema: { type: 'string', minLength: 1, maxLength: MAX_KEY_LENGTH, pattern: '^[ -~]+$' },
  example: '8e03978e-40d5-43dd-bc93-6894a57f9324',
} as const

const REPLAYED = {
  [REPLAY_HEADER]: {
    description: 'On an answer that was given before.',
    schema: { type: 'string' },
    example: 'true',
  },
} as const

export const upload: RouteConfig = {
  method: 'post',
  path: '/projects/{project_id}/images',
  operationId: 'uploadImage',
  tags: TAGS,
  summary: 'Upload an image',
  description:
    'Stores the image and makes its four variants. The first image of a project becomes its primary image; the ' +
    'project comes into being with its first upload.',
  parameters: [projectIdParameter, dedupeParameter, idempotencyKeyParameter],
  request: {
    body: {
      required: true,
      description: 'One file in field `file`: JPEG, PNG, WebP, GIF, TIFF or AVIF.',
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            required: ['file'],
            properties: { file: { type: 'string', format: 'binary', description: 'The image.' } },
          },
          encoding: { file: { contentType: 'image/jpeg, image/png, image/webp, image/gif, image/tiff, image/avif' } },
        },
      },
    },
  },
  responses: {
    201: jsonAnswer('Stored.', uploadSchema, {
      Location: { description: 'URL of the image.', schema: { type: 'string' }, example: EXAMPLE_IMAGE_URL },
      ...REPLAYED,
    }),
    200: jsonAnswer('The same file was in the project already (`dedupe=true`): its image.', uploadSchema, REPLAYED),
    ...problems(
      'invalid_project_id',
      'invalid_parameter',
      'project_not_found',
      'idempotency_running',
      'idempotency_conflict',
      'quota_exceeded',
      'malformed_multipart',
      'file_missing',
      'wrong_field',
      'too_many_files',
      'upload_aborted',
      'upload_too_large',
      'too_many_pixels',
      'multipart_required',
      'not_an_image',
      'unsupported_image_type',
      'empty_file',
      'damaged_image',
      'image_too_slow',
      'encoder_failed',
      ...WRITE_FAILURES,
    ),
  },
}

export const list: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/images',
  operationId: 'listImages',
  tags: TAGS,
  summary: 'List the images of a project',
  description: 'In their order: that of the uploads, unless the project was given another one. All of them by default.',
  parameters: [projectIdParameter, ...pageParameters('images', 'all', EXAMPLE_IMAGE_ID)],
  responses: {
    200: jsonAnswer('The images.', imageListSchema, etagHeader('"7"')),
    304: NOT_MODIFIED,
    ...problems('invalid_project_id', 'invalid_parameter', 'project_not_found', ...READ_FAILURES),
  },
}

export const read: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/images/{image_id}',
  operationId: 'readImage',
  tags: TAGS,
  summary: 'Get an image',
  description: 'One size: the stored JPEG, or another format of it. It never changes and can be kept for ever.',
  parameters: [projectIdParameter, imageIdParameter, sizeParameter('original'), formatInQuery, ...PRIVATE_PICTURE],
  responses: {
    200: pictureAnswer('The picture.', IMMUTABLE),
    ...OTHER_PICTURE_ANSWERS,
    ...problems(
      'invalid_project_id',
      'invalid_parameter',
      'project_not_found',
      'image_not_found',
      ...PICTURE_FAILURES,
      ...RENDER_FAILURES,
    ),
  },
}

export const file: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/images/{image_id}/{size}.{format}',
  operationId: 'readImageFile',
  tags: TAGS,
  summary: 'Get an image under a URL with an extension',
  description: 'For CDNs and game loaders that go by it. Otherwise as without one.',
  parameters: [projectIdParameter, imageIdParameter, sizeInPath, formatParameter, ...PRIVATE_PICTURE],
  responses: {
    200: pictureAnswer('The picture.', IMMUTABLE),
    ...OTHER_PICTURE_ANSWERS,
    ...problems(
      'invalid_project_id',
      'project_not_found',
      'image_not_found',
      'route_not_found',
      ...PICTURE_FAILURES,
      ...RENDER_FAILURES,
    ),
  },
}

export const cover: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/cover.{format}',
  operationId: 'readCover',
  tags: TAGS,
  summary: 'Get the cover of a project in any size',
  description: 'Its primary image, under a URL that stays the same when the cover changes.',
  parameters: [projectIdParameter, formatParameter, sizeParameter('thumb'), ...PRIVATE_PICTURE],
  responses: {
    200: pictureAnswer('The cover.', 'no-cache'),
    ...OTHER_PICTURE_ANSWERS,
    ...problems(
      'invalid_project_id',
      'invalid_parameter',
      'project_not_found',
      'no_primary_image',
      'route_not_found',
      ...PICTURE_FAILURES,
      ...RENDER_FAILURES,
    ),
  },
}

export const thumbnail: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/thumbnail',
  operationId: 'readThumbnail',
  tags: TAGS,
  summary: 'Get the cover of a project',
  description: 'The `thumb` of its primary image, under a URL that stays the same when the cover changes.',
  parameters: [projectIdParameter, formatInQuery, ...PRIVATE_PICTURE],
  responses: {
    200: pictureAnswer('The cover.', 'no-cache'),
    ...OTHER_PICTURE_ANSWERS,
    ...problems(
      'invalid_project_id',
      'project_not_found',
      'invalid_parameter',
      'no_primary_image',
      ...PICTURE_FAILURES,
      ...RENDER_FAILURES,
    ),
  },
}

export const remove: RouteConfig = {
  method: 'delete',
  path: '/projects/{project_id}/images/{image_id}',
  operationId: 'deleteImage',
  tags: TAGS,
  summary: 'Delete an image',
  description: 'Removes it and its files. Where it was the primary image, the next one takes its place.',
  parameters: [projectIdParameter, imageIdParameter, ifMatchParameter],
  responses: {
    200: jsonAnswer('Deleted. The primary image as it is now.', primarySchema),
    ...problems('image_not_found', ...CHANGE_FAILURES),
  },
}

export const setPrimary: RouteConfig = {
  method: 'put',
  path: '/projects/{project_id}/primary/{image_id}',
  operationId: 'setPrimaryImage',
  tags: TAGS,
  summary: 'Choose the cover',
  parameters: [projectIdParameter, imageIdParameter, ifMatchParameter],
  responses: {
    200: jsonAnswer('It is the primary image now.', primarySchema),
    ...problems('image_not_found', ...CHANGE_FAILURES),
  },
}
