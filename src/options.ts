// Options of an embedding program, and the instance that it gets.

import type { Visibility } from './core/auth/access.ts'
import type { AccessOptions } from './core/auth/access-options.ts'
import type { Hint } from './core/hint.ts'
import type { KeepSource } from './core/keep-source.ts'
import type { createApp } from './http/app.ts'
import type { AnswerFast } from './http/fast-path/types.ts'
import type { Refuse } from './http/refusals.ts'
import type { Logger } from './telemetry/logger.ts'
import type { Snapshot } from './telemetry/snapshot.ts'

export interface TintypeOptions extends AccessOptions {
  /** Folder of the store; created where it is missing. @default './storage' */
  storageDir?: string
  /**
   * Bucket that holds the store in place of {@link storageDir}, for any number of servers: `s3://bucket/prefix`. Not with
   * `accelRedirect` or `encoders: 0`. @default none
   */
  store?: string
  /**
   * Bucket to which everything in {@link storageDir} is copied in the background: `s3://bucket/prefix`. Not with
   * {@link store} or `readOnly: true`. @default none
   */
  fallback?: string
  /** Takes the {@link fallback} over from another store, which then copies nothing to it any more. @default false */
  takeOver?: boolean
  /**
   * With a {@link fallback}, most bytes of originals in the folder: the least recently used ones go first, once the bucket
   * has them. 0 for no limit. @default 0
   */
  localBytes?: number
  /**
   * Prefixes in foreign buckets whose pictures projects may show, in a list or separated by commas: `s3://bucket/prefix`.
   * @default none
   */
  sources?: readonly string[] | string
  /** URL of the engine of {@link store}, {@link fallback} and {@link sources}. @default AWS's of the region */
  s3Endpoint?: string
  /** Region of the bucket. @default 'us-east-1' */
  s3Region?: string
  /** True for `https://host/bucket/key`, false for `https://bucket.host/key`. @default true with an endpoint */
  s3PathStyle?: boolean
  /** Creates the bucket where it is missing. @default false */
  s3CreateBucket?: boolean
  /** Static keys of the bucket. @default the AWS provider chain: environment, shared files, roles, web identity */
  s3Credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  /** With a bucket, local folder for uploads under way and copies of pictures. @default './bucket-cache' */
  bucketCacheDir?: string
  /** With a bucket, most bytes of the local copies. @default 10737418240 (10 GiB) */
  bucketCacheBytes?: number
  /**
   * With a bucket, longest time for which what another server deleted or revoked still works here, in seconds. @default 5
   */
  staleSeconds?: number
  /**
   * With {@link store}, answers originals by a redirect to the bucket, at a URL that ends after a minute. Clients must reach
   * the engine at {@link s3Endpoint}. @default false
   */
  redirectToBucket?: boolean
  /**
   * Serves a snapshot or a mounted backup: nothing is written, and changes are answered 503 `read_only`. `auto`: where the
   * folder or bucket holds a store and cannot be written. @default 'auto'
   */
  readOnly?: boolean | 'auto'
  /**
   * Encoder processes. 0: pictures are made by `tintype work`, over {@link queue}, and this process works on no jobs.
   * @default one per core
   */
  encoders?: number
  /** Longest wait of a picture for an encoder of `tintype work`, in milliseconds; then 503. @default 30000 */
  encoderWaitMs?: number
  /** Limit of uploads that wait for an encoder; further ones are answered 503. @default 64 */
  maxWaiting?: number
  /** Time limit for one picture in an encoder, in milliseconds. @default 30000 */
  encodeDeadlineMs?: number
  /** Largest upload, in bytes. @default 26214400 (25 MiB) */
  maxUploadBytes?: number
  /** Most files of a bulk upload. @default 1000 */
  maxBulkFiles?: number
  /** Largest bulk upload, in bytes. @default 4294967296 (4 GiB) */
  maxBulkBytes?: number
  /** Most images of one atlas. @default 6000 */
  maxAtlasImages?: number
  /** Limit of the pixels of an upload, width times height. @default 100000000 */
  maxPixels?: number
  /** Colour behind transparent pixels, as CSS hex. @default '#ffffff' */
  background?: string
  /**
   * Uploads of which a lossless PNG is kept beside the JPEG files, for renders: `transparent` ones, `always` (all but plain
   * JPEG files) or `never`. @default 'transparent'
   */
  keepSource?: KeepSource
  /** Age at which a project's lock is stale, in milliseconds; equal in every process. @default 10000 */
  lockStaleMs?: number
  /** Free bytes of the disk below which uploads are answered 507; 0 disables the check. @default 67108864 (64 MiB) */
  minFreeBytes?: number
  /** Memory cache for small pictures and lists, in bytes; 0 disables it. @default 67108864 (64 MiB) */
  cacheBytes?: number
  /**
   * Path of the `internal` location under which nginx serves the storage folder, such as `/stored`: stored pictures are
   * sent by nginx (`X-Accel-Redirect`). @default pictures are sent by this process
   */
  accelRedirect?: string
  /** Disk cache for renders, in bytes; 0 disables it. @default 2147483648 (2 GiB) */
  diskCacheBytes?: number
  /**
   * Keys of signed URLs, at least 16 characters each, in a list or separated by commas. The first one signs, all are
   * accepted. @default none: only presets can be requested
   */
  signingKeys?: readonly string[] | string
  /** Transforms that need no signature: `card:w=320,h=180,fit=cover;hero:w=1600,format=auto`. @default none */
  presets?: string
  /** Visibility of new projects. @default 'public' */
  newVisibility?: Visibility
  /** Limit of the images of a project; 0 is no limit. @default 0 */
  maxImagesPerProject?: number
  /**
   * Limit of the bytes in all projects of one owner: a user, else an API key; projects without an owner count together.
   * 0 is no limit. Equal in every process that shares the folder. @default 0
   */
  maxBytesPerOwner?: number
  /** Days for which finished jobs are kept. @default 7 */
  jobDays?: number
  /** Limit of the jobs that wait; further ones are answered 503. @default 10000 */
  maxQueuedJobs?: number
  /**
   * URL of an AMQP broker, such as `amqp://user:password@127.0.0.1:5672`, that carries jobs to all processes of the folder:
   * servers and `tintype work`. @default each process finds jobs in the folder
   */
  queue?: string
  /**
   * Renders of each upload that are made in advance, while no other work waits for an encoder:
   * `thumb.webp,medium.avif`, names of presets. @default none
   */
  prefetch?: string
  /**
   * Limit of event streams, and of requests that wait for changes, together; further ones are answered 503. @default 1000
   */
  maxEventStreams?: number
  /** Limit of reading requests of one key, user or address in a window; 0 is no limit. @default 0 */
  rateLimit?: number
  /** Limit of changing requests; `auto` is a quarter of `rateLimit`, rounded up. @default 'auto' */
  rateLimitWrites?: number | 'auto'
  /** Length of a window, in seconds. @default 60 */
  rateLimitWindow?: number
  /** Limit of attempts of one address to sign in or to register in a window; 0 is no limit. @default 10 */
  signInLimit?: number
  /**
   * Counts requests and sign-ins of all workers of node:cluster together. The primary must have created a
   * `RateLimiterClusterMaster` of rate-limiter-flexible. A number is that of the workers: each then takes a small part
   * of a client's limit at once, instead of a message to the primary for each request. @default false
   */
  sharedLimits?: boolean | number
  /**
   * Redis in which processes on several machines count requests and sign-ins together: `redis://user:password@host:port/db`,
   * or `rediss://` for TLS. Each counts by itself while it does not answer. @default none
   */
  rateLimitRedis?: string
  /**
   * Trusted proxies, which set `X-Forwarded-For` and `X-Forwarded-Proto`: addresses and networks such as `10.0.0.0/8`,
   * separated by commas; `loopback` is this machine. @default none
   */
  trustProxy?: string
  /**
   * CORS: origins whose pages may use the API, in a list or separated by commas; `*` is all, without cookies. @default
   * none
   */
  allowedOrigins?: readonly string[] | string
  /**
   * Host check for a server on loopback: while no authentication is set up, the host of a request must be this machine
   * or an allowed origin. @default false
   */
  ownHostsOnly?: boolean
  /**
   * Receiver of all events of all projects, beside the webhooks that the API makes. Needs `webhookSecret`. Equal in every
   * process that shares the folder. @default none
   */
  webhookUrl?: string
  /** Secret that its messages are signed with: `whsec_` and the base64 of 24 to 64 bytes. @default none */
  webhookSecret?: string
  /**
   * Receivers in the own network that webhooks may lead to: addresses, networks and host names, separated by commas.
   * @default none: only addresses of the public Internet
   */
  webhookAllow?: string
  /** Path that the app is mounted under; prefix of every URL in responses. @default '' */
  basePath?: string
  /**
   * Serves the web gallery: its pages `/` and `/g/<project>`, and its files under `/gallery/`, all below `basePath`.
   * @default false
   */
  gallery?: boolean
  /** Lets search engines list the gallery's front page and the pages of public projects. @default false */
  galleryIndex?: boolean
  /**
   * Redirects `GET /` to the documentation where there is no gallery, for an app that is served alone. Else `/` belongs to the program that
   * mounts the app. @default false
   */
  isWholeSite?: boolean
  /** A pino logger. @default one that writes warnings and errors to standard output */
  log?: Logger
  /**
   * Gathers the metrics of all processes that serve this folder, for `/metrics`; each has its own from
   * {@link Tintype.metrics}. @default the metrics of this process
   */
  gatherMetrics?(): Promise<readonly Snapshot[]>
}

export interface Tintype {
  /** The Hono app; serve it, or mount it in another by `app.route(basePath, tintype.app)`. */
  app: ReturnType<typeof createApp>
  /**
   * Fast path, to be called before the app: the whole response for a small picture in memory, or undefined where the
   * app has to respond.
   */
  answerFast: AnswerFast
  /**
   * Refuses a request that the server of the embedding program could not parse: writes its log line, counts it, and
   * returns the whole response.
   */
  refuse: Refuse
  /** Resolves once the store is open. Requests wait for it. @throws TintypeError `store_unavailable` */
  ready: Promise<void>
  /** True where the store is read-only; known once {@link ready} has resolved. */
  isReadOnly(): boolean
  /** Metrics of this instance and its process, as plain data that can be sent to another process. */
  metrics(): Promise<Snapshot>
  /**
   * Calls the listener with a hint for each project that this instance has changed, and for each job that it has accepted.
   * Other processes that serve the folder find both at their next poll, or at once where {@link hint} reports them.
   */
  onHint(listener: (hint: Hint) => void): void
  /** Reports a hint of another process; `ended` where one that served the folder has ended. */
  hint(hint: Hint): void
  /**
   * Ends event streams, answers the requests that wait for changes or for a job, and refuses further ones. To be called
   * when the server stops listening, which would wait for them.
   */
  endWaits(): void
  /**
   * Finishes the changes, renders and jobs under way, then closes files and ends processes. Jobs that no encoder has begun
   * wait for the next start.
   */
  close(): Promise<void>
}
