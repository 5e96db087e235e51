// Deletes a project: commits the deletion, then removes the files of all its images.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TintypeError } from '../../../core/errors.ts'
import type { ProjectChange } from '../../../core/project/changes.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import type { Transition } from '../../store.ts'
import { removeFolder } from '../fs/durable.ts'
import type { Workspace } from '../staging/workspace.ts'
import type { Removal } from './removal.ts'
import { WHOLE_PROJECT_MARK } from './sweep.ts'

export interface DeleteProjectOptions {
  workspace: Workspace
  removal: Removal
  /** Commits a change; without one, a revision that no longer lists removed images. */
  commit(projectId: string, change: ProjectChange | undefined): Promise<Transition>
  log: Logger
}

/** Resolves once the deletion is durable and the files are removed; files whose removal failed are left to a sweep. */
export type DeleteProject = (
  projectId: string,
  change: ProjectChange & { type: 'delete_project' },
) => Promise<Transition>

export const createDeleteProject = ({ workspace, removal, commit, log }: DeleteProjectOptions): DeleteProject => {
  const removeFiles = async (projectId: string): Promise<void> => {
    await removal.project(projectId)
    await commit(projectId, undefined)
  }

  return async (projectId, change) => {
    const folder = await workspace.folder(projectId)
    const leave = (error: unknown) => {
      log.warn({ error, projectId }, 'could not remove the files of a deleted project; leaving them to a sweep')
      return workspace.leave(folder)
    }
    try {
      // Tells a sweep to finish the removal, should this process die.
      await writeFile(join(folder, WHOLE_PROJECT_MARK), '', { flag: 'wx' })
      const transition = await commit(projectId, change)
      await removeFiles(projectId)
        .then(() => removeFolder(folder))
        .catch(leave)
      return transition
    } catch (error) {
      await (hasNotHappened(error) ? removeFolder(folder).catch(leave) : leave(error))
      throw error
    }
  }
}

/** True for rejected changes. Errors of the disk leave the outcome unknown. */
const hasNotHappened = (error: unknown): boolean =>
  error instanceof TintypeError && error.code !== 'store_unavailable' && error.code !== 'storage_full'
