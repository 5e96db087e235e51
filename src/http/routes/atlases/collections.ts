// Routes of collections: list, read, put, delete, changes, and the atlas of the covers.

import { createHash } from 'node:crypto'
import { parsePageName } from '../../../core/atlas/page-name.ts'
import { atlasSizeOf } from '../../../core/atlas/size.ts'
import { isPublic, type Principal, withoutLinks } from '../../../core/auth/access.ts'
import { decideCollection } from '../../../core/collections/access.ts'
import type { CollectionState } from '../../../core/collections/collection.ts'
import { parseParameter } from '../../../core/parameters.ts'
import type { ReadableState } from '../../../core/project/state.ts'
import type { Presets } from '../../../core/transform/presets.ts'
import type { PageMaker } from '../../../services/atlases/page-maker.ts'
import type { CollectionService } from '../../../services/collections/collections.ts'
import type { CollectionWithCovers } from '../../../services/collections/expected.ts'
import type { ChangeFeed } from '../../../services/events/change-feed.ts'
import { type Identify, PRIVATE, PUBLIC, principalOf } from '../../access.ts'
import { type Context, viewOf } from '../../context.ts'
import * as descriptions from '../../openapi/atlases/collections.ts'
import { atlasRequestOf, indexOf } from '../../request/atlas-request.ts'
import { expectedCollectionOf } from '../../request/if-match.ts'
import { parseBody, readJson } from '../../request/json-body.ts'
import { limitOf, queryOf, requireKnown } from '../../request/params.ts'
import { documentOf } from '../../response/atlas-view.ts'
import { BASE_HEADERS, json, respond, revalidatedJson } from '../../response/respond.ts'
import { sendPage, unknownPage } from '../../response/send-page.ts'
import type { Views } from '../../response/views.ts'
import type { RouteTable } from '../../route-table.ts'
import {
  type CollectionView,
  collectionChangesQuery,
  collectionListQuery,
  collectionNameSchema,
  collectionPutSchema,
  collectionSinceSchema,
  DEFAULT_COLLECTIONS_PAGE,
} from '../../schemas/collections.ts'
import { waitSchema } from '../../schemas/events.ts'

export interface CollectionRouteOptions {
  collections: CollectionService
  pages: PageMaker
  views: Views
  identify: Identify
  feed: Pick<ChangeFeed, 'enter' | 'endingWith'>
  presets?: Presets
}

/** Limit of the body of a PUT, in bytes: ids of the most projects, and members. */
const MAX_BODY_BYTES = 512 * 1024

/** Adds the routes with their descriptions. */
export const addCollectionRoutes = (route: Pick<RouteTable, 'add'>, options: CollectionRouteOptions): void => {
  const { collections, pages, views, identify, feed, presets = new Map() } = options
  const base = `${views.basePath}/collections`

  const listedView = (collection: CollectionState, by: Principal): Omit<CollectionView, 'projects'> => {
    const { name, title, query = null, visibility, created_at, updated_at, owner_id, members } = collection
    const manages = decideCollection(by, 'manage', name, collection) === 'allowed'
    const access = manages ? { visibility, owner_id, members } : { visibility }
    return { ...{ name, title, query, created_at, updated_at, ...access }, atlas_url: `${base}/${name}/atlas.json` }
  }

  const shown = ({ collection, covers }: CollectionWithCovers, by: Principal) => {
    const own = withoutLinks(by)
    const view: CollectionView = {
      ...listedView(collection, own),
      projects: covers.map((cover) => views.project(cover, own)),
    }
    const tag = createHash('sha256').update(JSON.stringify(view)).digest('base64url').slice(0, 22)
    const isShared = isSharedBy(
      by,
      collection,
      covers.map(({ project }) => project),
    )
    return { view, tag, caching: { etag: `"${tag}"`, isPrivate: !isShared } }
  }

  const expectedOf = (c: Context, by: Principal) =>
    expectedCollectionOf(c, (collection) => shown(collection, by).caching.etag)

  route.add(descriptions.list, async (c: Context) => {
    const by = principalOf(c)
    requireKnown(c, Object.keys(collectionListQuery.shape))
    const limit = limitOf(c) ?? DEFAULT_COLLECTIONS_PAGE
    const page = await collections.list({ after: queryOf(c, 'after', collectionNameSchema), limit }, by)
    const next = page.next === undefined ? null : `${base}?limit=${limit}&after=${page.next}`
    const body = { collections: page.collections.map((each) => listedView(each, by)), next }
    return revalidatedJson(c, body, { isPrivate: by.kind === 'key' || by.kind === 'user' })
  })

  route.add(descriptions.read, async (c: Context) => {
    const by = principalOf(c)
    const { view, caching } = shown(await collections.read(nameOf(c), by), by)
    return revalidatedJson(c, view, caching)
  })

  route.add(descriptions.put, async (c: Context) => {
    const [by, name] = [principalOf(c), nameOf(c)]
    await collections.requirePut(name, by)
    const expected = expectedOf(c, by)
    const body = parseBody(collectionPutSchema, await readJson(c, MAX_BODY_BYTES))
    const { isNew, ...put } = await collections.put(name, body, by, expected)
    const { view, caching } = shown(put, by)
    const headers = { ETag: caching.etag }
    return isNew ? json(c, view, 201, { ...headers, Location: `${base}/${name}` }) : json(c, view, 200, headers)
  })

  route.add(descriptions.remove, async (c: Context) => {
    const by = principalOf(c)
    await collections.remove(nameOf(c), by, expectedOf(c, by))
    return respond(c, null, 204, { ...BASE_HEADERS })
  })

  route.add(descriptions.changes, async (c: Context) => {
    let by = principalOf(c)
    const name = nameOf(c)
    requireKnown(c, Object.keys(collectionChangesQuery.shape))
    const since = queryOf(c, 'since', collectionSinceSchema)?.replaceAll('"', '')
    const waitMs = c.req.method === 'HEAD' ? 0 : (queryOf(c, 'wait', waitSchema) ?? 0) * 1000
    const answer = (tag: string) => json(c, { tag, changed: tag !== since }, 200, { 'Cache-Control': 'no-store' })
    const first = shown(await collections.read(name, by), by).tag
    if (waitMs === 0 || first !== since) return answer(first)
    const leave = feed.enter()
    const { signal, end, release } = feed.endingWith(c.req.raw.signal)
    const timer = setTimeout(end, waitMs)
    try {
      for (;;) {
        const watch = await collections.watch(name, by, signal)
        try {
          // Read after the watch began, so that no change falls between.
          const { tag } = shown(await collections.read(name, by), by)
          if (tag !== since || signal.aborted) return answer(tag)
          await watch.changed
        } finally {
          watch.end()
        }
        const { principal, refusal } = await identify(viewOf(c))
        if (refusal) throw refusal
        by = principal
      }
    } finally {
      clearTimeout(timer)
      release()
      leave()
    }
  })

  const atlas = async (c: Context, folder: string, index: number): Promise<Response> => {
    const [by, name] = [principalOf(c), nameOf(c)]
    const request = atlasRequestOf(c, presets, [])
    const { plan, collection, projects } = await collections.atlas(name, by, request.size, request.side)
    const view = documentOf(plan, index, request.isMulti, { folder, format: request.format })
    return revalidatedJson(c, view, { isPrivate: !isSharedBy(by, collection, projects) })
  }

  route.add(descriptions.atlas, (c: Context) => atlas(c, 'atlas/', 0))
  route.add(descriptions.atlasIndex, (c: Context) => atlas(c, '', indexOf(c)))

  route.add(descriptions.atlasPage, async (c: Context) => {
    const by = principalOf(c)
    const name = parsePageName(c.req.param('page') ?? '')
    if (!name || name.signature) throw unknownPage()
    const { page } = name
    const { plan, collection, projects } = await collections.atlas(
      nameOf(c),
      by,
      atlasSizeOf(page.size, presets),
      page.side,
    )
    return sendPage(c, pages, plan, page, isSharedBy(by, collection, projects) ? PUBLIC : PRIVATE)
  })
}

/** @throws TintypeError `invalid_parameter` */
const nameOf = (c: Context): string =>
  parseParameter('collection', c.req.param('collection') ?? '', collectionNameSchema)

/** True where caches may share an answer: all see what it shows. */
const isSharedBy = (by: Principal, collection: CollectionState, projects: readonly ReadableState[]): boolean =>
  by.kind !== 'key' && by.kind !== 'user' && collection.visibility === 'public' && projects.every(isPublic)
