// Sweeps the workspaces of processes that died: the names in them tell which work was under way.

import { existsSync } from 'node:fs'
import { readdir, rename, rmdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isPending } from '../../../core/jobs/pending.ts'
import { findImage } from '../../../core/project/image-list.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { NO_OBSERVER, type Observer } from '../../../telemetry/observer.ts'
import type { Heads } from '../commit/heads.ts'
import type { Publisher } from '../commit/publish-meta.ts'
import { claimIn } from '../commit/revision-file.ts'
import type { Segments } from '../commit/segments.ts'
import { codeOf, removeFile, removeFolder, sync, unlessMissing } from '../fs/durable.ts'
import { isPlainFolder, refuseLinkedProject, refuseLinks } from '../fs/no-follow.ts'
import type { Paths } from '../paths.ts'
import { diedWithMachine, LEFT, ownerLives } from '../staging/owner.ts'
import { imagesOfWork, newToken, OWNER_FILE, projectOfFolder, type Workspace } from '../staging/workspace.ts'
import type { AfterPowerCut } from './after-power-cut.ts'
import type { Removal } from './removal.ts'

export interface SweeperOptions {
  paths: Paths
  workspace: Workspace
  heads: Heads
  segments: Segments
  removal: Removal
  afterPowerCut: AfterPowerCut
  publisher: Pick<Publisher, 'publish'>
  /** Commits a revision that no longer lists removed images. */
  settle(projectId: string): Promise<void>
  log: Logger
  /** @default none */
  observer?: Pick<Observer, 'swept'>
}

export interface Sweeper {
  /** Sweeps the workspace of every dead owner. Touches only projects with work under way. */
  sweep(): Promise<void>
  /** Removes the files of an image that is not part of its project, nor pending in it. */
  unpublish(projectId: string, imageId: string): Promise<void>
}

/** File in the work folder of the removal of a whole project. */
export const WHOLE_PROJECT_MARK = 'project.removed'

/** Files in the work folder of a commit. It is empty at the beginning and at the end. */
const COMMIT_FILE = /\.json$/

export const createSweeper = (options: SweeperOptions): Sweeper => {
  const { paths, workspace, heads, segments, removal, afterPowerCut, publisher, settle, log } = options
  const observer = options.observer ?? NO_OBSERVER

  const unpublish = async (projectId: string, imageId: string): Promise<void> => {
    const head = await heads.read(projectId)
    // The next attempt of its job replaces them, or ends that it is pending, which removes them.
    if (head && isPending(head.state, imageId)) return
    if (head && findImage(await segments.load(projectId, head.state.images), imageId)) return
    // Its writer may have died before syncing it, and files are removed for good.
    if (head) await sync(paths.meta(projectId))
    await removal.stray(projectId, imageId)
  }

  const finishRemoval = async (projectId: string): Promise<void> => {
    const head = await heads.read(projectId)
    if (!head || head.removing.length + head.removingSegments.length === 0) return
    await removal.project(projectId)
    await settle(projectId)
  }

  /**
   * Removes the lock of a dead writer, so that no other waits until it is stale. Where another writer has it by now, two
   * commit at once, which costs time alone (see attempt.ts).
   */
  const unlock = async (projectId: string): Promise<void> => {
    await rmdir(paths.lock(projectId)).catch(unlessMissing)
  }

  /** Publishes meta.json, where the writer died between its commit and that. */
  const publishLate = async (projectId: string, folder: string): Promise<void> => {
    const head = await heads.read(projectId)
    if (head && (claimIn(paths.published(projectId)) ?? 0) < head.state.revision)
      await publisher.publish(projectId, head, folder)
  }

  /** @param died false for a folder left to a sweep by a living owner, which holds no lock */
  const sweepFolder = async (folder: string, projectId: string, died: boolean): Promise<void> => {
    refuseLinkedProject(paths, projectId, ...paths.folders(projectId))
    const names = await readdir(folder)
    const imageIds = imagesOfWork(basename(folder), names)
    const isCommit = imageIds.size === 0 && names.every((name) => COMMIT_FILE.test(name))
    if (isCommit && died) await unlock(projectId)
    for (const imageId of imageIds) await unpublish(projectId, imageId)
    await segments.drop(projectId, folder)
    // Files of images that the commit deleted: they are removed after it.
    if (isCommit) await removal.project(projectId)
    if (isCommit && died) await publishLate(projectId, folder)
    if (names.includes(WHOLE_PROJECT_MARK)) await finishRemoval(projectId)
    await removeFolder(folder)
  }

  /**
   * Sweeps one workspace. Renames it first, as a whole: an owner that lives after all can publish nothing of its begun
   * work any more. (Folder by folder, an upload could be swept while its commit still succeeds.) The new name marks it as
   * abandoned, so that any process continues should this one fail.
   */
  const sweepOwner = async (owner: string): Promise<boolean> => {
    const taken = join(paths.tmp, newToken() + LEFT)
    const diedOfCut = await diedWithMachine(join(owner, OWNER_FILE))
    await rename(owner, taken)
    let whole = true
    for (const name of await readdir(taken)) {
      const projectId = projectOfFolder(name)
      // A symbolic link is removed with the workspace.
      if (projectId === undefined || !isPlainFolder(join(taken, name))) continue
      await sweepFolder(join(taken, name), projectId, !owner.endsWith(LEFT)).catch((error: unknown) => {
        // Otherwise another process sweeps it.
        if (!existsSync(taken)) throw error
        whole = false
        log.warn({ error, owner, projectId }, 'could not sweep a work folder; trying again')
      })
    }
    if (diedOfCut) await afterPowerCut()
    if (!whole) return false
    await removeFolder(taken)
    log.info({ owner }, 'swept the workspace of a dead process')
    return true
  }

  return {
    unpublish,

    async sweep() {
      let owners = 0
      refuseLinks(paths.root, paths.tmp)
      for (const name of await readdir(paths.tmp)) {
        const owner = join(paths.tmp, name)
        try {
          if (!isPlainFolder(owner)) {
            await removeFile(owner)
            continue
          }
          const isLeft = owner !== workspace.path && !(await ownerLives(join(owner, OWNER_FILE)))
          if (isLeft && (await sweepOwner(owner))) owners++
        } catch (error) {
          // Another process may sweep the same folder.
          if (codeOf(error) !== 'ENOENT') log.warn({ error, owner }, 'could not sweep a workspace; trying again')
        }
      }
      observer.swept(owners)
    },
  }
}
