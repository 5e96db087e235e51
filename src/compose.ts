// The only wiring: options -> store and encoders -> services -> app.

import { resolve } from 'node:path'
import type { Visibility } from './core/access.ts'
import type { Registration } from './core/account.ts'
import { parseFixedKeys } from './core/api-key.ts'
import type { AuthMode } from './core/auth-mode.ts'
import { parseOrigins } from './core/origins.ts'
import { parsePresets } from './core/presets.ts'
import { parseSigningKeys } from './core/signature.ts'
import { createApp } from './http/app.ts'
import { createAskedReader } from './http/asked.ts'
import { createEdge, type EdgeOptions } from './http/edge.ts'
import { type AnswerFast, createFast } from './http/fast.ts'
import { createFastRenders } from './http/fast-renders.ts'
import { logAnswers } from './http/middleware/request-log.ts'
import type { EncoderPool } from './image/encoder.ts'
import { createEncoderPool } from './image/encoder-pool.ts'
import { createAccountService } from './services/accounts.ts'
import { createApiKeys } from './services/api-keys.ts'
import { createBearerAuthenticator } from './services/bearer-token.ts'
import { createForeignTokens } from './services/foreign-tokens.ts'
import { createForgeryGuard } from './services/forgery.ts'
import { createImageService } from './services/images.ts'
import { createOpenDoor } from './services/open-door.ts'
import { createPasswords } from './services/passwords.ts'
import { createPictures } from './services/pictures.ts'
import { createProjectService } from './services/projects.ts'
import { createRenders } from './services/renders.ts'
import { createCookieAuthenticator } from './services/session-cookie.ts'
import { slowed } from './services/sign-in-slowdown.ts'
import { createAccountStore } from './stores/accounts/account-store.ts'
import { anyStored } from './stores/accounts/any-stored.ts'
import { createAccountsFolder } from './stores/accounts/folder.ts'
import { createKeys } from './stores/accounts/keys.ts'
import { createRenderCache } from './stores/cache/render-cache.ts'
import { createFileStore } from './stores/file/file-store.ts'
import { createClaims } from './stores/uploads/claims.ts'
import { createOwnerQuota } from './stores/uploads/owner-quota.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'
import { version } from './version.ts'

export interface TintypeOptions extends EdgeOptions {
  /** Folder for the pictures; made where it is missing. @default './storage' */
  storageDir?: string
  /** Encoder processes. @default one per core */
  encoders?: number
  /** Uploads that may wait for an encoder; one more is answered 503. @default 64 */
  maxWaiting?: number
  /** Longest that one picture may take in an encoder, in milliseconds. @default 30000 */
  encodeDeadlineMs?: number
  /** Largest upload, in bytes. @default 26214400 (25 MiB) */
  maxUploadBytes?: number
  /** Most pixels of an upload, width times height. @default 100000000 */
  maxPixels?: number
  /** Colour behind transparent pixels, as CSS hex. @default '#ffffff' */
  background?: string
  /** Age at which a project's lock counts as left behind, in milliseconds; the same in every process. @default 10000 */
  lockStaleMs?: number
  /** Free bytes of the disk below which uploads are answered 507. @default 67108864 (64 MiB) */
  minFreeBytes?: number
  /** Memory for small pictures, in bytes; 0 keeps none. @default 67108864 (64 MiB) */
  cacheBytes?: number
  /**
   * Path under which nginx finds the storage folder (an `internal` location), so that it sends stored pictures itself:
   * `/stored`. @default pictures are sent from here
   */
  accelRedirect?: string
  /** Room on disk for pictures that were made from originals, in bytes; 0 keeps none. @default 2147483648 (2 GiB) */
  diskCacheBytes?: number
  /**
   * Keys of signed URLs, at least 16 characters each, in a list or separated by commas. The first one signs, all are
   * accepted. @default none, so that only presets can be asked for
   */
  signingKeys?: readonly string[] | string
  /** Transforms that need no signature: `card:w=320,h=180,fit=cover;hero:w=1600,format=auto`. @default none */
  presets?: string
  /** Who may make an account: everybody, those with an invitation, nobody. @default 'closed' */
  registration?: Registration
  /**
   * Where an identity provider publishes its keys: https, or http on this machine. Its access tokens are accepted.
   * Needs `jwksIssuer` and `jwksAudience`. @default none
   */
  jwksUrl?: string
  /** `iss` of those tokens. @default none */
  jwksIssuer?: string
  /** `aud` of those tokens. @default none */
  jwksAudience?: string
  /**
   * Whether requests have to say who they are. `auto`: once there is a way to do it, that is an API key, an account, open
   * registration or another issuer. `none`: never, whatever there is. `required`: always. @default 'auto'
   */
  auth?: AuthMode
  /**
   * API keys beside those of `tintype key`, in a list or separated by commas: `role:secret`, or a secret of at least 16
   * characters alone for an admin. @default none
   */
  apiKeys?: readonly string[] | string
  /** Who may look at projects that come into being: everybody, or who is let in. @default 'public' */
  newVisibility?: Visibility
  /** Most images of a project; 0 is no limit. @default 0 */
  maxImagesPerProject?: number
  /**
   * Most bytes in all projects of one user, or of one API key where no user owns them, or else of nobody; 0 is no limit.
   * The same in every process that shares the folder. @default 0
   */
  maxBytesPerOwner?: number
  /** Path that the app is mounted under; put before every URL in answers. @default '' */
  basePath?: string
  /** A pino logger. @default one that writes warnings and errors to standard output */
  log?: Logger
}

export interface Tintype {
  /** The Hono app; serve it, or mount it in another by `app.route(basePath, tintype.app)`. */
  app: ReturnType<typeof createApp>
  /**
   * Small pictures that are in memory, for a server that asks before it calls the app: the whole answer, ready to be
   * written, or undefined where the app is to give it.
   */
  answerFast: AnswerFast
  /** Resolves once the store is open. Requests wait for it. @throws TintypeError `store_unavailable` */
  ready: Promise<void>
  /** Finishes the changes and pictures under way, then lets go of files and processes. */
  close(): Promise<void>
}

export const createTintype = (options: TintypeOptions = {}): Tintype =>
  compose(
    options,
    createEncoderPool({
      encoders: options.encoders,
      maxPixels: options.maxPixels,
      background: options.background,
      deadlineMs: options.encodeDeadlineMs,
      maxWaiting: options.maxWaiting,
    }),
  )

/** The same over other encoders, such as the plain way that benchmarks compare with. */
export const compose = (options: TintypeOptions, encoders: EncoderPool): Tintype => {
  const log = options.log ?? createLogger({ level: 'warn' })
  // Wrong ones are told at once, before anything is opened.
  const fixedKeys = parseFixedKeys(options.apiKeys ?? [])
  const asked = createAskedReader({
    signingKeys: parseSigningKeys(options.signingKeys ?? []),
    presets: parsePresets(options.presets ?? ''),
  })
  const edge = createEdge({ ...options, log })
  // Absolute, so that a program may change its working folder.
  const storageDir = resolve(options.storageDir ?? './storage')
  const store = createFileStore({
    storageDir,
    lockStaleMs: options.lockStaleMs,
    minFreeBytes: options.minFreeBytes,
    log,
  })
  const ready = store.open()
  // Whoever does not look at `ready` hears of a failure with the first request.
  ready.catch(() => {})
  const { accelRedirect, maxBytesPerOwner = 0, maxImagesPerProject = 0 } = options
  // Where a web server sends the bytes, none of them are needed here.
  // A quarter of the memory is for what is made from originals, which is sent from here in any case.
  const cacheBytes = options.cacheBytes ?? 64 * 2 ** 20
  const forRenders = Math.floor(cacheBytes / 4)
  const pictures = createPictures({ store, cacheBytes: accelRedirect === undefined ? cacheBytes - forRenders : 0 })
  const renders = createRenders({
    store,
    encoders,
    cache: createRenderCache({ storageDir, maxBytes: options.diskCacheBytes, log }),
    storageDir,
    cacheBytes: forRenders,
  })
  const accounts = createAccountService({
    store: createAccountStore({ storageDir }),
    passwords: createPasswords(),
    registration: options.registration ?? 'closed',
  })
  const origins = parseOrigins(options.allowedOrigins ?? [])
  const forgery = createForgeryGuard({ tokens: accounts.tokens, trustedOrigins: origins === '*' ? [] : origins })
  const { jwksUrl, jwksIssuer, jwksAudience } = options
  const foreignTokens = jwksUrl
    ? createForeignTokens({ url: jwksUrl, issuer: jwksIssuer ?? '', audience: jwksAudience ?? '' })
    : undefined
  const apiKeys = createApiKeys({ keys: createKeys(createAccountsFolder(storageDir)), fixed: fixedKeys })
  const isOpen = createOpenDoor({
    mode: options.auth ?? 'auto',
    isSetUp: () =>
      fixedKeys.length > 0 ||
      (options.registration ?? 'closed') !== 'closed' ||
      Boolean(options.jwksUrl) ||
      anyStored(storageDir),
  })
  const app = createApp({
    people: { accounts: slowed(accounts, edge.slowdown), forgery },
    authenticators: [
      apiKeys.authenticate,
      createBearerAuthenticator(accounts, foreignTokens),
      createCookieAuthenticator(accounts, forgery),
    ],
    isOpen,
    edge,
    images: createImageService({
      store,
      encoders,
      pictures,
      newVisibility: options.newVisibility,
      claims: createClaims({ storageDir }),
      quota: maxBytesPerOwner > 0 ? createOwnerQuota({ storageDir, store, maxBytes: maxBytesPerOwner }) : undefined,
      maxImages: maxImagesPerProject > 0 ? maxImagesPerProject : undefined,
    }),
    pictures,
    renders,
    asked,
    accelRedirect,
    projects: createProjectService({ store }),
    check: () => store.check(),
    ready,
    version,
    startedAt: Date.now(),
    maxUploadBytes: options.maxUploadBytes ?? 25 * 2 ** 20,
    basePath: options.basePath ?? '',
    log,
  })
  return {
    app,
    answerFast: edge.fast(
      (onAnswer) => createFast({ pictures, findRender: createFastRenders({ renders, asked }), onAnswer }),
      logAnswers(log, edge.client),
    ),
    ready,
    async close() {
      await ready.catch(() => {})
      await encoders.close()
      await renders.close()
      await accounts.close()
      await store.close()
    },
  }
}
