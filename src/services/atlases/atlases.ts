// Atlas service: plans of the images of a project, and of the covers of several projects; their pages.

import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { coverCell } from '../../core/atlas/boxes.ts'
import type { PageSide } from '../../core/atlas/formats.ts'
import type { PageName } from '../../core/atlas/page-name.ts'
import { slotsInOrder } from '../../core/atlas/pages.ts'
import { type AtlasSize, sizeNames } from '../../core/atlas/size.ts'
import { isKept, type SlotTable, slotsOf } from '../../core/atlas/slots.ts'
import { hasRoomFor } from '../../core/atlas/tables.ts'
import { TintypeError } from '../../core/errors.ts'
import { namedImages } from '../../core/project/assets.ts'
import type { ReadableState } from '../../core/project/state.ts'
import type { Presets } from '../../core/transform/presets.ts'
import type { Store } from '../../stores/store.ts'
import { createReadableProjects, type ReadableProjects, unlessDamaged } from '../projects/readable.ts'
import type { PageMaker } from './page-maker.ts'
import { type AtlasPlan, EMPTY_PAGE, type FrameSource, planOf } from './plan.ts'

export interface AtlasesOptions {
  store: Pick<Store, 'project' | 'current' | 'images' | 'cover' | 'commit' | 'isReadOnly'>
  pages: PageMaker
  /** Most frames of an atlas. @default 6000 */
  maxImages?: number
  /** @default none */
  presets?: Presets
}

export interface Atlases {
  /**
   * Plans the atlas of a project. The first request for a size gives all images their slots, in a commit. Undefined where
   * the state is not the newest any more: read and authorize the project again.
   *
   * @throws TintypeError `too_many_images`; those of {@link Store.commit}
   */
  ofProject(project: ReadableState, size: AtlasSize, side: PageSide): Promise<AtlasPlan | undefined>
  /**
   * Plans the atlas of the covers of projects, in their order, or in places of a slot table. Those without a cover leave
   * their place empty.
   *
   * @param placed the table, and a name of its own
   * @throws TintypeError `too_many_images`
   */
  ofCovers(
    projects: readonly ReadableState[],
    size: AtlasSize,
    side: PageSide,
    placed?: { name: string; table: SlotTable },
  ): Promise<AtlasPlan>
  /** The projects of a list that the principal may read, in its order. */
  readable: ReadableProjects
  /** Revision of the places; 0 without a slot table. */
  revisionOf(project: ReadableState, size: AtlasSize): number
  /** True where pages of this name may be requested of a project: its slots are of the last hour. */
  isKept(project: ReadableState, size: AtlasSize, page: PageName): boolean
  pages: PageMaker
}

/** Plans in memory, each of about 200 bytes for a frame. */
const MOST_PLANS = 32

export const createAtlases = (options: AtlasesOptions): Atlases => {
  const { store, pages, maxImages = 6000, presets = new Map() } = options
  const sizes = sizeNames(presets)
  const plans = new LRUCache<string, AtlasPlan>({ max: MOST_PLANS })

  const requireRoom = (count: number): void => {
    if (count <= maxImages) return
    throw new TintypeError(
      'too_many_images',
      `Expected at most ${maxImages} images for an atlas, there are ${count}.`,
      {
        details: { expected: maxImages, received: count },
      },
    )
  }

  return {
    pages,

    async ofProject(project, size, side) {
      const { project_id: owner, revision, image_count: count, atlas } = project
      requireRoom(count)
      const key = `${owner}/${revision}/${project.created_at}/${size.table}/${side}`
      const known = plans.get(key)
      if (known) return known
      const table = atlas?.[size.table]
      if (!table && count > 0 && !store.isReadOnly() && hasRoomFor(atlas, size.table, count, sizes)) {
        const after = await store.commit(owner, { type: 'add_slots', name: size.table, rule: size.rule, sizes })
        if (after.atlas?.[size.table]) return undefined
      }
      const images = await store.images(project)
      if (!images) return undefined
      const sources = new Map(namedImages(images).map(({ name, image }) => [image.id, { name, project, image }]))
      const slots = table ? slotsOf(table) : slotsInOrder(size.rule, images)
      const name = shortHash(size.table)
      const plan = planOf(
        { owner, name, size, side, revision: table?.revision ?? 0, keepsPixels: true },
        slots,
        sources,
      )
      plans.set(key, plan)
      return plan
    },

    async ofCovers(projects, size, side, placed) {
      requireRoom(projects.length)
      const sources = new Map<string, FrameSource>()
      for (const project of projects) {
        const image = (await store.cover(project).catch(unlessDamaged)) ?? undefined
        if (image) sources.set(coverCell(project.project_id).id, { name: project.project_id, project, image })
      }
      const ids = projects.map(({ project_id }) => project_id)
      const slots = placed ? slotsOf(placed.table) : slotsInOrder(size.coverRule, ids.map(coverCell))
      const name = shortHash(`${size.table} ${placed ? placed.name : ids.join(' ')}`)
      const atlas = { owner: COVERS, name, size, side, revision: placed?.table.revision ?? 0, keepsPixels: !!placed }
      return planOf(atlas, slots, sources)
    },

    readable: createReadableProjects(store),

    revisionOf: ({ atlas }, { table }) => atlas?.[table]?.revision ?? 0,

    isKept(project, size, { revision, hash }) {
      const table = project.atlas?.[size.table]
      if (!table) return revision === 0
      // The page of a project without images, which had no table.
      return isKept(table, revision, Date.now()) || (revision === 0 && hash === EMPTY_PAGE)
    },
  }
}

/** Owner of the pages of covers in the cache; no id of a project. */
const COVERS = '~covers'

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)
