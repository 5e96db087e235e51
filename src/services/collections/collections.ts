// Collection service: create, read, list and delete collections, with the covers that the principal may see.
//
// A collection shows what its reader may see of its projects, at this moment, and nothing of the others. Share links add
// nothing to it: their projects would come and go with a cookie.

import type { PageSide } from '../../core/atlas/formats.ts'
import { type AtlasSize, sizeNames } from '../../core/atlas/size.ts'
import { type Principal, type Visibility, withoutLinks } from '../../core/auth/access.ts'
import { decideCollection, requireCollectionAccess } from '../../core/collections/access.ts'
import {
  type CollectionState,
  deleteCollection,
  type NewCollection,
  presentOf,
  putCollection,
  readableCollection,
  selectsSame,
} from '../../core/collections/collection.ts'
import { type FollowedTables, followCovers } from '../../core/collections/slots.ts'
import { inGroups } from '../../core/in-groups.ts'
import type { ReadableState } from '../../core/project/state.ts'
import type { Presets } from '../../core/transform/presets.ts'
import type { Catalogue } from '../../stores/catalogue/catalogue.ts'
import type { CollectionStore } from '../../stores/collections/collections.ts'
import type { Store } from '../../stores/store.ts'
import type { Atlases } from '../atlases/atlases.ts'
import type { AtlasPlan } from '../atlases/plan.ts'
import type { ProjectWithCover } from '../projects/projects.ts'
import { createReadableProjects, unlessDamaged } from '../projects/readable.ts'
import { type CollectionWithCovers, createExpectedChanges, type ExpectedCollection } from './expected.ts'
import { createSelection } from './selection.ts'

export interface CollectionServiceOptions {
  collections: CollectionStore
  store: Pick<Store, 'current' | 'project' | 'cover' | 'isReadOnly' | 'watch'>
  catalogue: Pick<Catalogue, 'list' | 'changes' | 'refresh'>
  atlases: Pick<Atlases, 'ofCovers'>
  /** @default none */
  presets?: Presets | undefined
  /** Most projects that a query selects. */
  maxSelected: number
  /** Visibility of new collections whose request names none. @default 'public' */
  newVisibility?: Visibility | undefined
  /** Interval between looks for changes of a collection that is waited for, in milliseconds. */
  pollMs: number
}

export interface CollectionPage {
  collections: CollectionState[]
  /** Name behind which the next page begins; undefined on the last one. */
  next: string | undefined
}

/** Changes of a collection and its projects from a moment on. */
export interface CollectionWatch {
  /** Resolves at the first one, or where the signal aborts. Never rejects. */
  changed: Promise<void>
  end(): void
}

/**
 * Calls also throw `collection_not_found`, `forbidden` or `unauthenticated` where the principal lacks the right, and
 * `busy` where the projects of a query cannot be listed yet.
 */
export interface CollectionService {
  /** Refuses a caller that may not {@link CollectionService.put}, before the body is read. */
  requirePut(name: string, by: Principal): Promise<void>
  /**
   * Creates a collection, or replaces its list or query.
   *
   * @param expected @default any state
   * @returns the collection, and whether this call created it
   * @throws TintypeError `precondition_failed`, `storage_full`
   */
  put(
    name: string,
    collection: NewCollection,
    by: Principal,
    expected?: ExpectedCollection,
  ): Promise<CollectionWithCovers & { isNew: boolean }>
  read(name: string, by: Principal): Promise<CollectionWithCovers>
  /** Deletes the collection, and none of its projects. @throws TintypeError `precondition_failed` */
  remove(name: string, by: Principal, expected?: ExpectedCollection): Promise<void>
  /** Collections that the principal may list, sorted by name. */
  list(page: { after: string | undefined; limit: number }, by: Principal): Promise<CollectionPage>
  /**
   * Plans the atlas of the covers. A request that finds other projects than before gives them places, in a commit.
   *
   * @throws TintypeError `too_many_images`, `storage_full`
   */
  atlas(name: string, by: Principal, size: AtlasSize, side: PageSide): Promise<CoversPlan>
  /** Watches a collection: what is read after it resolved and changes later is reported. */
  watch(name: string, by: Principal, signal: AbortSignal): Promise<CollectionWatch>
}

export interface CoversPlan {
  plan: AtlasPlan
  collection: CollectionState
  projects: readonly ReadableState[]
}

/** Covers and collections that are read at once. */
const READ_AT_ONCE = 32

export const createCollectionService = (options: CollectionServiceOptions): CollectionService => {
  const { collections, store, catalogue, atlases, newVisibility = 'public', maxSelected, pollMs } = options
  const sizes = sizeNames(options.presets ?? new Map())
  const selection = createSelection({ catalogue, maxSelected })
  const readable = createReadableProjects(store)
  /** Also what another server has just changed. */
  const readableNow = createReadableProjects({ current: () => undefined, project: store.project })

  const withCovers = async (collection: CollectionState, by: Principal): Promise<CollectionWithCovers> => {
    const projects = await selection.visible(collection, withoutLinks(by), readable)
    return { collection, covers: await inGroups(projects, READ_AT_ONCE, coverOf) }
  }

  const coverOf = async (project: ReadableState): Promise<ProjectWithCover> => ({
    project,
    cover: (await store.cover(project).catch(unlessDamaged)) ?? null,
  })

  const changeExpected = createExpectedChanges(collections, withCovers)

  const read = async (name: string, by: Principal): Promise<CollectionState> =>
    readableCollection(name, await collections.recent(name), by)

  interface Placed {
    collection: CollectionState
    projects: readonly ReadableState[]
    placed: FollowedTables['placed']
  }

  const place = async (name: string, given: Principal, size: AtlasSize): Promise<Placed> => {
    const by = withoutLinks(given)
    for (;;) {
      const collection = await read(name, by)
      const projects = await selection.visible(collection, by, readable)
      const found = followCovers(collection.atlas, { by, size, visible: projects, nowMs: Date.now(), sizes })
      if (found.tables === collection.atlas || store.isReadOnly()) return { collection, projects, placed: found.placed }
      // No frame may lose its place because a change of another server is not known here yet.
      const newest = readableCollection(name, await collections.newest(name), by)
      const visible = await selection.visible(newest, by, readableNow)
      let placed: FollowedTables['placed']
      const after = await collections.change(name, (before) => {
        const present = readableCollection(name, before, by)
        if (!selectsSame(present, newest)) return present
        const followed = followCovers(present.atlas, { by, size, visible, nowMs: Date.now(), sizes })
        placed = followed.placed
        return followed.tables === present.atlas ? present : { ...present, atlas: followed.tables }
      })
      if (after && placed) return { collection: after, projects: visible, placed }
    }
  }

  return {
    async requirePut(name, by) {
      requireCollectionAccess(by, 'create', name, presentOf(await collections.recent(name)))
    },

    async put(name, given, by, expected) {
      let isNew = false
      const change = (before: CollectionState | undefined): CollectionState => {
        isNew = before === undefined || before.deleted
        return putCollection(name, before, given, { by, now: new Date().toISOString(), newVisibility })
      }
      const after = await changeExpected({ name, by, expected, change })
      return { ...(await withCovers(readableCollection(name, after, by), by)), isNew }
    },

    read: async (name, by) => withCovers(await read(name, by), by),

    async remove(name, by, expected) {
      const change = (before: CollectionState | undefined) =>
        deleteCollection(name, before, { by, now: new Date().toISOString() })
      await changeExpected({ name, by, expected, change })
    },

    async list({ after = '', limit }, by) {
      const names = (await collections.names()).filter((name) => name > after)
      const found: CollectionState[] = []
      for (let at = 0; at < names.length && found.length <= limit; at += READ_AT_ONCE)
        for (const state of await Promise.all(names.slice(at, at + READ_AT_ONCE).map(collections.recent)))
          if (state && !state.deleted && decideCollection(by, 'list', state.name, state) === 'allowed')
            found.push(state)
      const page = found.slice(0, limit)
      return { collections: page, next: found.length > limit ? page.at(-1)?.name : undefined }
    },

    async atlas(name, by, size, side) {
      const { collection, projects, placed } = await place(name, by, size)
      const atlas = `${name} ${collection.created_at} ${placed?.name}`
      const plan = await atlases.ofCovers(projects, size, side, placed && { name: atlas, table: placed.table })
      return { plan, collection, projects }
    },

    async watch(name, by, signal) {
      const collection = await read(name, by)
      const { ids, isOther: selectsOther } = await selection.watch(collection, withoutLinks(by))
      const end = new AbortController()
      const stop = () => end.abort()
      const changed = new Promise<void>((resolve) => end.signal.addEventListener('abort', () => resolve()))
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()
      const isOther = async () =>
        (await collections.recent(name))?.commits?.at(-1) !== collection.commits?.at(-1) || (await selectsOther())
      const timer = setInterval(() => {
        isOther().then((isChanged) => isChanged && stop(), stop)
      }, pollMs).unref()
      end.signal.addEventListener('abort', () => {
        clearInterval(timer)
        signal.removeEventListener('abort', stop)
      })
      const watched = ids.map((projectId) => ({ projectId }))
      await store.watch(watched, stop, { signal: end.signal }).catch(stop)
      return { changed, end: stop }
    },
  }
}
