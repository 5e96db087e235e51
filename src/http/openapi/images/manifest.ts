// Description of the manifest of a project.

import type { RouteConfig } from '@hono/zod-openapi'
import { manifestQuery, manifestSchema } from '../../schemas/images/manifest.ts'
import { projectPath } from '../../schemas/parameters.ts'
import { problems, READ_FAILURES } from '../problems.ts'
import { etagHeader, jsonResponse, NOT_MODIFIED } from '../responses.ts'

export const read: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/manifest.json',
  operationId: 'readManifest',
  tags: ['Projects'],
  summary: 'Get the manifest of a project: the URL of every picture by name',
  description:
    'For game engines and service workers. A picture is named by its asset, else by its id; its URL is that of the image, ' +
    'and changes when the asset is replaced. In the answer to a signed request of a private project, every URL is signed ' +
    'and ends when the request does; to a request with credentials, the URLs are plain and need credentials as well. ' +
    'Other parameters are refused.',
  request: { params: projectPath, query: manifestQuery },
  responses: {
    200: jsonResponse('The manifest.', manifestSchema, etagHeader('"7-uX0fQ2wA"')),
    ...NOT_MODIFIED,
    ...problems(
      'invalid_project_id',
      'invalid_parameter',
      'project_not_found',
      'forbidden',
      'signature_invalid',
      'signature_expired',
      ...READ_FAILURES,
    ),
  },
}
