// Evicts the least recently used originals of a store in a folder, with their sources, once they exceed a limit: those that
// the bucket of its fallback has. Readers fetch them again (../file/mending.ts).
//
// An original goes before its source, and comes back after it: renders are made from the source where it is there. One
// process of all that share the folder evicts, by a lease. It finds the files of all processes by scans: after changes, and
// every minute.

import { unlink } from 'node:fs/promises'
import { LARGE } from '../../core/names.ts'
import { findImage } from '../../core/project/image-list.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { unlessMissing } from '../file/fs/durable.ts'
import { plainFileStats, refuseLinkedProject } from '../file/fs/no-follow.ts'
import type { Paths } from '../file/paths.ts'
import type { Lease } from '../private/lease.ts'
import type { Store } from '../store.ts'
import { findLocalOriginals, type LocalOriginals, localOriginals } from './originals.ts'
import type { Claim } from './owner.ts'
import { markPartial } from './partial.ts'
import type { SecondCopy } from './second-copy.ts'

export interface EvictorOptions {
  paths: Paths
  /** Limit on originals and sources together, in bytes. */
  maxBytes: number
  store: Pick<Store, 'project' | 'imageList' | 'watchCommits'>
  fallback: Pick<SecondCopy, 'has'>
  /** Number of files that this process has fetched: more are a reason to scan. */
  fetched(): number
  /** Finds that the store owns the bucket. */
  claim(): Promise<Claim>
  takeLease(): Promise<Lease | undefined>
  log: Logger
  now(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Shortest time between two scans, in milliseconds. @default 1000 */
  pollMs?: number
  /** Longest time between two scans, in milliseconds. @default 60000 */
  scanMs?: number
}

export interface Evictor {
  /** Begins to evict. To be called once, when the store is open and can be written. */
  start(): void
  /** Bytes that the last scan found, 0 in processes that do not evict; images whose originals were evicted. */
  stats(): { bytes: number; evicted: number }
  close(): Promise<void>
}

/** Bytes that remain after an eviction, as a fraction of the limit. */
const KEEP = 0.9
/** Images that are evicted at once. */
const AT_ONCE = 4
/** Share of the time that scans may take while the store changes all the time. */
const MOST_SCANNING = 1 / 50
/** Longest pause after failures, in milliseconds. */
const MOST_PAUSE_MS = 60_000

export const createEvictor = (options: EvictorOptions): Evictor => {
  const { paths, maxBytes, store, fallback, log, now, sleep, pollMs = 1000, scanMs = 60_000 } = options
  const end = new AbortController()
  const { signal } = end
  let lease: Lease | undefined
  let [bytes, evicted] = [0, 0]
  let isChanged = true
  let isShort = false
  let fetched = 0
  let [scanAtMs, notBeforeMs] = [0, 0]
  let failures = 0
  let following: Promise<void> | undefined

  const recordOf = async (projectId: string, imageId: string): Promise<ImageRecord | undefined> => {
    const state = await store.project(projectId)
    const list = state && (await store.imageList(state))
    return list && findImage(list, imageId)
  }

  /** False where the bucket does not have it all, or it was used since. */
  const evict = async (found: LocalOriginals): Promise<boolean> => {
    const { projectId, imageId } = found
    // Not yet part of its project, or not any more.
    const record = await recordOf(projectId, imageId)
    if (!record) return false
    for (const name of LARGE) {
      const content = record.sizes[name]
      if (content && !(await fallback.has({ projectId, imageId, name, content }))) return false
    }
    refuseLinkedProject(paths, projectId, ...LARGE.map((name) => paths.variants(projectId, name)))
    if (localOriginals(paths, projectId, imageId).usedMs > found.usedMs) return false
    const [original, source] = LARGE.map((name) => paths.variant(projectId, imageId, name))
    const remove = async (path = '') => void (await unlink(path).catch(unlessMissing))
    await remove(original)
    await remove(source)
    // Put back meanwhile, behind a source that is gone by now.
    if (original !== undefined && plainFileStats(original)) await remove(original)
    evicted++
    return true
  }

  const evictOldest = async (found: LocalOriginals[], isHeld: () => boolean): Promise<void> => {
    const rest = found.sort((one, other) => one.usedMs - other.usedMs).values()
    const before = bytes
    let failure: { error: unknown } | undefined
    const work = async (): Promise<void> => {
      for (const each of rest) {
        if (bytes <= maxBytes * KEEP || signal.aborted || !isHeld()) return
        // Taken off first: several are under way.
        bytes -= each.bytes
        const isEvicted = await evict(each).catch((error: unknown) => {
          failure ??= { error }
          return false
        })
        if (!isEvicted) bytes += each.bytes
        if (failure) return
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    if (failure) throw failure.error
    if (bytes < before) log.debug({ before, after: bytes }, 'evicted originals that the fallback has')
    if (bytes > maxBytes && !isShort)
      log.warn({ bytes, maxBytes }, 'originals exceed LOCAL_BYTES, and the fallback does not have them all yet')
    isShort = bytes > maxBytes
  }

  const scan = async ({ isHeld }: Lease): Promise<void> => {
    isChanged = false
    fetched = options.fetched()
    const startMs = now()
    const found = await findLocalOriginals(paths)
    bytes = found.reduce((sum, each) => sum + each.bytes, 0)
    scanAtMs = now() + scanMs
    notBeforeMs = now() + Math.max(pollMs, (now() - startMs) / MOST_SCANNING)
    if (bytes <= maxBytes) {
      isShort = false
      return
    }
    const claim = await options.claim()
    if (typeof claim === 'object') throw claim.refusal
    await markPartial(paths.root)
    await evictOldest(found, isHeld)
  }

  const stepDown = async (): Promise<void> => {
    const before = lease
    lease = undefined
    bytes = 0
    await before?.release()
  }

  const tick = async (): Promise<void> => {
    if (!lease?.isHeld()) {
      if (lease) await stepDown()
      lease = await options.takeLease()
      if (!lease) return
      isChanged = true
    }
    if (now() >= scanAtMs || ((isChanged || options.fetched() !== fetched) && now() >= notBeforeMs)) await scan(lease)
  }

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      let pause = pollMs
      try {
        await tick()
        failures = 0
      } catch (error) {
        if (signal.aborted) break
        if (failures === 0) log.warn({ error }, 'could not evict originals; trying again')
        isChanged = true
        pause = Math.min(MOST_PAUSE_MS, pollMs * 2 ** failures++)
      }
      await sleep(pause, signal)
    }
    await stepDown()
  }

  return {
    start() {
      const onCommit = () => {
        isChanged = true
      }
      store.watchCommits(onCommit, { signal })
      following = loop()
    },

    stats: () => ({ bytes, evicted }),

    async close() {
      end.abort()
      await following
    },
  }
}
