// Finished jobs as changes: a stream beside those of the projects, under an id that no project has.

import { FINISHED_JOBS, type WebhookSourceEvent } from '../../core/webhooks/events.ts'
import type { JobStore } from '../../stores/jobs/job-store.ts'
import type { Store } from '../../stores/store.ts'
import type { ListedRevision, ProjectChanges } from '../../stores/watch.ts'

export interface WebhookChanges extends Omit<ProjectChanges, 'revisions'> {
  revisions: readonly (Omit<ListedRevision, 'events'> & { events: readonly WebhookSourceEvent[] })[]
}

/** Changes of projects, and of {@link FINISHED_JOBS}, after a position: a revision, or the cursor of a finished job. */
export type ChangesAfter = (streamId: string, position: number) => Promise<WebhookChanges | undefined>

/** Finished jobs that are read at once. */
const MOST_JOBS = 64

export const createChangesAfter =
  (store: Pick<Store, 'changesAfter'>, jobs: Pick<JobStore, 'finishedAfter'>): ChangesAfter =>
  async (streamId, position) => {
    if (streamId !== FINISHED_JOBS) return store.changesAfter(streamId, position)
    const found = await jobs.finishedAfter(position, MOST_JOBS)
    const last = found.at(-1)
    if (!last) return undefined
    const revisions = found.map(({ cursor, job }) => {
      const { job_id, project_id, image_id, state, problem } = job
      const ids = { job_id, project_id, image_id }
      const events: WebhookSourceEvent[] =
        state === 'succeeded'
          ? [{ type: 'job.succeeded', ...ids }]
          : state === 'failed'
            ? [{ type: 'job.failed', ...ids, code: problem?.code ?? 'internal' }]
            : []
      return { revision: cursor, at: job.finished_at, events }
    })
    return { projectId: streamId, revision: last.cursor, reset: false, revisions }
  }
