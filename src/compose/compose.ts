// The only wiring: options -> store and encoders -> services -> app.

import { resolve } from 'node:path'
import { createApp } from '../http/app.ts'
import { createEdge } from '../http/edge.ts'
import { createFast } from '../http/fast-path/fast-path.ts'
import { readListUrl } from '../http/fast-path/lists.ts'
import { readRenderUrl } from '../http/fast-path/renders.ts'
import { readPictureUrl } from '../http/fast-path/stored.ts'
import { logAnswers } from '../http/middleware/request-log.ts'
import { createAskedReader } from '../http/request/transform-request.ts'
import { createListMemory } from '../http/response/list-cache.ts'
import type { EncoderPool } from '../image/encoder.ts'
import { createEncoderPool } from '../image/pool/pool.ts'
import { PRIORITIES } from '../image/pool/priority-queue.ts'
import type { Tintype, TintypeOptions } from '../options.ts'
import { createAccountService } from '../services/auth/accounts.ts'
import { createApiKeys } from '../services/auth/api-keys.ts'
import { createBearerAuthenticator } from '../services/auth/bearer.ts'
import { createForgeryGuard } from '../services/auth/csrf.ts'
import { createForeignTokens } from '../services/auth/oidc-tokens.ts'
import { createOpenDoor } from '../services/auth/open-access.ts'
import { createPasswords } from '../services/auth/passwords.ts'
import { createCookieAuthenticator } from '../services/auth/session-cookie.ts'
import { slowed } from '../services/auth/sign-in-throttle.ts'
import { createImageService } from '../services/images/images.ts'
import { createRenders } from '../services/images/renders.ts'
import { createPictures } from '../services/images/variants.ts'
import { createProjectService } from '../services/projects/projects.ts'
import { createPlaces } from '../services/projects/sealed-cursor.ts'
import { createFileAccountStore } from '../stores/accounts/file-account-store.ts'
import { createFileKeys } from '../stores/accounts/file-keys.ts'
import { createFileStore } from '../stores/file/file-store.ts'
import { createFileMarks } from '../stores/idempotency/file-marks.ts'
import { createOwnerQuota } from '../stores/quota/owner-quota.ts'
import { createRenderCache } from '../stores/render-cache/render-cache.ts'
import { createLogger } from '../telemetry/logger.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import { createRequestIds } from '../telemetry/request-ids.ts'
import { version } from '../version.ts'
import { createAuthConfigured } from './auth-configured.ts'
import { type ParsedOptions, parseOptions } from './parse-options.ts'

/** @throws Error that says which option is not valid */
export const createTintype = (options: TintypeOptions = {}): Tintype => createParsedTintype(parseOptions(options))

/** `createTintype` with options that are parsed already. */
export const createParsedTintype = (options: ParsedOptions): Tintype => {
  const metrics = createMetrics({ version })
  return compose(
    options,
    createEncoderPool({
      observer: metrics.observer,
      encoders: options.encoders,
      maxPixels: options.maxPixels,
      background: options.background,
      deadlineMs: options.encodeDeadlineMs,
      maxWaiting: options.maxWaiting,
    }),
    metrics,
  )
}

/** `createParsedTintype` over other encoders, such as the plain way that benchmarks compare with. */
export const compose = (
  options: ParsedOptions,
  encoders: EncoderPool,
  metrics: Metrics = createMetrics({ version }),
): Tintype => {
  const log = options.log ?? createLogger({ level: 'warn' })
  const { apiKeys: fixedKeys, presets, signingKeys, issuer, allowedOrigins: origins } = options
  const asked = createAskedReader({ signingKeys, presets })
  // Absolute, so that a program may change its working folder.
  const storageDir = resolve(options.storageDir ?? './storage')
  const isOpen = createOpenDoor({
    mode: options.auth ?? 'auto',
    isSetUp: createAuthConfigured(options),
  })
  const edge = createEdge({ ...options, log, isOpen })
  const store = createFileStore({
    storageDir,
    lockStaleMs: options.lockStaleMs,
    minFreeBytes: options.minFreeBytes,
    observer: metrics.observer,
    log,
  })
  const ready = store.open()
  // Whoever does not look at `ready` hears of a failure with the first request.
  ready.catch(() => {})
  const claims = createFileMarks({ storageDir })
  const sweepClaims = () =>
    claims.sweep().catch((error: unknown) => log.warn({ error }, 'what crashed uploads left could not be swept'))
  ready.then(sweepClaims, () => {})
  const { accelRedirect, maxBytesPerOwner = 0, maxImagesPerProject = 0 } = options
  // Where a web server sends the bytes, none of them are needed here.
  // A part of the memory is for what is made from originals and for lists, which are sent from here in any case.
  const cacheBytes = options.cacheBytes ?? 64 * 2 ** 20
  const forRenders = Math.floor(cacheBytes / 4)
  const forLists = Math.floor(cacheBytes / 8)
  const forPictures = accelRedirect === undefined ? cacheBytes - forRenders - forLists : 0
  const pictures = createPictures({ store, cacheBytes: forPictures })
  const lists = createListMemory({ current: (projectId, share) => store.current(projectId, share), maxBytes: forLists })
  const renders = createRenders({
    store,
    encoders,
    cache: createRenderCache({ storageDir, maxBytes: options.diskCacheBytes, log }),
    prefetched: options.prefetch,
    cacheBytes: forRenders,
  })
  const accountStore = createFileAccountStore({ storageDir })
  const accounts = createAccountService({
    store: accountStore,
    passwords: createPasswords(),
    registration: options.registration ?? 'closed',
  })
  const forgery = createForgeryGuard({ tokens: accounts.tokens, trustedOrigins: origins === '*' ? [] : origins })
  const foreignTokens = issuer && createForeignTokens({ ...issuer, log })
  const apiKeys = createApiKeys({ keys: createFileKeys({ storageDir }), fixed: fixedKeys })
  metrics.watch({
    caches() {
      const { memory, disk } = renders.stats()
      return { pictures: pictures.stats(), renders: memory, renders_disk: disk }
    },
    waiting: () => Object.fromEntries(PRIORITIES.map((priority) => [priority, encoders.waitingOf(priority)])),
  })
  const ids = createRequestIds()
  const app = createApp({
    people: { accounts: slowed(accounts, edge.slowdown), forgery },
    authenticators: [
      apiKeys.authenticate,
      createBearerAuthenticator(accounts, foreignTokens),
      createCookieAuthenticator(accounts, forgery),
    ],
    isOpen,
    refuseForeign: origins === '*' ? undefined : forgery.refuseForeign,
    edge,
    images: createImageService({
      store,
      encoders,
      pictures,
      newVisibility: options.newVisibility,
      claims,
      quota: maxBytesPerOwner > 0 ? createOwnerQuota({ storageDir, store, maxBytes: maxBytesPerOwner }) : undefined,
      maxImages: maxImagesPerProject > 0 ? maxImagesPerProject : undefined,
    }),
    pictures,
    renders,
    lists,
    asked,
    presets,
    accelRedirect,
    projects: createProjectService({ store, log, places: createPlaces(accountStore) }),
    check: () => store.check(),
    ready,
    version,
    startedAt: Date.now(),
    maxUploadBytes: options.maxUploadBytes ?? 25 * 2 ** 20,
    basePath: options.basePath ?? '',
    isWholeSite: options.isWholeSite,
    log,
    ids,
    metrics,
    gatherMetrics: options.gatherMetrics,
  })
  return {
    app,
    answerFast: edge.fast(
      (onAnswer) =>
        createFast({
          readers: [readPictureUrl(pictures), readListUrl(lists), readRenderUrl({ renders, asked })],
          onAnswer,
        }),
      logAnswers({ log, ids, requests: metrics.requests, client: edge.client }),
    ),
    ready,
    metrics: metrics.snapshot,
    async close() {
      await ready.catch(() => {})
      await encoders.close()
      await renders.close()
      await accounts.close()
      await store.close()
    },
  }
}
