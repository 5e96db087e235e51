// Descriptions of the project routes.

import type { RouteConfig } from '@hono/zod-openapi'
import {
  EXAMPLE_IMAGE_ID,
  EXAMPLE_MEMBERS,
  EXAMPLE_PROJECT_ID,
  EXAMPLE_PROJECT_TAGS,
  EXAMPLE_SOURCE,
} from '../schemas/examples.ts'
import { changeHeaders, createHeaders, projectPath } from '../schemas/parameters.ts'
import { projectListQuery } from '../schemas/project-list.ts'
import {
  deletedSchema,
  projectCreateSchema,
  projectEditSchema,
  projectListSchema,
  projectSchema,
} from '../schemas/projects.ts'
import { BODY_FAILURES, CHANGE_FAILURES, problems, READ_FAILURES } from './problems.ts'
import { etagHeader, jsonResponse, NOT_MODIFIED } from './responses.ts'

const TAGS = ['Projects']

export const list: RouteConfig = {
  method: 'get',
  path: '/projects',
  operationId: 'listProjects',
  tags: TAGS,
  summary: 'List the projects',
  description:
    'In pages: for a user, own projects and those shared with the user; for a key, the projects of the key; without ' +
    'credentials, public projects. The list ends where `next` is null. What another worker has just created, shared or ' +
    'changed may be missing, or at its earlier place, for a second. While every project is read once, after the first ' +
    'start of a large store, other orders than `id`, searches and tags are answered 503 (`busy`).',
  request: { query: projectListQuery },
  responses: {
    200: jsonResponse('A page of projects.', projectListSchema, etagHeader('"kYJ0cXDPzMTTm1xJY6oLWg"')),
    ...NOT_MODIFIED,
    ...problems('invalid_parameter', 'busy', ...READ_FAILURES),
  },
}

export const read: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}',
  operationId: 'readProject',
  tags: TAGS,
  summary: 'Get a project',
  request: { params: projectPath },
  responses: {
    200: jsonResponse('The project.', projectSchema, etagHeader('"7"')),
    ...NOT_MODIFIED,
    ...problems('invalid_project_id', 'project_not_found', ...READ_FAILURES),
  },
}

export const create: RouteConfig = {
  method: 'put',
  path: '/projects/{project_id}',
  operationId: 'createProject',
  tags: TAGS,
  summary: 'Create a project before its first upload',
  description:
    'For callers that may upload to it. Repeating the request is safe: an existing project that has the given title, ' +
    'tags and visibility is answered 200, one that differs 409; PATCH changes it. The body may be missing.',
  request: {
    params: projectPath,
    headers: createHeaders,
    body: {
      required: false,
      content: {
        'application/json': {
          schema: projectCreateSchema,
          examples: {
            title: { summary: 'With a title', value: { title: 'Cosmic Drift' } },
            private: { summary: 'A private project', value: { title: 'Cosmic Drift', visibility: 'private' } },
            plain: { summary: 'As the settings of the server have it', value: {} },
          },
        },
      },
    },
  },
  responses: {
    201: jsonResponse('Created.', projectSchema, {
      ...etagHeader('"1"'),
      Location: {
        description: 'URL of the project.',
        schema: { type: 'string' },
        example: `/projects/${EXAMPLE_PROJECT_ID}`,
      },
    }),
    200: jsonResponse('The project, which existed.', projectSchema, etagHeader('"7"')),
    ...problems('project_exists', ...BODY_FAILURES, ...CHANGE_FAILURES),
  },
}

export const edit: RouteConfig = {
  method: 'patch',
  path: '/projects/{project_id}',
  operationId: 'editProject',
  tags: TAGS,
  summary: 'Edit a project: title, tags, order of the images, visibility, members, source',
  description:
    'Changes the given members and no others. Visibility and members are for the owner and admins, the source for admins.',
  request: {
    params: projectPath,
    headers: changeHeaders,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: projectEditSchema,
          examples: {
            title: { summary: 'Set the title', value: { title: 'Cosmic Drift' } },
            tags: { summary: 'Replace the tags', value: { tags: EXAMPLE_PROJECT_TAGS } },
            order: { summary: 'Move an image to the front', value: { image_order: [EXAMPLE_IMAGE_ID] } },
            visibility: { summary: 'Make the project private', value: { visibility: 'private' } },
            members: { summary: 'Share the project with a user', value: { members: EXAMPLE_MEMBERS } },
            source: { summary: 'Show pictures from a bucket', value: { source: EXAMPLE_SOURCE } },
          },
        },
      },
    },
  },
  responses: {
    200: jsonResponse('The edited project.', projectSchema, etagHeader('"8"')),
    ...problems(...BODY_FAILURES, ...CHANGE_FAILURES),
  },
}

export const remove: RouteConfig = {
  method: 'delete',
  path: '/projects/{project_id}',
  operationId: 'deleteProject',
  tags: TAGS,
  summary: 'Delete a project and all its images',
  request: { params: projectPath, headers: changeHeaders },
  responses: {
    200: jsonResponse('Deleted.', deletedSchema),
    ...problems(...CHANGE_FAILURES),
  },
}
