// Recovery after a power cut, beyond unfinished work: removes locks, and files whose removal was not durable (btrfs brings
// them back, in any order). Every project is checked once: revisions list the files of images, and a gap between
// revisions shows that pruned ones are back.

import { readdir, rmdir, stat } from 'node:fs/promises'
import type { Logger } from '../../../telemetry/logger.ts'
import type { Heads } from '../commit/heads.ts'
import { MIN_REVISIONS, revisionNumbersNow } from '../commit/revision-file.ts'
import { isMissing, removeFile } from '../fs/durable.ts'
import { refuseLinkedProject, refuseLinks } from '../fs/no-follow.ts'
import { type Paths, projectIdOf } from '../paths.ts'
import type { Removal } from './removal.ts'

export interface AfterPowerCutOptions {
  paths: Paths
  heads: Heads
  removal: Removal
  lockStaleMs: number
  log: Logger
}

/**
 * Resolves once every project was checked, about 3,000 a second. Further calls do nothing: the machine cannot have
 * restarted since. Requests are answered meanwhile.
 */
export type AfterPowerCut = () => Promise<void>

export const createAfterPowerCut = ({
  paths,
  heads,
  removal,
  lockStaleMs,
  log,
}: AfterPowerCutOptions): AfterPowerCut => {
  let done = false

  const unlock = async (projectId: string): Promise<void> => {
    try {
      const { mtimeMs } = await stat(paths.lock(projectId))
      if (Date.now() - mtimeMs > lockStaleMs) await rmdir(paths.lock(projectId))
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }

  const removeAgain = async (projectId: string): Promise<void> => {
    const head = await heads.read(projectId)
    if (!head) return
    if (head.removing.length + head.removingSegments.length > 0) await removal.project(projectId)
    await pruneAgain(projectId)
  }

  /** Removes revisions below a gap, where as many as pruning keeps are above it. Their segments were removed, durably. */
  const pruneAgain = async (projectId: string): Promise<void> => {
    const numbers = revisionNumbersNow(paths.meta(projectId))
    const gap = numbers.findLastIndex((number, at) => at > 0 && number !== (numbers[at - 1] ?? 0) + 1)
    if (gap < 1 || numbers.length - gap < MIN_REVISIONS) return
    for (const number of numbers.slice(0, gap)) await removeFile(paths.revision(projectId, number))
  }

  return async () => {
    if (done) return
    refuseLinks(paths.root, paths.projects)
    for (const folder of await readdir(paths.projects)) {
      const projectId = projectIdOf(folder)
      if (projectId === undefined) continue
      try {
        refuseLinkedProject(paths, projectId, paths.meta(projectId), paths.segments(projectId))
        await unlock(projectId)
        await removeAgain(projectId)
      } catch (error) {
        log.warn({ error, projectId }, 'could not clean up a project after a power cut; skipping it')
      }
    }
    done = true
  }
}
