// Deleting a whole project: the revision first, then the files of all its images.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TintypeError } from '../../../core/errors.ts'
import type { ProjectChange } from '../../../core/project/changes.ts'
import type { ProjectState } from '../../../core/project/state.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { removeFolder } from '../fs/durable.ts'
import type { Workspace } from '../staging/workspace.ts'
import type { Removal } from './removal.ts'
import { WHOLE_PROJECT_MARK } from './sweep.ts'

export interface DeleteProjectOptions {
  workspace: Workspace
  removal: Removal
  /** Commits a change; without one, a revision that no longer names what was removed. */
  commit(projectId: string, change: ProjectChange | undefined): Promise<ProjectState>
  log: Logger
}

/** Resolves once the deletion is durable and the files are gone, as far as the disk lets them go; a sweep does the rest. */
export type DeleteProject = (
  projectId: string,
  change: ProjectChange & { type: 'delete_project' },
) => Promise<ProjectState>

export const createDeleteProject = ({ workspace, removal, commit, log }: DeleteProjectOptions): DeleteProject => {
  const removeFiles = async (projectId: string): Promise<void> => {
    await removal.project(projectId)
    await commit(projectId, undefined)
  }

  return async (projectId, change) => {
    const folder = await workspace.folder(projectId)
    const putAway = (error: unknown) => {
      log.warn({ error, projectId }, 'files of a deleted project could not be removed; a sweep does it')
      return workspace.leave(folder)
    }
    try {
      // Says what is being removed, in case this process dies over it.
      await writeFile(join(folder, WHOLE_PROJECT_MARK), '', { flag: 'wx' })
      const state = await commit(projectId, change)
      await removeFiles(projectId)
        .then(() => removeFolder(folder))
        .catch(putAway)
      return state
    } catch (error) {
      await (hasNotHappened(error) ? removeFolder(folder).catch(putAway) : putAway(error))
      throw error
    }
  }
}

/** False for errors of the disk: the deletion may have been committed all the same. */
const hasNotHappened = (error: unknown): boolean =>
  error instanceof TintypeError && error.code !== 'store_unavailable' && error.code !== 'storage_full'
