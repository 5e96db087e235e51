// Asset service: finds images by the names of assets, lists assets, deletes them. They are stored by uploads.

import { requireReadable } from '../../core/auth/access.ts'
import { unknownAsset } from '../../core/not-found.ts'
import type { ExpectedAsset } from '../../core/project/assets.ts'
import type { ProjectChange } from '../../core/project/changes.ts'
import { deletedBy } from '../../core/project/events.ts'
import { imagesOf } from '../../core/project/image-list.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ReadableState } from '../../core/project/state.ts'
import type { Store } from '../../stores/store.ts'
import { createImageIndex } from './image-index.ts'
import type { Variants } from './variants.ts'

export interface AssetServiceOptions {
  store: Pick<Store, 'imageList' | 'transition'>
  variants: Pick<Variants, 'forget'>
}

export interface AssetPageRequest {
  /** Names that begin with this. @default all */
  prefix?: string
  /** Name behind which the page begins. @default the beginning */
  after?: string
  /** Most assets of the page. @default all */
  limit?: number
}

export interface AssetPage {
  /** Images of the assets, sorted by name. */
  images: ImageRecord[]
  /** Name of the last asset of this page, undefined on the last page. */
  next: string | undefined
}

export interface AssetService {
  /**
   * Id of the image of an asset. Undefined where the state is too old, and segments of its list were removed: read and
   * authorize the project again.
   *
   * @throws TintypeError `asset_not_found`
   */
  find(project: ReadableState, name: string): Promise<string | undefined>
  /** {@link AssetService.find} without a wait. Undefined says nothing. */
  findNow(project: ReadableState, name: string): string | undefined
  /** A page of the assets of a project. Undefined as for {@link AssetService.find}. */
  list(project: ReadableState, page?: AssetPageRequest): Promise<AssetPage | undefined>
  /**
   * Deletes an asset and its image. Returns the state that the change led to.
   *
   * @throws TintypeError `project_not_found`, `asset_not_found`, `precondition_failed`
   */
  remove(
    projectId: string,
    name: string,
    options?: Pick<ProjectChange, 'by'> & { expected?: ExpectedAsset },
  ): Promise<ReadableState>
}

export const createAssetService = ({ store, variants }: AssetServiceOptions): AssetService => {
  const index = createImageIndex({ store, nameOf: ({ asset }) => asset, valueIn: ({ id }) => id })

  return {
    async find(project, name) {
      const id = await index.find(project, name)
      if (id === null) throw unknownAsset(project.project_id, name)
      return id
    },

    findNow: (project, name) => index.findNow(project, name) ?? undefined,

    async list(project, { prefix = '', after = '', limit = Number.POSITIVE_INFINITY } = {}) {
      const list = await store.imageList(project)
      if (!list) return undefined
      const nameOf = ({ asset = '' }: ImageRecord): string => asset
      const images = imagesOf(list)
        .filter(({ asset }) => asset?.startsWith(prefix) && asset > after)
        .sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
      const page = images.slice(0, limit)
      return { images: page, next: page.length < images.length ? page.at(-1)?.asset : undefined }
    },

    async remove(projectId, name, { by, expected } = {}) {
      const change = { type: 'delete_asset', name, by, expected } as const
      const { before, after } = await store.transition(projectId, change)
      for (const imageId of deletedBy(before, change, after)) variants.forget(projectId, imageId)
      return requireReadable(after, by)
    },
  }
}
