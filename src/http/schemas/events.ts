// Parameters and answers of the change feed.

import { z } from '@hono/zod-openapi'
import { isProjectId, PROJECT_ID_RULE } from '../../core/names.ts'
import { wholeNumber } from '../../core/parameters.ts'
import { PROJECT_EVENTS } from '../../core/project/events.ts'
import { EXAMPLE_IMAGE_ID, EXAMPLE_PROJECT_ID } from './examples.ts'
import { projectId, time } from './fields.ts'
import { optional } from './parameters.ts'

/** Projects of one stream. */
const MAX_FOLLOWED = 100
/** Longest wait for an event, in seconds. */
const MAX_WAIT = 60
/** Longest stream with an end, in seconds. */
const MAX_SECONDS = 86_400

const PROJECTS_RULE = `1 to ${MAX_FOLLOWED} different project ids (${PROJECT_ID_RULE}), separated by commas`
const POSITIONS_RULE = 'revisions in the order of "projects", joined by ".", as the "id:" of an event has them'

export const sinceSchema = wholeNumber({
  least: 0,
  most: Number.MAX_SAFE_INTEGER,
  expected: 'a revision, as a whole number',
})
export const waitSchema = wholeNumber({ least: 0, most: MAX_WAIT })
export const secondsSchema = wholeNumber({ least: 1, most: MAX_SECONDS })
export const followedSchema = z
  .string(PROJECTS_RULE)
  .transform((text) => text.split(','))
  .refine(
    (ids) => ids.length <= MAX_FOLLOWED && new Set(ids).size === ids.length && ids.every(isProjectId),
    PROJECTS_RULE,
  )
const positions = z.string().regex(/^\d{1,15}(?:\.\d{1,15})*$/, POSITIONS_RULE)
export const positionsSchema = positions.transform((text) => text.split('.').map(Number))

const SINCE = 'A revision that is known, such as the `revision` of the last answer: later ones are reported.'
const seconds = optional(secondsSchema, 'The stream ends after so many seconds; without it, it goes on.', 5)

export const changesQuery = z.object({
  since: optional(sinceSchema, `${SINCE} Without it, those from now on.`, 7),
  wait: optional(waitSchema, 'Longest wait for the first event, in seconds; 0 by default.', 30),
})
export const eventsQuery = z.object({
  since: optional(sinceSchema, `${SINCE} For clients that cannot send \`Last-Event-ID\`, which comes first.`, 7),
  seconds,
})
export const severalEventsQuery = z.object({
  projects: z.string().meta({
    description: `Project ids: ${PROJECTS_RULE}. Those that may not be read are as absent ones.`,
    examples: [`${EXAMPLE_PROJECT_ID},demo`],
  }),
  since: optional(
    positions,
    'As the `id:` of an event; for clients that cannot send `Last-Event-ID`, which comes first.',
    '7.3',
  ),
  seconds,
})
const LAST_EVENT = 'The `id:` of the last event, which browsers send as they come again.'

export const lastEventHeader = z.object({ 'Last-Event-ID': optional(sinceSchema, LAST_EVENT, 7) })
export const lastEventsHeader = z.object({ 'Last-Event-ID': optional(positions, LAST_EVENT, '7.3') })

export const eventSchema = z
  .object({
    type: z.enum(PROJECT_EVENTS),
    project_id: projectId,
    revision: z.int().min(1).openapi({ example: 8, description: 'The revision that the change led to.' }),
    at: time,
    image_id: z.string().nullable().optional().openapi({
      example: EXAMPLE_IMAGE_ID,
      description: 'Of an event of an image; of `cover.changed` the new cover, null if there is none.',
    }),
  })
  .openapi('Event')

export const changesSchema = z
  .object({
    revision: z.int().min(0).openapi({ example: 8, description: 'The position, for `since` of the next request.' }),
    events: z.array(eventSchema),
    reset: z.boolean().openapi({
      example: false,
      description: 'True if the changes are not kept any more: read the project anew. There are no events then.',
    }),
  })
  .openapi('Changes')

/** An event as it is sent. */
export type EventView = z.infer<typeof eventSchema>
