// Position at which a webhook begins in a project that it has no cursor in: the last revision before the webhook was made.

import { FINISHED_JOBS } from '../../core/webhooks/events.ts'
import type { Store } from '../../stores/store.ts'
import type { ChangesAfter } from './job-changes.ts'

/** Behind every revision. */
const BEYOND = Number.MAX_SAFE_INTEGER

/**
 * Returns the newest revision that was committed before a time; 0 where there is none. Where the changes since then are no
 * longer kept, it is a position that the store answers with a reset.
 *
 * @param since ISO 8601
 */
export const startPosition = async (
  store: Pick<Store, 'project'> & { changesAfter: ChangesAfter },
  projectId: string,
  since: string,
): Promise<number> => {
  if (projectId === FINISHED_JOBS) return lastBefore(store, projectId, 0, since)
  const state = await store.project(projectId)
  if (state && state.updated_at < since) return state.revision
  // A deleted project has a newest revision too.
  const newest = (await store.changesAfter(projectId, BEYOND))?.revision ?? 0
  for (let step = 1; ; step *= 2) {
    const position = Math.max(0, newest - step)
    const changes = await store.changesAfter(projectId, position)
    if (!changes) return position
    // The newest revision is of an older version, which listed no changes: nothing has changed since the webhook was made.
    if (changes.reset) return step === 1 ? newest : position
    if (position === 0 || (changes.revisions[0]?.at ?? since) < since)
      return lastBefore(store, projectId, position, since)
  }
}

/** The last revision from `position` on, in a row, that was committed before `since`. */
const lastBefore = async (
  store: { changesAfter: ChangesAfter },
  projectId: string,
  position: number,
  since: string,
): Promise<number> => {
  for (let last = position; ; ) {
    const changes = await store.changesAfter(projectId, last)
    if (!changes || changes.reset) return last
    for (const { revision, at } of changes.revisions) {
      if (at >= since) return last
      last = revision
    }
  }
}
