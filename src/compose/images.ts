// Images: uploads, variants, renders, lists and atlases, and their shares of the memory cache.

import type { PageSignature } from '../core/atlas/page-name.ts'
import { signUrl } from '../core/transform/signature.ts'
import { createTransformRequestParser } from '../http/request/transform-request.ts'
import { createListCache } from '../http/response/list-cache.ts'
import type { EncoderPool } from '../image/encoder.ts'
import { PRIORITIES } from '../image/encoder.ts'
import { createAtlases } from '../services/atlases/atlases.ts'
import { createPageMaker } from '../services/atlases/page-maker.ts'
import { createAssetService } from '../services/images/assets.ts'
import { createImageService } from '../services/images/images.ts'
import { createRenders } from '../services/images/renders.ts'
import { createVariants } from '../services/images/variants.ts'
import { createArchives } from '../services/transfer/archives.ts'
import { PAGES_FOLDER } from '../stores/file/paths.ts'
import { createBucketQuota } from '../stores/quota/bucket-quota.ts'
import { createFileQuota } from '../stores/quota/file-quota.ts'
import { createPagePixels } from '../stores/render-cache/page-pixels.ts'
import { createRenderCache } from '../stores/render-cache/render-cache.ts'
import type { Foundation } from './foundation.ts'
import type { ParsedOptions } from './parse-options.ts'
import type { buildStore } from './store.ts'

export const buildImages = (
  { options, storageDir, log, metrics }: Foundation,
  { store, marks, jobStore, shared }: ReturnType<typeof buildStore>,
  encoders: EncoderPool,
) => {
  const { maxBytesPerOwner = 0, maxImagesPerProject = 0 } = options
  const memory = memoryOf(options)
  const variants = createVariants({
    store,
    cacheBytes: memory.variants,
    cachesBodies: options.accelRedirect === undefined,
  })
  const lists = createListCache({
    recent: (projectId) => store.recent(projectId),
    maxBytes: memory.lists,
  })
  const renderCache = createRenderCache({
    storageDir,
    maxBytes: options.diskCacheBytes,
    // Beside a bucket, the disk of this machine is no part of the store.
    ...(shared ? {} : { isReadOnly: store.isReadOnly }),
    log,
  })
  const renders = createRenders({
    store,
    encoders,
    cache: renderCache,
    prefetched: options.prefetch,
    background: options.background,
    cacheBytes: memory.renders,
  })
  metrics.watch({
    caches() {
      const { memory, disk } = renders.stats()
      return { pictures: variants.stats(), renders: memory, renders_disk: disk }
    },
    waiting: () => Object.fromEntries(PRIORITIES.map((priority) => [priority, encoders.waitingOf(priority)])),
  })
  const createQuota = (maxBytes: number) =>
    shared
      ? createBucketQuota({ bucket: shared.bucket, store, maxBytes })
      : createFileQuota({ storageDir, store, maxBytes })
  const limits = {
    quota: maxBytesPerOwner > 0 ? createQuota(maxBytesPerOwner) : undefined,
    maxImages: maxImagesPerProject > 0 ? maxImagesPerProject : undefined,
  }
  const images = createImageService({
    store,
    encoders,
    variants,
    newVisibility: options.newVisibility,
    marks,
    async isJobUnderWay(key) {
      const job = await jobStore.findByKey(key)
      return job?.state === 'queued' || job?.state === 'running'
    },
    ...limits,
  })
  const assets = createAssetService({ store, variants })
  const archives = createArchives({ store })
  const transformRequests = createTransformRequestParser({ signingKeys: options.signingKeys, presets: options.presets })
  return { images, assets, archives, variants, renders, renderCache, lists, transformRequests, limits }
}

/** Plans and pages of atlases, and signatures of pages. */
export const buildAtlases = (
  { options, storageDir, log }: Foundation,
  { store, shared }: ReturnType<typeof buildStore>,
  { renders, renderCache: cache }: ReturnType<typeof buildImages>,
  encoders: EncoderPool,
) => {
  const pixels = createPagePixels({
    storageDir,
    log,
    maxBytes: options.diskCacheBytes,
    ...(shared ? {} : { isReadOnly: store.isReadOnly }),
  })
  const background = options.background ?? '#ffffff'
  const pages = createPageMaker({ store, renders, encoders, cache, pixels, background, folder: PAGES_FOLDER })
  const { signingKeys } = options
  const signPage = (path: string, untilMs: number): PageSignature => {
    const url = signUrl(path, { keys: signingKeys, expiresAt: new Date(untilMs) })
    const { searchParams } = new URL(url, 'http://relative.invalid')
    return { exp: searchParams.get('exp') ?? '', sig: searchParams.get('sig') ?? '' }
  }
  return {
    atlases: createAtlases({ store, pages, maxImages: options.maxAtlasImages, presets: options.presets }),
    signPage,
    closePages: pixels.close,
  }
}

/** Shares of the memory cache. */
const memoryOf = ({ cacheBytes = 64 * 2 ** 20 }: ParsedOptions) => {
  const renders = Math.floor(cacheBytes / 4)
  const lists = Math.floor(cacheBytes / 8)
  return { renders, lists, variants: cacheBytes - renders - lists }
}
