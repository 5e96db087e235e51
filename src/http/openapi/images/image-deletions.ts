// Descriptions of the routes that delete images.

import type { RouteConfig } from '@hono/zod-openapi'
import { EXAMPLE_IMAGE_ID } from '../../schemas/examples.ts'
import {
  deletedImageSchema,
  deletedImagesSchema,
  imageDeletionSchema,
  MAX_DELETED,
} from '../../schemas/images/image-deletions.ts'
import { changeHeaders, imagePath, projectPath } from '../../schemas/parameters.ts'
import { BODY_FAILURES, CHANGE_FAILURES, problems } from '../problems.ts'
import { jsonResponse } from '../responses.ts'

const TAGS = ['Images']

export const remove: RouteConfig = {
  method: 'delete',
  path: '/projects/{project_id}/images/{image_id}',
  operationId: 'deleteImage',
  tags: TAGS,
  summary: 'Delete an image',
  description: 'Deletes the image and its files. If it was the cover, the next image becomes the cover.',
  request: { params: imagePath, headers: changeHeaders },
  responses: {
    200: jsonResponse('Deleted. The current cover.', deletedImageSchema),
    ...problems('image_not_found', ...CHANGE_FAILURES),
  },
}

export const removeAll: RouteConfig = {
  method: 'post',
  path: '/projects/{project_id}/images/delete',
  operationId: 'deleteImages',
  tags: TAGS,
  summary: 'Delete several images in one change',
  description:
    `Deletes up to ${MAX_DELETED} images and their files. Ids that are not in the project are skipped and returned in ` +
    '`missing`, so that repeating the request is safe. If the cover was deleted, the next remaining image becomes the cover.',
  request: {
    params: projectPath,
    headers: changeHeaders,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: imageDeletionSchema,
          examples: { one: { summary: 'Delete a selection', value: { image_ids: [EXAMPLE_IMAGE_ID] } } },
        },
      },
    },
  },
  responses: {
    200: jsonResponse('Deleted. The current cover.', deletedImagesSchema),
    ...problems(...BODY_FAILURES, ...CHANGE_FAILURES),
  },
}
