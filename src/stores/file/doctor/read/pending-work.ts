// Finds the work under way in the workspaces under .tmp, which may be on its way into a project or out of it.

import { join } from 'node:path'
import { WHOLE_PROJECT_MARK } from '../../cleanup/sweep.ts'
import { SEGMENT_FILE } from '../../commit/segments.ts'
import type { Paths } from '../../paths.ts'
import { ownerLives } from '../../staging/owner.ts'
import { imagesOfWork, OWNER_FILE, projectOfFolder } from '../../staging/workspace.ts'
import { listNames } from './files.ts'

export interface PendingWork {
  imageIds: ReadonlySet<string>
  segmentIds: ReadonlySet<string>
  /** True while the whole project is being deleted. */
  isWholeProject: boolean
  /** Work folders of the project, of any kind. */
  folders: number
}

/**
 * Work on a project. Read it before the head: an entry that is neither named here nor, later, by the head is an orphan.
 *
 * @param owners with `alive`, only work of processes that are not known to have ended
 */
export const findPendingWork = async (
  paths: Paths,
  projectId: string,
  owners: 'all' | 'alive',
): Promise<PendingWork> => {
  const imageIds = new Set<string>()
  const segmentIds = new Set<string>()
  let isWholeProject = false
  let folders = 0
  for (const owner of await listNames(paths.tmp)) {
    const workspace = join(paths.tmp, owner)
    const ofProject = (await listNames(workspace)).filter((name) => projectOfFolder(name) === projectId)
    if (ofProject.length === 0) continue
    if (owners === 'alive' && !(await ownerLives(join(workspace, OWNER_FILE)))) continue
    for (const folder of ofProject) {
      folders++
      const names = await listNames(join(workspace, folder))
      for (const imageId of imagesOfWork(folder, names)) imageIds.add(imageId)
      for (const name of names) {
        const segmentId = SEGMENT_FILE.exec(name)?.[1]
        if (segmentId !== undefined) segmentIds.add(segmentId)
        if (name === WHOLE_PROJECT_MARK) isWholeProject = true
      }
    }
  }
  return { imageIds, segmentIds, isWholeProject, folders }
}

/** True where a process that has ended left work on a project: the next start of a server finishes or removes it. */
export const hasEndedWork = async (paths: Paths, projectId: string): Promise<boolean> => {
  const [all, alive] = await Promise.all(
    (['all', 'alive'] as const).map((owners) => findPendingWork(paths, projectId, owners)),
  )
  return (all?.folders ?? 0) > (alive?.folders ?? 0)
}

/** Ends the detail of a problem that {@link hasEndedWork} explains. */
export const SWEPT_LATER = '; a process ended within its change, and the next start of a server finishes it'

/** True where another process than this one works with the store. */
export const hasOtherOwners = async (paths: Paths, ownWorkspace: string): Promise<boolean> => {
  for (const owner of await listNames(paths.tmp)) {
    const workspace = join(paths.tmp, owner)
    if (workspace !== ownWorkspace && (await ownerLives(join(workspace, OWNER_FILE)))) return true
  }
  return false
}
