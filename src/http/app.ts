// The HTTP API: checks and routes in reading order.

import { OpenAPIHono } from '@hono/zod-openapi'
import { TrieRouter } from 'hono/router/trie-router'
import { TintypeError } from '../core/errors.ts'
import { clip } from '../core/text.ts'
import { authenticate } from './access.ts'
import type { AppOptions } from './app-options.ts'
import { type Context, type Env, type Handler, viewOf } from './context.ts'
import { createGalleryRoutes } from './gallery/routes.ts'
import { createGuard } from './guard.ts'
import { allowOrigins } from './middleware/cors.ts'
import { refuseOtherHosts } from './middleware/host-check.ts'
import {
  refuseDotSegments,
  refuseWhileDraining,
  refuseWhileReadOnly,
  varyByAccept,
  waitUntil,
} from './middleware/preconditions.ts'
import { countSignIn, limitRequests, limitSignIns } from './middleware/rate-limit.ts'
import { createRequestLog } from './middleware/request-log.ts'
import * as accounts from './openapi/accounts.ts'
import * as events from './openapi/events.ts'
import * as archives from './openapi/images/archives.ts'
import * as assets from './openapi/images/assets.ts'
import * as bulk from './openapi/images/bulk.ts'
import * as deletions from './openapi/images/image-deletions.ts'
import * as imageDetails from './openapi/images/image-details.ts'
import * as images from './openapi/images/images.ts'
import * as manifests from './openapi/images/manifest.ts'
import * as sourcePictures from './openapi/images/source-pictures.ts'
import * as projects from './openapi/projects.ts'
import * as server from './openapi/server.ts'
import { createSessionCookies } from './response/auth/session-cookies.ts'
import { answerEarly } from './response/early-response.ts'
import { createFailures } from './response/failures.ts'
import { createViews } from './response/views.ts'
import { checkedBy, createPipeline, createRouteTable, rememberMatches } from './route-table.ts'
import { createArchiveRoutes } from './routes/archives.ts'
import { createAssetRoutes } from './routes/assets.ts'
import { addAtlasRoutes } from './routes/atlases/atlases.ts'
import { addCollectionRoutes } from './routes/atlases/collections.ts'
import { createAccountRoutes } from './routes/auth/accounts.ts'
import { addLinkRoutes } from './routes/auth/links.ts'
import { addMemberRoutes } from './routes/auth/members.ts'
import { createOidcRoutes } from './routes/auth/oidc.ts'
import { createBulkRoutes } from './routes/bulk.ts'
import { createDocsRoutes } from './routes/docs.ts'
import { createEventRoutes } from './routes/events.ts'
import { createManifestRoutes } from './routes/games/manifest.ts'
import { createHealthRoutes } from './routes/health.ts'
import { createImageDeletionRoutes } from './routes/image-deletions.ts'
import { createImageRoutes } from './routes/images.ts'
import { addJobRoutes } from './routes/jobs.ts'
import { createMetricsRoute } from './routes/metrics.ts'
import { createProjectRoutes } from './routes/projects.ts'
import { createRenderRoutes } from './routes/renders.ts'
import { createSourcePictureRoutes } from './routes/source-pictures.ts'
import { addWebhookRoutes } from './routes/webhooks.ts'

export const createApp = (options: AppOptions): OpenAPIHono<Env> => {
  const { log, ids, version, maxUploadBytes } = options
  const { observer, requests, snapshot } = options.metrics
  const { client, hostCheck, allowedOrigins, corsHeaders, limit } = options.policies
  const { isReadOnly, isDraining } = options
  const basePath = (options.basePath ?? '').replace(/\/+$/, '')
  const views = createViews(basePath, options.presets ?? new Map())

  // The faster routers of Hono refuse routes that have a name and a pattern in the same place.
  const app = new OpenAPIHono<Env>({ router: rememberMatches(new TrieRouter()) })

  const failures = createFailures({ log, observer })
  const fail = (c: Context, thrown: unknown): Promise<Response> => {
    const { status, headers, body } = failures(c, thrown)
    const vary = c.get('vary')
    if (vary !== undefined) headers.Vary = vary
    return answerEarly(c, { status, headers, text: JSON.stringify(body) })
  }
  app.onError((error, c) => fail(c, error))
  app.notFound((c) => fail(c, routeNotFound(c)))

  const pipeline = createPipeline({
    requestLog: createRequestLog({ log, ids, requests, client }),
    checks: [
      varyByAccept,
      ...(options.ready ? [waitUntil(options.ready)] : []),
      refuseDotSegments,
      ...(hostCheck ? [refuseOtherHosts(hostCheck)] : []),
      ...(corsHeaders ? [allowOrigins(allowedOrigins, corsHeaders)] : []),
      refuseWhileDraining(isDraining),
      refuseWhileReadOnly(isReadOnly),
      authenticate(options.policies),
      ...(limit.countsRequests ? [limitRequests(limit)] : []),
    ],
    fail,
  })
  const route = createRouteTable(app, pipeline)

  const guard = createGuard(options)
  const render = createRenderRoutes({ ...options, guard })
  const image = createImageRoutes({ ...options, guard, views, maxUploadBytes, observer })
  route.add(images.upload, image.upload)
  route.add(images.list, image.list)
  route.add(images.read, image.read)
  // Before the files of the sizes, whose template it matches too.
  route.add(images.renderFile, render.render)
  route.add(images.file, image.file)
  route.add(images.render, render.render)
  route.add(images.thumbnail, image.thumbnail)
  route.add(images.cover, image.cover)
  route.add(imageDetails.edit, image.edit)
  const deletion = createImageDeletionRoutes({ ...options, guard, views })
  route.add(deletions.remove, deletion.remove)
  route.add(deletions.removeAll, deletion.removeAll)
  route.add(images.setPrimary, image.setPrimary)
  route.add(bulk.upload, createBulkRoutes({ ...options, guard, views, observer, failures }).upload)

  const asset = createAssetRoutes({ ...options, guard, views, observer })
  route.add(assets.put, asset.put)
  route.add(assets.list, asset.list)
  route.add(assets.read, asset.read)
  route.describe(assets.render, assets.renderFile)
  route.add(assets.remove, asset.remove)
  if (options.sources) {
    const source = createSourcePictureRoutes({ ...options, sources: options.sources, guard })
    route.add(sourcePictures.read, source.read)
  }
  if (options.jobs) addJobRoutes(route, { ...options, jobs: options.jobs, guard, views })
  const project = createProjectRoutes({ ...options, guard, views })
  route.add(projects.list, project.list)
  route.add(projects.read, project.read)
  route.add(projects.create, project.create)
  route.add(projects.edit, project.edit)
  route.add(projects.remove, project.remove)
  route.add(archives.read, createArchiveRoutes({ ...options, guard }).read)
  route.add(manifests.read, createManifestRoutes({ ...options, guard, views }).read)

  const cookieOptions = { basePath, isSecure: (c: Context) => client.isSecure(viewOf(c), c.req.url) }
  if (options.links) addLinkRoutes(route, { ...options, links: options.links, guard, views, cookies: cookieOptions })
  if (options.atlases) addAtlasRoutes(route, { ...options, atlases: options.atlases, guard })

  if (options.collections && options.atlases && options.feed) {
    const { collections, atlases, feed } = options
    const { identify } = options.policies
    addCollectionRoutes(route, { ...options, collections, pages: atlases.pages, feed, views, identify })
  }

  if (options.members) addMemberRoutes(route, { members: options.members, guard })
  if (options.webhooks) addWebhookRoutes(route, { webhooks: options.webhooks, basePath })
  if (options.feed) {
    const event = createEventRoutes({ feed: options.feed, guard, identify: options.policies.identify })
    route.add(events.changes, event.changes)
    route.add(events.events, event.events)
    route.add(events.severalEvents, event.severalEvents)
  }

  if (options.accounts) {
    const cookies = createSessionCookies(cookieOptions)
    const shared = { ...options.accounts, cookies, networkOf: (c: Context) => client.networkOf(viewOf(c)) }
    const account = createAccountRoutes(shared)
    const { gallery } = options
    const oidc = createOidcRoutes({ ...shared, ...cookieOptions, gallery, isReadOnly, count: countSignIn(limit) })
    // Passwords and invitations can be guessed here.
    const limited = (handler: Handler) => (limit.countsSignIns ? checkedBy(limitSignIns(limit), handler) : handler)
    route.add(accounts.options, account.options)
    route.add(accounts.register, limited(account.register))
    route.add(accounts.login, limited(account.login))
    route.add(accounts.refresh, account.refresh)
    route.add(accounts.logout, account.logout)
    route.add(accounts.oidc, oidc.begin)
    route.add(accounts.oidcCallback, oidc.finish)
    route.add(accounts.me, account.me)
    route.add(accounts.password, limited(account.password))
    route.add(accounts.forgottenPassword, limited(account.forgottenPassword))
    route.add(accounts.resetPassword, limited(account.resetPassword))
  }

  const state = createHealthRoutes(options)
  route.add(server.health, state.health)
  route.add(server.ready, state.ready)
  const gather = options.gatherMetrics ?? (async () => [await snapshot()])
  route.add(server.metrics, createMetricsRoute({ gather }))

  const documentation = createDocsRoutes({ ...options, version, basePath })
  route.add(server.docs, documentation.page)
  route.add(server.docsBundle, documentation.bundle)
  route.add(server.docsAsset, documentation.asset)
  route.add(server.openApi, documentation.openApi)
  if (options.gallery) {
    const gallery = createGalleryRoutes({ ...options, client, views })
    route.add(server.galleryFront, gallery.front)
    route.add(server.galleryProject, gallery.project)
    route.add(server.galleryAsset, gallery.asset)
  } else if (options.isWholeSite) route.add(server.front, documentation.front)

  route.refuseOtherMethods()
  // A parent app answers unknown paths, but all below these belong to this app.
  const refuseUnknown = pipeline((c) => fail(c, routeNotFound(c)))
  for (const path of ['/projects/*', '/collections/*']) app.all(path, refuseUnknown)
  // Last: the routes above have run the pipeline themselves.
  app.use(pipeline(async (_, next) => void (await next())))

  return app
}

const routeNotFound = (c: Context): TintypeError => {
  const hint = c.req.path.length > 1 && c.req.path.endsWith('/') ? ' Routes have no "/" at their end.' : ''
  return new TintypeError('route_not_found', `There is no route ${c.req.method} ${clip(c.req.path)}.${hint}`)
}
