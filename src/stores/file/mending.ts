// Mends variants that are missing here: fetches them from the fallback and puts them back. Only readers that found no file
// come here.

import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LRUCache } from 'lru-cache'
import type { VariantName } from '../../core/names.ts'
import { findImage } from '../../core/project/image-list.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { SecondCopy } from '../fallback/second-copy.ts'
import type { Removal } from './cleanup/removal.ts'
import type { Heads } from './commit/heads.ts'
import type { Segments } from './commit/segments.ts'
import { makeFolder, removeFolder, sync } from './fs/durable.ts'
import { refuseLinkedProject } from './fs/no-follow.ts'
import type { Paths } from './paths.ts'
import type { Workspace } from './staging/workspace.ts'

export interface MendingOptions {
  paths: Paths
  heads: Pick<Heads, 'read'>
  segments: Pick<Segments, 'load'>
  removal: Pick<Removal, 'stray'>
  workspace: Pick<Workspace, 'folder'>
  /** Where files that are missing here are fetched from; a store without it mends none. */
  fallback: SecondCopy
  /** True where nothing may be written. */
  isReadOnly(): boolean
  log: Logger
}

/** Puts a variant back, durably. False where that is not possible. Never throws. */
export type Mend = (projectId: string, imageId: string, name: VariantName) => Promise<boolean>

/** Time for which a file that could not be fetched is not looked for again, in milliseconds. */
const LOST_MS = 60_000

export const createMend = (options: MendingOptions): Mend => {
  const { paths, heads, segments, removal, workspace, fallback, isReadOnly, log } = options
  const underWay = new Map<string, Promise<boolean>>()
  const lost = new LRUCache<string, true>({ max: 10_000, ttl: LOST_MS })

  const recordOf = async (projectId: string, imageId: string): Promise<ImageRecord | undefined> => {
    const head = await heads.read(projectId)
    if (!head || head.state.deleted) return undefined
    return findImage(await segments.load(projectId, head.state.images), imageId)
  }

  const putBack = async (projectId: string, imageId: string, name: VariantName): Promise<boolean> => {
    const content = (await recordOf(projectId, imageId))?.sizes[name]
    if (!content) return false
    refuseLinkedProject(paths, projectId, paths.variants(projectId, name))
    const folder = await workspace.folder(projectId)
    try {
      const draft = join(folder, `fetched-${name}`)
      if (!(await fallback.fetch({ projectId, imageId, name, content }, draft))) return false
      const path = paths.variant(projectId, imageId, name)
      await makeFolder(dirname(path))
      await rename(draft, path)
      await sync(dirname(path))
    } finally {
      await removeFolder(folder).catch(() => {})
    }
    log.warn({ projectId, imageId, name }, 'a stored file was missing; put it back from the fallback')
    if (await recordOf(projectId, imageId)) return true
    // Deleted meanwhile: its files must go too.
    await removal.stray(projectId, imageId)
    return false
  }

  return (projectId, imageId, name) => {
    const key = `${projectId}/${imageId}/${name}`
    if (isReadOnly() || lost.has(key)) return Promise.resolve(false)
    const found = underWay.get(key)
    if (found) return found
    const mending = putBack(projectId, imageId, name)
      .catch((error: unknown) => {
        log.warn({ error, projectId, imageId, name }, 'could not fetch a missing file from the fallback')
        return false
      })
      .then((isBack) => {
        if (!isBack) lost.set(key, true)
        return isBack
      })
      .finally(() => underWay.delete(key))
    underWay.set(key, mending)
    return mending
  }
}
