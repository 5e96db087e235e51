// Mends variants that are missing here: fetches them from the fallback and puts them back. Only readers that found no file
// come here.

import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LRUCache } from 'lru-cache'
import { isDamage, TintypeError } from '../../core/errors.ts'
import type { VariantName } from '../../core/names.ts'
import { findImage } from '../../core/project/image-list.ts'
import type { ImageRecord, Variant } from '../../core/project/model.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { isOfPlace } from '../copy/failure.ts'
import { isPartial } from '../fallback/partial.ts'
import type { SecondCopy } from '../fallback/second-copy.ts'
import type { Removal } from './cleanup/removal.ts'
import type { Heads } from './commit/heads.ts'
import type { Segments } from './commit/segments.ts'
import { makeFolder, removeFolder, sync } from './fs/durable.ts'
import { plainFileStats, refuseLinkedProject } from './fs/no-follow.ts'
import type { Paths } from './paths.ts'
import type { Workspace } from './staging/workspace.ts'

export interface MendingOptions {
  paths: Paths
  heads: Pick<Heads, 'read' | 'isOvertaken'>
  segments: Pick<Segments, 'load'>
  removal: Pick<Removal, 'stray'>
  workspace: Pick<Workspace, 'folder'>
  /** Where files that are missing here are fetched from; a store without it mends none. */
  fallback: SecondCopy
  /** True where nothing may be written. */
  isReadOnly(): boolean
  log: Logger
}

export interface Mending {
  /**
   * Puts a variant back, durably. False where the image has none, or the fallback does not have it.
   *
   * @throws TintypeError `store_unavailable` where it cannot be fetched now
   */
  mend(projectId: string, imageId: string, name: VariantName): Promise<boolean>
  /** Record of an image in the newest list; undefined where there is none. */
  recordOf(projectId: string, imageId: string): Promise<ImageRecord | undefined>
}

/** Time for which a file that the fallback does not have is not looked for again, in milliseconds. */
const LOST_MS = 60_000
/** The same where the fallback is away. */
const AWAY_MS = 5000

export const createMending = (options: MendingOptions): Mending => {
  const { paths, heads, segments, removal, workspace, fallback, isReadOnly, log } = options
  const underWay = new Map<string, Promise<boolean>>()
  const lost = new LRUCache<string, 'lost' | TintypeError>({ max: 10_000, ttl: LOST_MS })

  const recordOf: Mending['recordOf'] = async (projectId, imageId) => {
    for (;;) {
      const head = await heads.read(projectId)
      if (!head || head.state.deleted) return undefined
      const { revision, images } = head.state
      try {
        return findImage(await segments.load(projectId, images), imageId)
      } catch (error) {
        // Its segments are removed with the last revision that names them.
        if (!isDamage(error) || !(await heads.isOvertaken(projectId, revision))) throw error
      }
    }
  }

  const fetch = async (projectId: string, imageId: string, name: VariantName, content: Variant): Promise<boolean> => {
    refuseLinkedProject(paths, projectId, paths.variants(projectId, name))
    const folder = await workspace.folder(projectId)
    try {
      const draft = join(folder, `fetched-${name}`)
      if (!(await fallback.fetch({ projectId, imageId, name, content }, draft))) return false
      const path = paths.variant(projectId, imageId, name)
      await makeFolder(dirname(path))
      await rename(draft, path)
      await sync(dirname(path))
      return true
    } finally {
      await removeFolder(folder).catch(() => {})
    }
  }

  const putBack = async (projectId: string, imageId: string, name: VariantName): Promise<boolean> => {
    const record = await recordOf(projectId, imageId)
    const content = record?.sizes[name]
    if (!record || !content) return false
    // Renders are made from the source where it is there: an original without it would be taken for an opaque picture.
    const isFirst =
      name === 'original' && record.sizes.source && !plainFileStats(paths.variant(projectId, imageId, 'source'))
    if (isFirst) await mend(projectId, imageId, 'source')
    if (!(await fetch(projectId, imageId, name, content))) return false
    const level = isPartial(paths.root) ? 'debug' : 'warn'
    log[level]({ projectId, imageId, name }, 'a stored file was missing; put it back from the fallback')
    if (await recordOf(projectId, imageId)) return true
    // Deleted meanwhile: its files must go too.
    await removal.stray(projectId, imageId)
    return false
  }

  /** @throws TintypeError `store_unavailable` */
  const failed = (error: unknown, key: string): false => {
    log.warn({ error, file: key }, 'could not fetch a missing file from the fallback')
    if (!isOfPlace(error)) return false
    const refusal = new TintypeError('store_unavailable', UNAVAILABLE, { cause: error, retryAfterSeconds: 5 })
    lost.set(key, refusal, { ttl: AWAY_MS })
    throw refusal
  }

  const mend: Mending['mend'] = async (projectId, imageId, name) => {
    const key = `${projectId}/${imageId}/${name}`
    const before = lost.get(key)
    if (before instanceof TintypeError) throw before
    if (isReadOnly() || before) return false
    const found = underWay.get(key)
    if (found) return found
    const mending = putBack(projectId, imageId, name)
      .catch((error: unknown) => failed(error, key))
      .then((isBack) => {
        if (!isBack) lost.set(key, 'lost')
        return isBack
      })
      .finally(() => underWay.delete(key))
    underWay.set(key, mending)
    return mending
  }

  return { mend, recordOf }
}

const UNAVAILABLE = 'The file is in the bucket of the fallback, which cannot be read now.'
