// Format of change files: the listed entries of pruned revisions, 32 a file, readable JSON sealed by a checksum.

import { z } from 'zod'
import { projectEventSchema } from '../../core/project/events.ts'
import { seal, unseal } from '../append-log.ts'
import type { ListedEntry } from './revision.ts'

/** Revisions of one file. Part of the format: a file is found by its first number, see {@link firstOf}. */
export const CHANGES_A_FILE = 32

const fileSchema = z.object({
  project_id: z.string(),
  changes: z.array(
    z.object({
      revision: z.int().min(1),
      at: z.string(),
      commit: z.string(),
      previous: z.string().optional(),
      // The checksum matches, so an event of another form is of a newer version.
      events: z.array(projectEventSchema).optional().catch(undefined),
    }),
  ),
})

/** First number of the file that has this revision, or would have it. */
export const firstOf = (revision: number): number => revision - ((revision - 1) % CHANGES_A_FILE)

/** @param entries of one project and one file, in their order; one or more */
export const encodeChanges = (entries: readonly ListedEntry[]): string => {
  const lines = entries.map(({ revision, at, commit, previousCommit: previous, events }) =>
    JSON.stringify({ revision, at, commit, previous, events }),
  )
  return seal(
    `  "project_id": ${JSON.stringify(entries[0]?.projectId)},\n  "changes": [\n    ${lines.join(',\n    ')}\n  ]`,
  )
}

/** @throws Error where the text is damaged in any way, or of another project or first number */
export const decodeChanges = (text: string, projectId: string, first: number): ListedEntry[] => {
  const { project_id, changes } = fileSchema.parse(JSON.parse(unseal(text)))
  // A whole file can be misplaced: in a copied folder, or renamed.
  if (project_id !== projectId || changes.some(({ revision }) => firstOf(revision) !== first))
    throw new Error(`the file has changes of "${project_id}" from revision ${changes[0]?.revision} on`)
  return changes.map(({ previous: previousCommit, events, ...entry }) => ({
    ...{ projectId, previousCommit, events },
    ...entry,
  }))
}

/**
 * The entries that can be kept: the last ones without a gap, whose events are known, and each of which is the commit that
 * the one after it followed. So a number that a stopped writer used again is never kept.
 *
 * @param entries in the order of their numbers; undefined where one is unknown
 * @param after of the revision after the last of them, which is part of the history
 */
export const keptAmong = (entries: readonly (ListedEntry | undefined)[], after: ListedEntry): ListedEntry[] => {
  const kept: ListedEntry[] = []
  let next = after
  for (const entry of entries.toReversed()) {
    if (!entry?.events || entry.revision !== next.revision - 1) break
    if (entry.commit === undefined || entry.commit !== next.previousCommit) break
    kept.unshift(entry)
    next = entry
  }
  return kept
}
