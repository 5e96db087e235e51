// Images: uploads, variants, renders and lists, and their shares of the memory cache.

import { createTransformRequestParser } from '../http/request/transform-request.ts'
import { createListCache } from '../http/response/list-cache.ts'
import type { EncoderPool } from '../image/encoder.ts'
import { PRIORITIES } from '../image/encoder.ts'
import { createAssetService } from '../services/images/assets.ts'
import { createImageService } from '../services/images/images.ts'
import { createRenders } from '../services/images/renders.ts'
import { createVariants } from '../services/images/variants.ts'
import { createArchives } from '../services/transfer/archives.ts'
import { createFileQuota } from '../stores/quota/file-quota.ts'
import { createRenderCache } from '../stores/render-cache/render-cache.ts'
import type { Foundation } from './foundation.ts'
import type { ParsedOptions } from './parse-options.ts'
import type { buildStore } from './store.ts'

export const buildImages = (
  { options, storageDir, log, metrics }: Foundation,
  { store, marks, jobStore }: ReturnType<typeof buildStore>,
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
    current: (projectId) => store.current(projectId),
    maxBytes: memory.lists,
  })
  const renders = createRenders({
    store,
    encoders,
    cache: createRenderCache({
      storageDir,
      maxBytes: options.diskCacheBytes,
      isReadOnly: store.isReadOnly,
      log,
    }),
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
  const limits = {
    quota: maxBytesPerOwner > 0 ? createFileQuota({ storageDir, store, maxBytes: maxBytesPerOwner }) : undefined,
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
  return { images, assets, archives, variants, renders, lists, transformRequests, limits }
}

/** Shares of the memory cache. */
const memoryOf = ({ cacheBytes = 64 * 2 ** 20 }: ParsedOptions) => {
  const renders = Math.floor(cacheBytes / 4)
  const lists = Math.floor(cacheBytes / 8)
  return { renders, lists, variants: cacheBytes - renders - lists }
}
