// Description of the route that edits an image.

import type { RouteConfig } from '@hono/zod-openapi'
import { EXAMPLE_DETAILS } from '../schemas/examples.ts'
import { editedImageSchema, imageEditSchema } from '../schemas/images.ts'
import { changeHeaders, imagePath } from '../schemas/parameters.ts'
import { BODY_FAILURES, CHANGE_FAILURES, problems } from './problems.ts'
import { etagHeader, jsonResponse } from './responses.ts'

const { title, alt, tags, focal_point } = EXAMPLE_DETAILS

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
            text: { summary: 'Set title and alternative text', value: { title, alt } },
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
