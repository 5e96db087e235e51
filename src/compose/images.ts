// Images: uploads, variants, renders and lists, and their shares of the memory cache.

import { createAskedReader } from '../http/request/transform-request.ts'
import { createListMemory } from '../http/response/list-cache.ts'
import type { EncoderPool } from '../image/encoder.ts'
import { PRIORITIES } from '../image/encoder.ts'
import { createImageService } from '../services/images/images.ts'
import { createRenders } from '../services/images/renders.ts'
import { createPictures } from '../services/images/variants.ts'
import { createFileQuota } from '../stores/quota/file-quota.ts'
import { createRenderCache } from '../stores/render-cache/render-cache.ts'
import type { Foundation } from './foundation.ts'
import type { ParsedOptions } from './parse-options.ts'
import type { buildStore } from './store.ts'

export const buildImages = (
  { options, storageDir, log, metrics }: Foundation,
  { store, claims }: ReturnType<typeof buildStore>,
  encoders: EncoderPool,
) => {
  const { maxBytesPerOwner = 0, maxImagesPerProject = 0 } = options
  const memory = memoryOf(options)
  const pictures = createPictures({ store, cacheBytes: memory.pictures })
  const lists = createListMemory({
    current: (projectId, share) => store.current(projectId, share),
    maxBytes: memory.lists,
  })
  const renders = createRenders({
    store,
    encoders,
    cache: createRenderCache({ storageDir, maxBytes: options.diskCacheBytes, log }),
    prefetched: options.prefetch,
    cacheBytes: memory.renders,
  })
  metrics.watch({
    caches() {
      const { memory, disk } = renders.stats()
      return { pictures: pictures.stats(), renders: memory, renders_disk: disk }
    },
    waiting: () => Object.fromEntries(PRIORITIES.map((priority) => [priority, encoders.waitingOf(priority)])),
  })
  const images = createImageService({
    store,
    encoders,
    pictures,
    newVisibility: options.newVisibility,
    claims,
    quota: maxBytesPerOwner > 0 ? createFileQuota({ storageDir, store, maxBytes: maxBytesPerOwner }) : undefined,
    maxImages: maxImagesPerProject > 0 ? maxImagesPerProject : undefined,
  })
  const asked = createAskedReader({ signingKeys: options.signingKeys, presets: options.presets })
  return { images, pictures, renders, lists, asked }
}

/** Shares of the memory cache; variants have none where nginx sends them. */
const memoryOf = ({ cacheBytes = 64 * 2 ** 20, accelRedirect }: ParsedOptions) => {
  const renders = Math.floor(cacheBytes / 4)
  const lists = Math.floor(cacheBytes / 8)
  return { renders, lists, pictures: accelRedirect === undefined ? cacheBytes - renders - lists : 0 }
}
