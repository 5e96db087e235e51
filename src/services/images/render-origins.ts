// Origins of renders: the file that those of an image are made from, and whether it has transparent pixels.

import { createBoundedMap } from '../../core/bounded-map.ts'
import { PNG_HEADER_BYTES, readPngHeader } from '../../core/headers/png-header.ts'
import type { ByTransparency } from '../../core/transform/formats.ts'
import type { Origin } from '../../core/transform/recipe.ts'
import type { Store } from '../../stores/store.ts'

export interface RenderOrigins {
  /** Finds the origin of an image. @throws TintypeError `image_not_found` */
  find(projectId: string, imageId: string): Promise<Origin>
  /**
   * The value for an image, which is not read where both values are the same.
   *
   * @throws TintypeError `image_not_found`
   */
  choose<Value>(projectId: string, imageId: string, values: ByTransparency<Value>): Promise<Value>
  /** {@link RenderOrigins.choose} without a wait. Undefined where memory does not tell. */
  chooseNow<Value>(projectId: string, imageId: string, values: ByTransparency<Value>): Value | undefined
}

/** Images whose origin is remembered. */
const MAX_REMEMBERED = 20_000

export const createRenderOrigins = (store: Pick<Store, 'renderSource' | 'openVariant'>): RenderOrigins => {
  /** The source of an image is stored with it, and never changes. */
  const known = createBoundedMap<Origin>(MAX_REMEMBERED)

  /** The head of the file tells, so that the list of images need not be loaded. */
  const read = async (projectId: string, imageId: string): Promise<Origin> => {
    const { size } = await store.renderSource(projectId, imageId)
    const file = size === 'source' ? await store.openVariant(projectId, imageId, size) : undefined
    if (!file) return 'original'
    try {
      const pieces: Uint8Array[] = []
      for await (const piece of file.read(0, Math.min(file.bytes, PNG_HEADER_BYTES))) pieces.push(piece)
      return readPngHeader(Buffer.concat(pieces))?.hasAlpha === false ? 'opaque_source' : 'transparent_source'
    } finally {
      await file.close()
    }
  }

  const find: RenderOrigins['find'] = async (projectId, imageId) => {
    const key = `${projectId}/${imageId}`
    const origin = known.get(key) ?? (await read(projectId, imageId))
    known.set(key, origin)
    return origin
  }

  return {
    find,

    async choose(projectId, imageId, values) {
      return values.opaque === values.transparent ? values.opaque : valueFor(await find(projectId, imageId), values)
    },

    chooseNow(projectId, imageId, values) {
      if (values.opaque === values.transparent) return values.opaque
      const origin = known.get(`${projectId}/${imageId}`)
      return origin && valueFor(origin, values)
    },
  }
}

const valueFor = <Value>(origin: Origin, { opaque, transparent }: ByTransparency<Value>): Value =>
  origin === 'transparent_source' ? transparent : opaque
