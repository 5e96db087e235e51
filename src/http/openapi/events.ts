// Descriptions of the routes of the change feed.

import type { RouteConfig } from '@hono/zod-openapi'
import type { ErrorCode } from '../../core/errors.ts'
import {
  changesQuery,
  changesSchema,
  eventsQuery,
  lastEventHeader,
  lastEventsHeader,
  severalEventsQuery,
} from '../schemas/events.ts'
import { EXAMPLE_IMAGE_ID, EXAMPLE_PROJECT_ID, EXAMPLE_TIME } from '../schemas/examples.ts'
import { projectPath } from '../schemas/parameters.ts'
import { COMMON_FAILURES, problems, READ_FAILURES } from './problems.ts'
import { jsonResponse } from './responses.ts'

const TAGS = ['Events']

const EXAMPLE =
  'retry: 2000\nid: 7\n\nevent: image.added\n' +
  `data: {"type":"image.added","project_id":"${EXAMPLE_PROJECT_ID}","revision":8,"at":"${EXAMPLE_TIME}",` +
  `"image_id":"${EXAMPLE_IMAGE_ID}"}\nid: 8\n\n`

const STREAM = {
  description: 'The events as they happen, in the form of Server-Sent Events (HTML Standard, section 9.2).',
  content: { 'text/event-stream': { schema: { type: 'string' }, example: EXAMPLE } },
} as const

const FORM =
  'Each event has its type as `event:` and an `Event` as `data:`. The last one of a revision has its `id:`, so that a client ' +
  'that comes again misses none. A `reset` says that changes are not kept any more: read the project anew. A comment every 15 ' +
  's is a sign of life.'

/** Failures of the feed of one project. */
const FAILURES = [
  'invalid_project_id',
  'invalid_parameter',
  'project_not_found',
  'busy',
  'shutting_down',
  ...READ_FAILURES,
] as const satisfies ErrorCode[]

export const changes: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/changes',
  operationId: 'listChanges',
  tags: TAGS,
  summary: 'List the changes after a revision, or wait for the next one',
  description:
    'The newest 1,000 revisions are kept, and older ones for 7 days, 100,000 at most. An answer has the events of up to about ' +
    '1,000 revisions; the next request with `since` goes on. A deletion of the project is the last event.',
  request: { params: projectPath, query: changesQuery },
  responses: {
    200: jsonResponse('The events, or none at the end of the wait.', changesSchema),
    ...problems(...FAILURES),
  },
}

export const events: RouteConfig = {
  method: 'get',
  path: '/projects/{project_id}/events',
  operationId: 'followProject',
  tags: TAGS,
  summary: 'Follow the changes of a project (Server-Sent Events)',
  description: `${FORM} The stream ends after the deletion of the project, and where access to it is lost.`,
  request: { params: projectPath, query: eventsQuery, headers: lastEventHeader },
  responses: {
    200: STREAM,
    ...problems(...FAILURES),
  },
}

export const severalEvents: RouteConfig = {
  method: 'get',
  path: '/events',
  operationId: 'followProjects',
  tags: TAGS,
  summary: 'Follow the changes of several projects (Server-Sent Events)',
  description:
    `${FORM} The \`id:\` has a revision for each of \`projects\`, in their order, joined by \`.\`; 0 for an absent one. Events ` +
    'of one project are in order, those of different ones need not be. The stream ends where access to a project is lost.',
  request: { query: severalEventsQuery, headers: lastEventsHeader },
  responses: {
    200: STREAM,
    ...problems(
      'invalid_parameter',
      'busy',
      'shutting_down',
      'unauthenticated',
      'project_damaged',
      'issuer_unavailable',
      ...COMMON_FAILURES,
    ),
  },
}
