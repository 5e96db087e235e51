// Deleting an image or a whole project: the revision first, then the files.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProjectChange, ProjectState } from '../../core/changes.ts'
import { TintypeError } from '../../core/errors.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { removeFolder } from './durable.ts'
import type { Removal } from './removal.ts'
import { REMOVED_MARK, WHOLE_PROJECT_MARK } from './sweep.ts'
import type { Workspace } from './workspace.ts'

export interface DeletionOptions {
  workspace: Workspace
  removal: Removal
  /** Commits a change; without one, a revision that no longer names what was removed. */
  commit(projectId: string, change: ProjectChange | undefined): Promise<ProjectState>
  log: Logger
}

export type DeletingChange = ProjectChange & { type: 'delete_image' | 'delete_project' }

/** Resolves once the deletion is durable and the files are gone, as far as the disk lets them go; a sweep does the rest. */
export type Deletion = (projectId: string, change: DeletingChange) => Promise<ProjectState>

export const createDeletion = ({ workspace, removal, commit, log }: DeletionOptions): Deletion => {
  const removeFiles = async (projectId: string, change: DeletingChange): Promise<void> => {
    if (change.type === 'delete_image') return removal.image(projectId, change.imageId)
    await removal.project(projectId)
    await commit(projectId, undefined)
  }

  return async (projectId, change) => {
    const folder = await workspace.folder(projectId)
    const putAway = (error: unknown) => {
      log.warn({ error, projectId }, 'files of a deletion could not be removed; a sweep does it')
      return workspace.leave(folder)
    }
    try {
      // Says what is being removed, in case this process dies over it.
      await writeFile(join(folder, markOf(change)), '', { flag: 'wx' })
      const state = await commit(projectId, change)
      await removeFiles(projectId, change)
        .then(() => removeFolder(folder))
        .catch(putAway)
      return state
    } catch (error) {
      await (hasNotHappened(error) ? removeFolder(folder).catch(putAway) : putAway(error))
      throw error
    }
  }
}

const markOf = (change: DeletingChange): string =>
  change.type === 'delete_image' ? change.imageId + REMOVED_MARK : WHOLE_PROJECT_MARK

/** False for errors of the disk: the deletion may have been committed all the same. */
const hasNotHappened = (error: unknown): boolean =>
  error instanceof TintypeError && error.code !== 'store_unavailable' && error.code !== 'storage_full'
