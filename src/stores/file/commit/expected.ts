// Revisions that this process is writing: a read between the moment that a file has its name and the end of the commit,
// which takes a sync, need not parse it.

import type { Stats } from 'node:fs'
import { createBoundedMap } from '../../../core/bounded-map.ts'
import type { Revision } from '../../history/revision.ts'
import type { Paths } from '../paths.ts'
import { statsOf } from './revision-file.ts'

export interface Expected {
  /** @param stats of the revision's file, which has no name yet */
  expect(revision: Revision, stats: Stats): void
  /** The revision that this process is writing, where its file has this number by now. */
  at(projectId: string, number: number): { revision: Revision; stats: Stats } | undefined
  forget(projectId: string): void
}

/** Projects of which this process is writing a revision. */
const MOST_EXPECTED = 1000

export const createExpected = (paths: Paths): Expected => {
  const expected = createBoundedMap<{ revision: Revision; stats: Stats }>(MOST_EXPECTED)

  return {
    expect: (revision, stats) => void expected.set(revision.state.project_id, { revision, stats }),

    at(projectId, number) {
      const own = expected.get(projectId)
      const found = own?.revision.state.revision === number ? statsOf(paths.revision(projectId, number)) : undefined
      return own && found?.ino === own.stats.ino && found.mtimeMs === own.stats.mtimeMs ? own : undefined
    },

    forget: (projectId) => void expected.delete(projectId),
  }
}
