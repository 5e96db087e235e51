// Descriptions of the project routes.

import type { RouteConfig } from '@hono/zod-openapi'
import { DEFAULT_PROJECTS_PAGE } from '../request/params.ts'
import { EXAMPLE_PLACE, EXAMPLE_PROJECT_ID } from '../schemas/examples.ts'
import { deletedSchema, projectEditSchema, projectListSchema, projectSchema } from '../schemas/images.ts'
import { etagHeader, ifMatchParameter, jsonAnswer, NOT_MODIFIED, pageParameters, projectIdParameter } from './parts.ts'
import { CHANGE_FAILURES, problems, READ_FAILURES } from './problems.ts'

const TAGS = ['Projects']

const fromParameter = {
  name: 'from',
  in: 'query',
  description: 'As `next` says it, in place of `after`, where the next page begins behind what is not shown.',
  schema: { type: 'string' },
  example: EXAMPLE_PLACE,
} as const

export const list: RouteConfig = {
  method: 'get',
  path: '/projects',
  operationId: 'listProjects',
  tags: TAGS,
  summary: 'List the projects',
  description:
    'Sorted by id, page by page: for a user those that are theirs or that they are let in to, for a key those that it is ' +
    'for, for nobody the public ones. Where many are none of these, a page can have fewer than `limit`, or be empty, ' +
    'though there are more behind it: the list is complete where `next` is null.',
  parameters: [...pageParameters('projects', DEFAULT_PROJECTS_PAGE, EXAMPLE_PROJECT_ID), fromParameter],
  responses: {
    200: jsonAnswer('A page of projects.', projectListSchema, etagHeader('"kYJ0cXDPzMTTm1xJY6oLWg"')),
    304: NOT_MODIFIED,
    ...problems('invalid_parameter', ...READ_FAILURES),
  },
}

export const read: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}',
  operationId: 'readProject',
  tags: TAGS,
  summary: 'Get a project',
  parameters: [projectIdParameter],
  responses: {
    200: jsonAnswer('The project.', projectSchema, etagHeader('"7"')),
    304: NOT_MODIFIED,
    ...problems('invalid_project_id', 'project_not_found', ...READ_FAILURES),
  },
}

export const edit: RouteConfig = {
  method: 'patch',
  path: '/projects/{project_id}',
  operationId: 'editProject',
  tags: TAGS,
  summary: 'Change the title, the order of the images, or who is let in',
  description: 'Who is let in is for the owner and admins to say.',
  parameters: [projectIdParameter, ifMatchParameter],
  request: { body: { required: true, content: { 'application/json': { schema: projectEditSchema } } } },
  responses: {
    200: jsonAnswer('The project as it is now.', projectSchema, etagHeader('"8"')),
    ...problems('invalid_body', 'upload_aborted', 'upload_too_large', ...CHANGE_FAILURES),
  },
}

export const remove: RouteConfig = {
  method: 'delete',
  path: '/projects/{project_id}',
  operationId: 'deleteProject',
  tags: TAGS,
  summary: 'Delete a project and all its images',
  parameters: [projectIdParameter, ifMatchParameter],
  responses: {
    200: jsonAnswer('Deleted.', deletedSchema),
    ...problems(...CHANGE_FAILURES),
  },
}
