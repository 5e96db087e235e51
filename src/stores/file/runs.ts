// Sealed runs of images: written once, named by revisions, removed with the last revision that names them.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LRUCache } from 'lru-cache'
import { customAlphabet } from 'nanoid'
import { TintypeError } from '../../core/errors.ts'
import type { ImageList, Run } from '../../core/image-list.ts'
import type { ImageRecord } from '../../core/model.ts'
import { linkNew, sync, writeNew } from './durable.ts'
import type { Paths } from './paths.ts'
import { decodeRun, encodeRun, type StoredRun, sha256, storedRun } from './revision.ts'

export interface RunsOptions {
  paths: Paths
  /** Memory for runs, in bytes as they are on disk. @default 32 MiB */
  maxBytes?: number
}

export interface Runs {
  /** The same list with every run loaded. @throws TintypeError `project_damaged` */
  load(projectId: string, list: ImageList): Promise<ImageList>
  /** The images of one run. @throws TintypeError `project_damaged` */
  images(projectId: string, stored: StoredRun): Promise<readonly ImageRecord[]>
  /**
   * The same list with every new run written and synced. Each is written to `folder` first and stays there under the
   * same name, so that a sweep knows which runs a dead writer left.
   */
  store(projectId: string, list: ImageList, folder: string): Promise<ImageList>
}

const newRunId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 16)

/** Name of a run's file in a writer's own folder. */
export const RUN_FILE = /^run-([0-9a-z]{16})\.json$/

export const createRuns = ({ paths, maxBytes }: RunsOptions): Runs => {
  const cache = new LRUCache<string, readonly ImageRecord[]>({ maxSize: maxBytes ?? 32 * 2 ** 20 })

  const images = async (projectId: string, stored: StoredRun): Promise<readonly ImageRecord[]> => {
    const known = cache.get(stored.id)
    if (known) return known
    try {
      const loaded = decodeRun(await readFile(paths.run(projectId, stored.id), 'utf8'), stored)
      cache.set(stored.id, loaded, { size: stored.bytes })
      return loaded
    } catch (error) {
      throw new TintypeError(
        'project_damaged',
        `A part of the list of project "${projectId}" is damaged on disk; tintype doctor can mend it.`,
        { cause: error },
      )
    }
  }

  const loadRun = async (projectId: string, run: Run): Promise<Run> =>
    run.images ? run : { ...run, images: await images(projectId, storedRun(run.count, run.stored)) }

  const storeRun = async (projectId: string, run: Run, folder: string): Promise<Run> => {
    if (run.stored || !run.images) return run
    const id = newRunId()
    const text = encodeRun(run.images)
    const own = join(folder, `run-${id}.json`)
    await writeNew(own, text)
    await linkNew(own, paths.run(projectId, id))
    const stored = { id, bytes: Buffer.byteLength(text), sha256: sha256(text) }
    cache.set(id, run.images, { size: stored.bytes })
    return { ...run, stored }
  }

  return {
    images,

    async load(projectId, list) {
      if (list.runs.every((run) => run.images)) return list
      return { ...list, runs: await Promise.all(list.runs.map((run) => loadRun(projectId, run))) }
    },

    async store(projectId, list, folder) {
      if (list.runs.every((run) => run.stored)) return list
      const runs: Run[] = []
      for (const run of list.runs) runs.push(await storeRun(projectId, run, folder))
      await sync(paths.runs(projectId))
      return { ...list, runs }
    },
  }
}
