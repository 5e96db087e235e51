// Descriptions of the routes of share links.

import type { RouteConfig } from '@hono/zod-openapi'
import { FAILURES } from '../../core/errors.ts'
import { EXAMPLE_TIME } from '../schemas/examples.ts'
import {
  linkCreateSchema,
  linkListSchema,
  linkPath,
  linkWithUrlSchema,
  openedLinkSchema,
  tokenPath,
} from '../schemas/links.ts'
import { csrfHeaders, projectPath } from '../schemas/parameters.ts'
import { problemSchema } from '../schemas/problem.ts'
import { exampleOf } from './problem-examples.ts'
import { BODY_FAILURES, COMMON_FAILURES, problems, READ_FAILURES, WRITE_FAILURES } from './problems.ts'
import { jsonResponse } from './responses.ts'

const TAGS = ['Links']

export const create: RouteConfig = {
  method: 'post',
  path: '/projects/{project_id}/links',
  operationId: 'createLink',
  tags: TAGS,
  summary: 'Create a share link',
  description:
    'For callers that may change the project. Its address lets everyone who has it read the project, or one image of it, ' +
    'and with `upload` add pictures, until it expires or is revoked. At most 100 links of a project are valid at a time.',
  request: {
    params: projectPath,
    headers: csrfHeaders,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: linkCreateSchema,
          examples: {
            look: { summary: 'To look, without originals', value: { expires: EXAMPLE_TIME, download: false } },
            upload: { summary: 'To add pictures too', value: { expires: EXAMPLE_TIME, upload: true } },
          },
        },
      },
    },
  },
  responses: {
    201: jsonResponse('Created, with its address.', linkWithUrlSchema),
    ...problems(
      'invalid_project_id',
      'project_not_found',
      'image_not_found',
      'too_many_links',
      ...BODY_FAILURES,
      ...WRITE_FAILURES,
    ),
  },
}

export const list: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/links',
  operationId: 'listLinks',
  tags: TAGS,
  summary: 'List the share links that are valid',
  description: 'For callers that may change the project. Oldest first, without their addresses.',
  request: { params: projectPath },
  responses: {
    200: jsonResponse('The links.', linkListSchema),
    ...problems('invalid_project_id', 'project_not_found', 'forbidden', ...READ_FAILURES),
  },
}

export const revoke: RouteConfig = {
  method: 'delete',
  path: '/projects/{project_id}/links/{link_id}',
  operationId: 'revokeLink',
  tags: TAGS,
  summary: 'Revoke a share link',
  description: 'For callers that may change the project. It ends at once, also for those who have opened it.',
  request: { params: linkPath, headers: csrfHeaders },
  responses: {
    204: { description: 'The link has ended.' },
    ...problems('invalid_project_id', 'project_not_found', 'link_not_found', ...WRITE_FAILURES),
  },
}

export const open: RouteConfig = {
  method: 'get',
  path: '/s/{token}',
  operationId: 'openLink',
  tags: TAGS,
  summary: 'Open a share link',
  description:
    'Sets a cookie by which the routes of the project answer as far as the link allows, and is sent to no other. ' +
    'Requests other than GET also need the header `X-CSRF-Token`, of any value. A browser (`Accept: text/html`) is led ' +
    'to the page of the project in the gallery, or to the picture; without the gallery, to the project or the picture.',
  request: { params: tokenPath },
  responses: {
    200: jsonResponse('What the link leads to.', openedLinkSchema, {
      'Set-Cookie': { description: 'Cookie of the link.', schema: { type: 'string' } },
    }),
    302: {
      description: 'For browsers.',
      headers: {
        Location: { description: 'Address of the page, the project or the picture.', schema: { type: 'string' } },
        'Set-Cookie': { description: 'Cookie of the link.', schema: { type: 'string' } },
      },
    },
    ...problems('project_damaged', ...COMMON_FAILURES),
    404: {
      description: `${FAILURES.link_not_found.title} (\`link_not_found\`); a page for browsers.`,
      content: {
        'application/problem+json': {
          schema: problemSchema,
          examples: { link_not_found: { value: exampleOf('link_not_found') } },
        },
        'text/html': { schema: { type: 'string' } },
      },
    },
  },
}
