// The HTTP API: middleware and routes in reading order.

import { OpenAPIHono } from '@hono/zod-openapi'
import { type ErrorCode, TintypeError } from '../core/errors.ts'
import type { AllowedOrigins } from '../core/request/origins.ts'
import { clip } from '../core/text.ts'
import type { Presets } from '../core/transform/presets.ts'
import type { AssetService } from '../services/images/assets.ts'
import type { ImageService } from '../services/images/images.ts'
import type { Renders } from '../services/images/renders.ts'
import type { Variants } from '../services/images/variants.ts'
import type { ProjectService } from '../services/projects/projects.ts'
import type { Store } from '../stores/store.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { RequestIds } from '../telemetry/requests.ts'
import type { Snapshot } from '../telemetry/snapshot.ts'
import { authenticate, type Identify, type IdentifyNow } from './access.ts'
import { type Context, type Env, viewOf } from './context.ts'
import { createGuard } from './guard.ts'
import type { ClientAddress } from './middleware/client-address.ts'
import { allowOrigins, type CorsHeaders } from './middleware/cors.ts'
import { type HostCheck, refuseOtherHosts } from './middleware/host-check.ts'
import {
  refuseDotSegments,
  refuseWhileDraining,
  refuseWhileReadOnly,
  runFirst,
  varyByAccept,
  waitUntil,
} from './middleware/preconditions.ts'
import { type Limit, limitRequests, limitSignIns } from './middleware/rate-limit.ts'
import { loggedPath, requestLog } from './middleware/request-log.ts'
import * as accounts from './openapi/accounts.ts'
import * as assets from './openapi/assets.ts'
import * as deletions from './openapi/image-deletions.ts'
import * as imageDetails from './openapi/image-details.ts'
import * as images from './openapi/images.ts'
import * as projects from './openapi/projects.ts'
import * as server from './openapi/server.ts'
import type { TransformRequestParser } from './request/transform-request.ts'
import { answerEarly } from './response/early-response.ts'
import type { ListCache } from './response/list-cache.ts'
import { problemOf, toTintypeError } from './response/problem.ts'
import { createSessionCookies } from './response/session-cookies.ts'
import { createViews } from './response/views.ts'
import { createRouteTable } from './route-table.ts'
import { type AccountRouteOptions, createAccountRoutes } from './routes/accounts.ts'
import { createAssetRoutes } from './routes/assets.ts'
import { createDocsRoutes } from './routes/docs.ts'
import { createHealthRoutes } from './routes/health.ts'
import { createImageDeletionRoutes } from './routes/image-deletions.ts'
import { createImageRoutes } from './routes/images.ts'
import { createMetricsRoute } from './routes/metrics.ts'
import { createProjectRoutes } from './routes/projects.ts'
import { createRenderRoutes } from './routes/renders.ts'

/** Policies applied to each request before its route, shared with the fast path. */
export interface Policies {
  client: ClientAddress
  /** @default every host is expected */
  hostCheck?: HostCheck
  allowedOrigins: AllowedOrigins
  /** @default pages of other sites may not read responses */
  corsHeaders?: CorsHeaders
  identify: Identify
  identifyNow: IdentifyNow
  limit: Limit
}

export interface AppOptions {
  /** States of projects, for the guard alone. */
  store: Pick<Store, 'current' | 'project'>
  images: ImageService
  assets: AssetService
  projects: ProjectService
  variants: Variants
  renders: Pick<Renders, 'find' | 'choose' | 'focalPoint'>
  /** Accounts and their CSRF protection. @default no routes of accounts */
  accounts?: Omit<AccountRouteOptions, 'cookies' | 'networkOf'>
  /** Cache of image lists. @default none */
  lists?: Pick<ListCache, 'set'>
  /** Parses and authorizes transform requests. */
  transformRequests: TransformRequestParser
  /** Presets, whose URLs are part of every image view. @default none */
  presets?: Presets
  policies: Policies
  /** Version of the program, for `/health` and the OpenAPI document. */
  version: string
  /** Start of the server, in milliseconds since 1970. */
  startedAt: number
  /** Media types of accepted uploads, for `/health`. */
  acceptedTypes(): readonly string[]
  /** Checks that the store can be used, for `/ready`. */
  check(): Promise<void>
  /** While true, changes are refused. @default () => false */
  isReadOnly?(): boolean
  /** Largest file of an upload, in bytes. */
  maxUploadBytes: number
  /**
   * Prefix of every URL in responses, for a program that mounts the app under a path, such as `/media`. The routes
   * themselves do not change.
   *
   * @default ''
   */
  basePath?: string
  /** Redirects `GET /` to the documentation. @default false, `/` belongs to the program that mounts the app */
  isWholeSite?: boolean
  /**
   * Path under which nginx serves the store's folder: stored pictures are sent by nginx (`X-Accel-Redirect`).
   * @default pictures are sent by this process
   */
  accelRedirect?: string
  /** Opening of the store: requests wait for it, and are answered 503 where it rejects. @default no wait */
  ready?: Promise<void>
  /** While true, changes are refused and `/ready` answers 503. @default () => false */
  isDraining?(): boolean
  log: Logger
  ids: RequestIds
  metrics: Pick<Metrics, 'observer' | 'requests' | 'snapshot'>
  /** Gathers the metrics of all processes. @default the metrics of this instance */
  gatherMetrics?(): Promise<readonly Snapshot[]>
}

/** Paths where passwords and invitations can be guessed. */
const SIGN_IN_PATHS = ['/auth/login', '/auth/register', '/auth/password']

/** Errors of status 500 and over that are not logged here: they are expected, or logged at their origin. */
const EXPECTED: readonly ErrorCode[] = ['busy', 'read_only', 'shutting_down', 'quota_exceeded', 'issuer_unavailable']

export const createApp = (options: AppOptions): OpenAPIHono<Env> => {
  const { log, ids, version, startedAt, check, maxUploadBytes } = options
  const { observer, requests, snapshot } = options.metrics
  const { client, hostCheck, allowedOrigins, corsHeaders, limit } = options.policies
  const { isReadOnly, isDraining } = options
  const basePath = (options.basePath ?? '').replace(/\/+$/, '')
  const views = createViews(basePath, options.presets ?? new Map())

  const app = new OpenAPIHono<Env>()

  const fail = (c: Context, thrown: unknown): Promise<Response> => {
    const error = toTintypeError(thrown, c.req.raw)
    const { status, headers, body } = problemOf(error)
    observer.failed(error.code)
    if (status >= 500 && !EXPECTED.includes(error.code)) {
      const id = c.get('requestId')
      log.error(
        { err: error, id, method: c.req.method, path: loggedPath(c.req.url) },
        `${error.code}; answering ${status}`,
      )
      body.request_id = id
    }
    const vary = c.get('vary')
    if (vary !== undefined) headers.Vary = vary
    return answerEarly(c, { status, headers, text: JSON.stringify(body) })
  }
  app.onError((error, c) => fail(c, error))
  app.notFound((c) => fail(c, routeNotFound(c)))

  app.use(requestLog({ log, ids, requests, client }))
  app.use(
    runFirst([
      varyByAccept,
      ...(options.ready ? [waitUntil(options.ready)] : []),
      refuseDotSegments,
      ...(hostCheck ? [refuseOtherHosts(hostCheck)] : []),
      ...(corsHeaders ? [allowOrigins(allowedOrigins, corsHeaders)] : []),
      refuseWhileDraining(isDraining),
      refuseWhileReadOnly(isReadOnly),
      authenticate(options.policies),
      ...(limit.countsRequests ? [limitRequests(limit)] : []),
    ]),
  )
  if (limit.countsSignIns) for (const path of SIGN_IN_PATHS) app.use(path, runFirst([limitSignIns(limit)]))

  const route = createRouteTable(app)

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

  const asset = createAssetRoutes({ ...options, guard, views, observer })
  route.add(assets.put, asset.put)
  route.add(assets.list, asset.list)
  route.add(assets.read, asset.read)
  route.describe(assets.render, assets.renderFile)
  route.add(assets.remove, asset.remove)
  const project = createProjectRoutes({ ...options, guard, views })
  route.add(projects.list, project.list)
  route.add(projects.read, project.read)
  route.add(projects.create, project.create)
  route.add(projects.edit, project.edit)
  route.add(projects.remove, project.remove)

  if (options.accounts) {
    const cookies = createSessionCookies({ basePath, isSecure: (c) => client.isSecure(viewOf(c), c.req.url) })
    const account = createAccountRoutes({ ...options.accounts, cookies, networkOf: (c) => client.networkOf(viewOf(c)) })
    route.add(accounts.register, account.register)
    route.add(accounts.login, account.login)
    route.add(accounts.refresh, account.refresh)
    route.add(accounts.logout, account.logout)
    route.add(accounts.me, account.me)
    route.add(accounts.password, account.password)
  }

  const state = createHealthRoutes({
    version,
    startedAt,
    acceptedTypes: options.acceptedTypes,
    check,
    isReadOnly,
    isDraining,
  })
  route.add(server.health, state.health)
  route.add(server.ready, state.ready)
  const gather = options.gatherMetrics ?? (async () => [await snapshot()])
  route.add(server.metrics, createMetricsRoute({ gather }))

  const documentation = createDocsRoutes({ version, basePath })
  route.add(server.docs, documentation.page)
  route.add(server.docsBundle, documentation.bundle)
  route.add(server.docsAsset, documentation.asset)
  route.add(server.openApi, documentation.openApi)
  if (options.isWholeSite) route.add(server.front, documentation.front)

  route.refuseOtherMethods()
  // A parent app answers unknown paths, but all below /projects belong to this app.
  app.all('/projects/*', (c) => fail(c, routeNotFound(c)))

  return app
}

const routeNotFound = (c: Context): TintypeError => {
  const hint = c.req.path.length > 1 && c.req.path.endsWith('/') ? ' Routes have no "/" at their end.' : ''
  return new TintypeError('route_not_found', `There is no route ${c.req.method} ${clip(c.req.path)}.${hint}`)
}
