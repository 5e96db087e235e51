// Description of the route that edits an image, and of the text fields of an upload.

import type { RouteConfig } from '@hono/zod-openapi'
import { MAX_ALT, MAX_IMAGE_TITLE, MAX_TAGS } from '../../../core/project/image-details.ts'
import { EXAMPLE_DETAILS } from '../../schemas/examples.ts'
import { editedImageSchema, imageEditSchema } from '../../schemas/images/images.ts'
import { changeHeaders, imagePath } from '../../schemas/parameters.ts'
import { BODY_FAILURES, CHANGE_FAILURES, problems } from '../problems.ts'
import { etagHeader, jsonResponse } from '../responses.ts'

const { alt, tags, focal_point } = EXAMPLE_DETAILS

/**
 * Text fields of the form of an upload. Their examples are empty, which counts as absent: Swagger UI would send others as
 * if they had been typed.
 */
export const detailFields = {
  name: { type: 'string', example: '', description: 'Name of the image, in place of the name of the file.' },
  title: { type: 'string', maxLength: MAX_IMAGE_TITLE, example: '' },
  alt: { type: 'string', maxLength: MAX_ALT, example: '', description: 'Alternative text.' },
  tags: {
    type: 'array',
    items: { type: 'string' },
    maxItems: MAX_TAGS,
    example: [],
    description: 'A field for each tag, or one with commas between the tags, or one with a JSON array.',
  },
  focal_point: {
    type: 'string',
    example: '',
    description:
      'Point that a crop keeps in view, such as `0.3,0.6`, from `0,0` (top left) to `1,1`; or as a JSON object.',
  },
} as const

export const edit: RouteConfig = {
  method: 'patch',
  path: '/projects/{project_id}/images/{image_id}',
  operationId: 'editImage',
  tags: ['Images'],
  summary: 'Edit an image: name, title, alternative text, tags, focal point',
  description: 'Changes the given members and no others; null removes one.',
  request: {
    params: imagePath,
    headers: changeHeaders,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: imageEditSchema,
          examples: {
            text: { summary: 'Set the alternative text', value: { alt } },
            tags: { summary: 'Set the tags', value: { tags } },
            focus: { summary: 'Set the focal point', value: { focal_point } },
            remove: { summary: 'Remove the title', value: { title: null } },
          },
        },
      },
    },
  },
  responses: {
    200: jsonResponse('The edited image.', editedImageSchema, etagHeader('"8"')),
    ...problems('image_not_found', ...BODY_FAILURES, ...CHANGE_FAILURES),
  },
}
