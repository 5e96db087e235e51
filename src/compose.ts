// The only wiring: options -> store and encoders -> services -> app.

import { resolve } from 'node:path'
import { parsePrefetch } from './core/prefetch.ts'
import { parsePresets } from './core/presets.ts'
import { parseSigningKeys } from './core/signature.ts'
import { createApp } from './http/app.ts'
import { createAskedReader } from './http/asked.ts'
import { type AnswerFast, createFast } from './http/fast.ts'
import { createFastRenders } from './http/fast-renders.ts'
import { createListMemory } from './http/list-memory.ts'
import { logAnswers } from './http/middleware/request-log.ts'
import type { EncoderPool } from './image/encoder.ts'
import { createEncoderPool } from './image/encoder-pool.ts'
import { PRIORITIES } from './image/waiting-line.ts'
import { createImageService } from './services/images.ts'
import { createPictures } from './services/pictures.ts'
import { createProjectService } from './services/projects.ts'
import { createRenders } from './services/renders.ts'
import { createRenderCache } from './stores/cache/render-cache.ts'
import { createFileStore } from './stores/file/file-store.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'
import { createRequestIds } from './telemetry/request-ids.ts'
import type { Snapshot } from './telemetry/snapshot.ts'
import { version } from './version.ts'

export interface TintypeOptions {
  /** Folder for the pictures; made where it is missing. @default './storage' */
  storageDir?: string
  /** Encoder processes. @default one per core */
  encoders?: number
  /** Uploads that may wait for an encoder; one more is answered 503. @default 64 */
  maxWaiting?: number
  /** Longest that one picture may take in an encoder, in milliseconds. @default 30000 */
  encodeDeadlineMs?: number
  /** Largest upload, in bytes. @default 26214400 (25 MiB) */
  maxUploadBytes?: number
  /** Most pixels of an upload, width times height. @default 100000000 */
  maxPixels?: number
  /** Colour behind transparent pixels, as CSS hex. @default '#ffffff' */
  background?: string
  /** Age at which a project's lock counts as left behind, in milliseconds; the same in every process. @default 10000 */
  lockStaleMs?: number
  /** Free bytes of the disk below which uploads are answered 507. @default 67108864 (64 MiB) */
  minFreeBytes?: number
  /** Memory for small pictures, in bytes; 0 keeps none. @default 67108864 (64 MiB) */
  cacheBytes?: number
  /**
   * Path under which nginx finds the storage folder (an `internal` location), so that it sends stored pictures itself:
   * `/stored`. @default pictures are sent from here
   */
  accelRedirect?: string
  /** Room on disk for pictures that were made from originals, in bytes; 0 keeps none. @default 2147483648 (2 GiB) */
  diskCacheBytes?: number
  /**
   * Keys of signed URLs, at least 16 characters each, in a list or separated by commas. The first one signs, all are
   * accepted. @default none, so that only presets can be asked for
   */
  signingKeys?: readonly string[] | string
  /** Transforms that need no signature: `card:w=320,h=180,fit=cover;hero:w=1600,format=auto`. @default none */
  presets?: string
  /**
   * What is made of each upload ahead of need, when nothing else waits for an encoder: `thumb.webp,medium.avif`, names
   * of presets. @default nothing
   */
  prefetch?: string
  /** Path that the app is mounted under; put before every URL in answers. @default '' */
  basePath?: string
  /** A pino logger. @default one that writes warnings and errors to standard output */
  log?: Logger
  /**
   * The metrics of all processes that serve this folder together, for `/metrics`; each of them has its own from
   * {@link Tintype.metrics}. @default those of this one
   */
  gatherMetrics?(): Promise<readonly Snapshot[]>
}

export interface Tintype {
  /** The Hono app; serve it, or mount it in another by `app.route(basePath, tintype.app)`. */
  app: ReturnType<typeof createApp>
  /**
   * Small pictures that are in memory, for a server that asks before it calls the app: the whole answer, ready to be
   * written, or undefined where the app is to give it.
   */
  answerFast: AnswerFast
  /** Resolves once the store is open. Requests wait for it. @throws TintypeError `store_unavailable` */
  ready: Promise<void>
  /** What this instance and its process have counted, as plain data that can be sent to another process. */
  metrics(): Promise<Snapshot>
  /** Finishes the changes and pictures under way, then lets go of files and processes. */
  close(): Promise<void>
}

export const createTintype = (options: TintypeOptions = {}): Tintype => {
  const metrics = createMetrics({ version })
  return compose(
    options,
    createEncoderPool({
      observer: metrics.observer,
      encoders: options.encoders,
      maxPixels: options.maxPixels,
      background: options.background,
      deadlineMs: options.encodeDeadlineMs,
      maxWaiting: options.maxWaiting,
    }),
    metrics,
  )
}

/** The same over other encoders, such as the plain way that benchmarks compare with. */
export const compose = (
  options: TintypeOptions,
  encoders: EncoderPool,
  metrics: Metrics = createMetrics({ version }),
): Tintype => {
  const log = options.log ?? createLogger({ level: 'warn' })
  // Wrong ones are told at once, before anything is opened.
  const presets = parsePresets(options.presets ?? '')
  const prefetched = parsePrefetch(options.prefetch ?? '', presets)
  const asked = createAskedReader({ signingKeys: parseSigningKeys(options.signingKeys ?? []), presets })
  // Absolute, so that a program may change its working folder.
  const storageDir = resolve(options.storageDir ?? './storage')
  const store = createFileStore({
    storageDir,
    lockStaleMs: options.lockStaleMs,
    minFreeBytes: options.minFreeBytes,
    observer: metrics.observer,
    log,
  })
  const ready = store.open()
  // Whoever does not look at `ready` hears of a failure with the first request.
  ready.catch(() => {})
  const { accelRedirect } = options
  // Where a web server sends the bytes, none of them are needed here.
  // A part of the memory is for what is made from originals and for lists, which are sent from here in any case.
  const cacheBytes = options.cacheBytes ?? 64 * 2 ** 20
  const forRenders = Math.floor(cacheBytes / 4)
  const forLists = Math.floor(cacheBytes / 8)
  const forPictures = accelRedirect === undefined ? cacheBytes - forRenders - forLists : 0
  const pictures = createPictures({ store, cacheBytes: forPictures })
  const lists = createListMemory({ current: (projectId, share) => store.current(projectId, share), maxBytes: forLists })
  const renders = createRenders({
    store,
    encoders,
    cache: createRenderCache({ storageDir, maxBytes: options.diskCacheBytes, log }),
    storageDir,
    cacheBytes: forRenders,
  })
  const onStored = (projectId: string, imageId: string) => renders.prefetch(projectId, imageId, prefetched)
  metrics.watch({
    caches() {
      const { memory, disk } = renders.stats()
      return { pictures: pictures.stats(), renders: memory, renders_disk: disk }
    },
    waiting: () => Object.fromEntries(PRIORITIES.map((priority) => [priority, encoders.waitingOf(priority)])),
  })
  const ids = createRequestIds()
  const app = createApp({
    images: createImageService({ store, encoders, pictures, onStored }),
    pictures,
    renders,
    lists,
    asked,
    presets,
    accelRedirect,
    projects: createProjectService({ store }),
    check: () => store.check(),
    ready,
    version,
    startedAt: Date.now(),
    maxUploadBytes: options.maxUploadBytes ?? 25 * 2 ** 20,
    basePath: options.basePath ?? '',
    log,
    ids,
    metrics,
    gatherMetrics: options.gatherMetrics,
  })
  return {
    app,
    answerFast: createFast({
      pictures,
      lists,
      findRender: createFastRenders({ renders, asked }),
      onAnswer: logAnswers({ log, ids, requests: metrics.requests }),
    }),
    ready,
    metrics: metrics.snapshot,
    async close() {
      await ready.catch(() => {})
      await encoders.close()
      await renders.close()
      await store.close()
    },
  }
}
