// Description of the archive of a project.

import type { RouteConfig } from '@hono/zod-openapi'
import { archiveQuery, projectPath } from '../../schemas/parameters.ts'
import { problems, READ_FAILURES } from '../problems.ts'
import { etagHeader, NOT_MODIFIED } from '../responses.ts'

export const read: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/archive',
  operationId: 'readArchive',
  tags: ['Projects'],
  summary: 'Download all images of a project as a ZIP file',
  description:
    'One size of every image, uncompressed. An image is named by its asset, else by its `name`, else by its id. The length is ' +
    'known from the start; where an image is deleted while it is sent, the connection is closed before its end. Ranges ' +
    'are not supported. Other parameters are refused.',
  request: { params: projectPath, query: archiveQuery },
  responses: {
    200: {
      description: 'The ZIP file.',
      headers: {
        ...etagHeader('"7-original-archive"'),
        'Accept-Ranges': { description: 'There are no ranges.', schema: { type: 'string', const: 'none' } },
        'Content-Disposition': {
          description: 'Name of the file.',
          schema: { type: 'string' },
          example: 'attachment; filename="cosmic-drift.zip"',
        },
        'X-Accel-Buffering': {
          description: 'nginx passes the file on as it is made.',
          schema: { type: 'string', const: 'no' },
        },
      },
      content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } },
    },
    ...NOT_MODIFIED,
    ...problems(
      'invalid_project_id',
      'invalid_parameter',
      'project_not_found',
      'too_many_images',
      'forbidden',
      'signature_invalid',
      'signature_expired',
      'busy',
      ...READ_FAILURES,
    ),
  },
}
