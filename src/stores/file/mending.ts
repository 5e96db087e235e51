// Mends variants that are missing here: fetches them from the fallback and puts them back. Only readers that found no file
// come here.

import { rename, utimes } from 'node:fs/promises'
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
  /** True where originals may be evicted, because the fallback has them. @default false */
  isBounded?: boolean | undefined
  /** Called with each file that was put back. @default nothing */
  onFetched?: ((file: { name: VariantName; bytes: number }) => void) | undefined
  log: Logger
}

export interface Mending {
  /**
   * Puts a variant back, durably. False where the image has none, or the fallback does not have it.
   *
   * @throws TintypeError `store_unavailable` where it cannot be fetched now
   */
  mend(projectId: string, imageId: string, name: VariantName): Promise<boolean>
  /** True where originals may be evicted. */
  readonly isBounded: boolean
  /** Record of an image in the newest list; undefined where there is none. */
  recordOf(projectId: string, imageId: string): Promise<ImageRecord | undefined>
}

/** Time for which a file that the fallback does not have is not looked for again, in milliseconds. */
const LOST_MS = 60_000
/** The same where the fallback is away. */
const AWAY_MS = 5000

export const createMending = (options: MendingOptions): Mending => {
  const {
    paths,
    heads,
    segments,
    removal,
    workspace,
    fallback,
    isReadOnly,
    isBounded = false,
    onFetched,
    log,
  } = options
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

  const fetch = async (
    projectId: string,
    record: ImageRecord,
    name: VariantName,
    content: Variant,
  ): Promise<boolean> => {
    const imageId = record.id
    refuseLinkedProject(paths, projectId, paths.variants(projectId, name))
    const folder = await workspace.folder(projectId)
    try {
      const draft = join(folder, `fetched-${name}`)
      if (!(await fallback.fetch({ projectId, imageId, name, content }, draft))) return false
      const path = paths.variant(projectId, imageId, name)
      // As old as its image, whenever it is fetched, and used now.
      await utimes(draft, new Date(), dateOf(record) / 1000)
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
    const isBehindSource = name === 'original' && record.sizes.source !== undefined
    const source = paths.variant(projectId, imageId, 'source')
    if (isBehindSource && !plainFileStats(source)) await mend(projectId, imageId, 'source')
    if (!(await fetch(projectId, record, name, content))) return false
    onFetched?.({ name, bytes: content.bytes })
    // Evicted meanwhile.
    if (isBehindSource && !plainFileStats(source)) await mend(projectId, imageId, 'source')
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

  return { mend, isBounded, recordOf }
}

/** Date of a file that is fetched: that of its image, in milliseconds since 1970, in whole seconds as in HTTP dates. */
export const dateOf = ({ created_at }: ImageRecord): number => Math.floor(Date.parse(created_at) / 1000) * 1000

const UNAVAILABLE = 'The file is in the bucket of the fallback, which cannot be read now.'
