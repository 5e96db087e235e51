// Description of bulk uploads.

import type { RouteConfig } from '@hono/zod-openapi'
import { EXAMPLE_BATCH_ID } from '../../schemas/examples.ts'
import { acceptedBulkSchema, bulkSchema } from '../../schemas/images/bulk.ts'
import { asyncHeaders, projectPath, uploadHeaders, uploadQuery } from '../../schemas/parameters.ts'
import { RETRY_AFTER } from '../jobs.ts'
import { problems, UPLOAD_FAILURES } from '../problems.ts'
import { jsonResponse } from '../responses.ts'
import { detailFields } from './image-details.ts'

const { title, alt, tags, focal_point } = detailFields

const ARCHIVE = { schema: { type: 'string', format: 'binary' } } as const

export const upload: RouteConfig = {
  method: 'post',
  path: '/projects/{project_id}/images/bulk',
  operationId: 'uploadImages',
  tags: ['Images'],
  summary: 'Upload many images',
  description:
    'Stores many files, each as an upload of its own: one that is refused harms no other. The images have the order of ' +
    'the files. With `Idempotency-Key` the request can be repeated, also after a part of it was stored: the key counts ' +
    'for each file by its index. The answer is 200 as soon as one file has an outcome, also where the rest could not be ' +
    'received (`problem`). With `Prefer: respond-async` each file is accepted as a job of one batch, and the answer is ' +
    '202; images are added as their jobs end, in any order.',
  request: {
    params: projectPath,
    query: uploadQuery,
    headers: uploadHeaders.extend(asyncHeaders.shape),
    body: {
      required: true,
      description:
        'Files in fields `file`. Text fields before the first file describe all images; with an index, such as `alt[3]`, ' +
        'before its file, one of them: `name`, `title`, `alt`, `tags`, `focal_point`. Others are ignored, and named in ' +
        'the response. Or a ZIP or tar archive, in which folders are gone through, and hidden files, `__MACOSX` and links are ' +
        'passed over.',
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            required: ['file'],
            properties: {
              title,
              alt,
              tags,
              focal_point,
              file: {
                type: 'array',
                items: { type: 'string', format: 'binary' },
                minItems: 1,
                description: 'The images.',
              },
            },
          },
        },
        'application/zip': ARCHIVE,
        'application/x-tar': ARCHIVE,
      },
    },
  },
  responses: {
    200: jsonResponse('The outcome of each file.', bulkSchema),
    202: jsonResponse(
      'Accepted (`Prefer: respond-async`): the batch of jobs that make the images.',
      acceptedBulkSchema,
      {
        Location: {
          description: 'URL of the batch.',
          schema: { type: 'string' },
          example: `/batches/${EXAMPLE_BATCH_ID}`,
        },
        'Preference-Applied': { description: 'RFC 7240.', schema: { type: 'string' }, example: 'respond-async' },
        ...RETRY_AFTER,
      },
    ),
    ...problems('malformed_archive', 'unreadable_entry', ...UPLOAD_FAILURES),
  },
}
