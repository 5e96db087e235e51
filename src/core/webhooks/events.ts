// Events of webhooks: their types, the filter, and the messages that receivers get.

import { createHash } from 'node:crypto'
import { PROJECT_EVENTS, type ProjectEvent } from '../project/events.ts'
import { randomIds } from '../random-id.ts'

/** Stream of the finished jobs, beside those of the projects: no project id begins with a dot. */
export const FINISHED_JOBS = '.jobs'

/** The end of a job. */
interface JobEvent {
  type: 'job.succeeded' | 'job.failed'
  job_id: string
  project_id: string
  image_id: string
  /** Code of the problem; of a failed job alone. */
  code?: string
}

export type WebhookSourceEvent = ProjectEvent | JobEvent

/** Types that a webhook can be limited to. */
export const WEBHOOK_EVENTS = [
  ...PROJECT_EVENTS,
  'job.succeeded',
  'job.failed',
] as const satisfies readonly WebhookSourceEvent['type'][]

export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number]

/** Type of the message that stands for changes which are no longer kept. Sent whatever the filter. */
export const RESET = 'project.reset'
/** Type of the message of a test. */
export const TEST = 'webhook.test'

/** A message for a receiver. */
export interface WebhookMessage {
  /** `webhook-id`: the same in every attempt and every process, so that receivers can drop doubles. */
  id: string
  /** {@link WEBHOOK_EVENTS}, {@link RESET} or {@link TEST}. */
  type: string
  projectId: string | null
  revision: number | null
  /** JSON: `{type, timestamp, data}`. */
  body: string
}

/** A revision of a project, with its events. */
interface EventsOfRevision {
  revision: number
  /** ISO 8601. */
  at: string
  events: readonly WebhookSourceEvent[]
}

/** Message of one event of a revision. @param index of the event among all of the revision */
export const messageOf = (
  projectId: string,
  { revision, at }: EventsOfRevision,
  event: WebhookSourceEvent,
  index: number,
): WebhookMessage => {
  if ('job_id' in event) {
    const { type, ...data } = event
    // A job that is tried again after its failure ends at another time.
    const id = idOf(event.job_id, Date.parse(at), index)
    const body = JSON.stringify({ type, timestamp: at, data })
    return { id, type, projectId: event.project_id, revision: null, body }
  }
  const data = { project_id: projectId, revision, ...('image_id' in event ? { image_id: event.image_id } : {}) }
  return messageWith(idOf(projectId, revision, index), event.type, at, data)
}

/** Message in the place of changes up to a revision that are no longer kept: the receiver reads the project anew. */
export const resetMessage = (projectId: string, revision: number, at: string): WebhookMessage =>
  messageWith(idOf(projectId, revision, 'reset'), RESET, at, { project_id: projectId, revision })

const newTestId = randomIds(24)

export const testMessage = (webhookId: string, at: string): WebhookMessage => {
  const body = JSON.stringify({ type: TEST, timestamp: at, data: { webhook_id: webhookId } })
  return { id: `test_${newTestId()}`, type: TEST, projectId: null, revision: null, body }
}

/** @param events types of the filter; null for all */
export const isWanted = (events: readonly string[] | null, { type }: { type: string }): boolean =>
  events === null || events.includes(type)

const messageWith = (
  id: string,
  type: string,
  timestamp: string,
  data: { project_id: string; revision: number },
): WebhookMessage => ({
  id,
  type,
  projectId: data.project_id,
  revision: data.revision,
  body: JSON.stringify({ type, timestamp, data }),
})

/** Without a dot, which separates the parts of the signed text. */
const idOf = (projectId: string, revision: number, part: number | 'reset'): string =>
  `evt_${createHash('sha256').update(`${projectId}\n${revision}\n${part}`).digest('hex').slice(0, 32)}`
