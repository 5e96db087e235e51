// Descriptions of the routes of members.

import type { RouteConfig } from '@hono/zod-openapi'
import { EXAMPLE_EMAIL } from '../schemas/examples.ts'
import { memberAddSchema, memberListSchema, memberSchema } from '../schemas/members.ts'
import { csrfHeaders, projectPath } from '../schemas/parameters.ts'
import { BODY_FAILURES, problems, READ_FAILURES, WRITE_FAILURES } from './problems.ts'
import { jsonResponse } from './responses.ts'

export const add: RouteConfig = {
  method: 'put',
  path: '/projects/{project_id}/members',
  operationId: 'addMember',
  tags: ['Projects'],
  summary: 'Add a member by e-mail, or change its role',
  description:
    'For the owner and admins, at most 60 times an hour, because the answer tells whether the address has an account here. ' +
    'PATCH of the project edits and removes members by their ids.',
  request: {
    params: projectPath,
    headers: csrfHeaders,
    body: {
      required: true,
      content: { 'application/json': { schema: memberAddSchema, example: { email: EXAMPLE_EMAIL, role: 'viewer' } } },
    },
  },
  responses: {
    200: jsonResponse('The member.', memberSchema),
    ...problems(
      'invalid_project_id',
      'invalid_parameter',
      'project_not_found',
      'no_such_account',
      ...BODY_FAILURES,
      ...WRITE_FAILURES,
    ),
  },
}

export const list: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/members',
  operationId: 'listMembers',
  tags: ['Projects'],
  summary: 'List the owner and the members, with name and address',
  description: 'For the owner and admins.',
  request: { params: projectPath },
  responses: {
    200: jsonResponse('The owner and the members.', memberListSchema),
    ...problems('invalid_project_id', 'project_not_found', 'forbidden', ...READ_FAILURES),
  },
}
