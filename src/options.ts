// What an embedding program gives, and what it gets.

import type { Visibility } from './core/auth/access.ts'
import type { Registration } from './core/auth/account.ts'
import type { AuthMode } from './core/auth/auth-mode.ts'
import type { createApp } from './http/app.ts'
import type { AnswerFast } from './http/fast-path/types.ts'
import type { Logger } from './telemetry/logger.ts'
import type { Snapshot } from './telemetry/snapshot.ts'

export interface TintypeOptions {
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
  /** Free bytes of the disk below which uploads are answered 507; 0 asks for none. @default 67108864 (64 MiB) */
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
   * Whether changes and private projects need an authenticated principal; reading public projects never does. `auto`:
   * once there is a way to authenticate, which is an API key, an account, open registration or an issuer. `required`:
   * always. `none`: never. @default 'auto'
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
  /**
   * What is made of each upload ahead of need, when nothing else waits for an encoder: `thumb.webp,medium.avif`, names
   * of presets. @default nothing
   */
  prefetch?: string
  /** Most reading requests of one key, user or address in a window; 0 is no limit. @default 0 */
  rateLimit?: number
  /** Most requests that change something; `auto` is a quarter of `rateLimit`, rounded up. @default 'auto' */
  rateLimitWrites?: number | 'auto'
  /** Length of a window, in seconds. @default 60 */
  rateLimitWindow?: number
  /** Most attempts of one address to sign in or to register in a window; 0 is no limit. @default 10 */
  signInLimit?: number
  /**
   * True in a worker of node:cluster whose primary has made a `RateLimiterClusterMaster` of rate-limiter-flexible: all
   * of them are counted together. @default false
   */
  sharedLimits?: boolean
  /**
   * Trusted proxies, whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed: addresses and networks such as
   * `10.0.0.0/8`, separated by commas; `loopback` is this machine. @default none
   */
  trustProxy?: string
  /** Other sites whose pages may use the API, in a list or separated by commas; `*` is all, without cookies. @default none */
  allowedOrigins?: readonly string[] | string
  /**
   * For a server that listens on loopback: while no authentication is set up, only requests are answered whose host is
   * this machine or an allowed origin. @default false
   */
  ownHostsOnly?: boolean
  /** Path that the app is mounted under; put before every URL in answers. @default '' */
  basePath?: string
  /**
   * True where nothing else is served at this address: `GET /` then leads to the documentation. Else it is left to the
   * program that mounts the app. @default false
   */
  isWholeSite?: boolean
  /** A pino logger. @default one that writes warnings and errors to standard output */
  log?: Logger
  /**
   * The metrics of all processes that serve this folder together, for `/metrics`; each of them has its own from
   * {@link Tintype.metrics}. @default those of this one
   */
  gatherMetrics?(): Promise<readonly Snapshot[]>
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
  /** What this instance and its process have counted, as plain data that can be sent to another process. */
  metrics(): Promise<Snapshot>
  /** Finishes the changes and pictures under way, then lets go of files and processes. */
  close(): Promise<void>
}
