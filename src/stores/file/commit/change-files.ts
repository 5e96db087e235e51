// Change files, `.meta/changes/<first>.json`: the changes of revisions that were pruned, for watchers that are behind.
//
// A file is written before the first of its 32 revisions goes, and never changed: its content follows from the history
// alone, so that of several processes that write it any one may win. Older versions of the program ignore them.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CHANGES_A_FILE, decodeChanges, encodeChanges, firstOf } from '../../history/change-file.ts'
import type { ListedEntry } from '../../history/revision.ts'
import { codeOf, linkNew, makeFolder, readText, removeFile, sync, unlessMissing, writeNew } from '../fs/durable.ts'
import { refuseLinkedProject } from '../fs/no-follow.ts'
import type { Paths } from '../paths.ts'
import { revisionNumbers, statsOf } from './revision-file.ts'

/** Changes that stay. Revisions that are not pruned yet count too. */
export interface KeptChanges {
  /** Newest ones that stay however old they are. @default 1000 */
  count: number
  /** Age up to which older ones stay, in milliseconds. @default 604800000 (7 days) */
  ageMs: number
  /** Most that stay however new they are. @default 100000 */
  most: number
}

export interface ChangeFiles {
  /** True where there is a file of changes from this revision on. */
  has(projectId: string, first: number): boolean
  /**
   * Makes the file of changes from a revision on durable. One that exists stays as it is.
   *
   * @param entries of revisions of this file
   * @param folder work folder, for the draft
   */
  keep(projectId: string, first: number, entries: readonly ListedEntry[], folder: string): Promise<void>
  /**
   * The kept changes of the file that has a revision, or would have it; none where they are gone or damaged.
   *
   * @throws TintypeError `project_damaged` for a symbolic link; errors of the system
   */
  read(projectId: string, revision: number): Promise<readonly ListedEntry[]>
  /** Removes what need not stay. @param newest number of the newest revision */
  expire(projectId: string, newest: number): Promise<void>
}

const DEFAULTS: KeptChanges = { count: 1000, ageMs: 7 * 86_400_000, most: 100_000 }

/** Codes of the system for a missing file, or a symbolic link; undefined where its content is damaged. */
const UNREADABLE: ReadonlySet<string | undefined> = new Set([undefined, 'ENOENT', 'ELOOP'])

export const createChangeFiles = (
  paths: Paths,
  now: () => Date = () => new Date(),
  kept: Partial<KeptChanges> = {},
): ChangeFiles => {
  const { count, ageMs, most } = { ...DEFAULTS, ...kept }

  const assertPlain = (projectId: string): void =>
    refuseLinkedProject(paths, projectId, paths.meta(projectId), paths.changes(projectId))

  const has = (projectId: string, first: number): boolean => statsOf(paths.changeFile(projectId, first)) !== undefined

  const isOld = async (path: string): Promise<boolean> => {
    const stats = await stat(path).catch(unlessMissing)
    // The time at which its revisions were pruned, so that the age is not overestimated.
    return stats !== undefined && now().getTime() - stats.mtimeMs > ageMs
  }

  return {
    has,

    async keep(projectId, first, entries, folder) {
      assertPlain(projectId)
      if (!has(projectId, first)) {
        if (entries.length === 0) return
        await makeFolder(paths.changes(projectId))
        const draft = join(folder, `changes-${first}.json`)
        await writeNew(draft, encodeChanges(entries))
        // Where another process was faster, its file has the same changes.
        await linkNew(draft, paths.changeFile(projectId, first)).finally(() => removeFile(draft))
      }
      // Also for a file of another process, which may not have synced it yet.
      await sync(paths.changes(projectId))
    },

    async read(projectId, revision) {
      const first = firstOf(revision)
      assertPlain(projectId)
      try {
        return decodeChanges(await readText(paths.changeFile(projectId, first)), projectId, first)
      } catch (error) {
        if (!UNREADABLE.has(codeOf(error))) throw error
        return []
      }
    },

    async expire(projectId, newest) {
      assertPlain(projectId)
      for (const first of await revisionNumbers(paths.changes(projectId))) {
        const newer = newest - (first + CHANGES_A_FILE - 1)
        const path = paths.changeFile(projectId, first)
        if (newer < most && (newer < count || !(await isOld(path)))) return
        await removeFile(path)
      }
    },
  }
}
