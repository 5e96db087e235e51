// The only wiring: options -> store and encoders -> services -> app.

import { createApp } from './http/app.ts'
import { createEncoderPool } from './image/encoder-pool.ts'
import { createImageService } from './services/images.ts'
import { createProjectService } from './services/projects.ts'
import { createFileStore } from './stores/file/file-store.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'
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
  /** Path that the app is mounted under; put before every URL in answers. @default '' */
  basePath?: string
  /** A pino logger. @default one that writes warnings and errors to standard output */
  log?: Logger
}

export interface Tintype {
  /** The Hono app; serve it, or mount it in another by `app.route(basePath, tintype.app)`. */
  app: ReturnType<typeof createApp>
  /** Resolves once the store is open. Requests wait for it. @throws TintypeError `store_unavailable` */
  ready: Promise<void>
  /** Finishes the changes and pictures under way, then lets go of files and processes. */
  close(): Promise<void>
}

export const createTintype = (options: TintypeOptions = {}): Tintype => {
  const log = options.log ?? createLogger({ level: 'warn' })
  const store = createFileStore({
    storageDir: options.storageDir ?? './storage',
    lockStaleMs: options.lockStaleMs,
    minFreeBytes: options.minFreeBytes,
    log,
  })
  const encoders = createEncoderPool({
    encoders: options.encoders,
    maxPixels: options.maxPixels,
    background: options.background,
    deadlineMs: options.encodeDeadlineMs,
    maxWaiting: options.maxWaiting,
  })
  const ready = store.open()
  // Whoever does not look at `ready` hears of a failure with the first request.
  ready.catch(() => {})
  const app = createApp({
    images: createImageService({ store, encoders }),
    projects: createProjectService({ store }),
    check: () => store.check(),
    ready,
    version,
    startedAt: Date.now(),
    maxUploadBytes: options.maxUploadBytes ?? 25 * 2 ** 20,
    basePath: options.basePath ?? '',
    log,
  })
  return {
    app,
    ready,
    async close() {
      await ready.catch(() => {})
      await encoders.close()
      await store.close()
    },
  }
}
