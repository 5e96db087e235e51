// Recovery after a power cut, beyond unfinished work: removes locks, and files whose removal was not durable (btrfs brings
// them back). Revisions list such files, so every project is checked once.

import { readdir, rmdir, stat } from 'node:fs/promises'
import type { Logger } from '../../../telemetry/logger.ts'
import type { Heads } from '../commit/heads.ts'
import { isMissing } from '../fs/durable.ts'
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
    if (head && head.removing.length + head.removingSegments.length > 0) await removal.project(projectId)
  }

  return async () => {
    if (done) return
    for (const folder of await readdir(paths.projects)) {
      const projectId = projectIdOf(folder)
      if (projectId === undefined) continue
      try {
        await unlock(projectId)
        await removeAgain(projectId)
      } catch (error) {
        log.warn({ error, projectId }, 'could not clean up a project after a power cut; skipping it')
      }
    }
    done = true
  }
}
