// Cleaning up behind processes that died: their folders say what was under way.

import { readdir, rename, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { findImage } from '../../core/image-list.ts'
import { isImageId } from '../../core/names.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { codeOf, removeFile, removeFolder } from './durable.ts'
import type { Heads } from './heads.ts'
import { ownerLives } from './owner.ts'
import type { Paths } from './paths.ts'
import type { Removal } from './removal.ts'
import { RUN_FILE, type Runs } from './runs.ts'
import { OWNER_FILE, projectOfFolder, type Workspace } from './workspace.ts'

export interface SweeperOptions {
  paths: Paths
  workspace: Workspace
  heads: Heads
  runs: Runs
  removal: Removal
  /** Writes a revision that no longer names what was removed. */
  settle(projectId: string): Promise<void>
  log: Logger
}

export interface Sweeper {
  /** Sweeps behind every owner that is gone. Costs nothing for projects that nobody was working on. */
  sweep(): Promise<void>
  /** Removes the files of an image that is not part of its project. */
  unpublish(projectId: string, imageId: string): Promise<void>
}

/** Marks a removal under way: of one image, or of a whole project. */
export const REMOVED_MARK = '.removed'
export const WHOLE_PROJECT_MARK = `project${REMOVED_MARK}`

export const createSweeper = (options: SweeperOptions): Sweeper => {
  const { paths, workspace, heads, runs, removal, settle, log } = options

  const unpublish = async (projectId: string, imageId: string): Promise<void> => {
    const head = await heads.read(projectId)
    if (head && findImage(await runs.load(projectId, head.state.images), imageId)) return
    await removal.image(projectId, imageId)
  }

  const dropRun = async (projectId: string, runId: string): Promise<void> => {
    const head = await heads.read(projectId)
    const named = [
      ...(head?.state.images.runs ?? []).map(({ stored }) => stored?.id),
      ...(head?.removingRuns ?? []).map(({ id }) => id),
    ]
    if (!named.includes(runId)) await removeFile(paths.run(projectId, runId))
  }

  const sweepFolder = async (folder: string, projectId: string): Promise<void> => {
    const names = await readdir(folder)
    const imageIds = new Set(names.map((name) => name.split('.')[0] ?? '').filter(isImageId))
    for (const imageId of imageIds) await unpublish(projectId, imageId)
    for (const name of names) {
      const runId = RUN_FILE.exec(name)?.[1]
      if (runId !== undefined) await dropRun(projectId, runId)
    }
    if (names.includes(WHOLE_PROJECT_MARK)) {
      await removal.project(projectId)
      await settle(projectId)
    }
    await removeFolder(folder)
  }

  /** Each folder is moved over first: from then on its owner, should it live after all, can link nothing from it. */
  const sweepOwner = async (owner: string): Promise<void> => {
    for (const name of await readdir(owner)) {
      const projectId = projectOfFolder(name)
      if (name === OWNER_FILE) continue
      const folder = join(workspace.path, name)
      await rename(join(owner, name), folder)
      if (projectId === undefined) await removeFolder(folder)
      else await sweepFolder(folder, projectId)
    }
    await removeFile(join(owner, OWNER_FILE))
    await rmdir(owner)
    log.info({ owner }, 'swept behind a process that is gone')
  }

  return {
    unpublish,

    async sweep() {
      for (const name of await readdir(paths.tmp)) {
        const owner = join(paths.tmp, name)
        try {
          if (owner !== workspace.path && !(await ownerLives(join(owner, OWNER_FILE)))) await sweepOwner(owner)
        } catch (error) {
          // Another process may sweep the same folder.
          if (codeOf(error) !== 'ENOENT') log.warn({ error, owner }, 'could not sweep')
        }
      }
    },
  }
}
