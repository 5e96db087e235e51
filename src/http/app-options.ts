// Options of the app: services, policies and settings of its routes.

import type { PageSignature } from '../core/atlas/page-name.ts'
import type { QueueState } from '../core/jobs/queue-url.ts'
import type { AllowedOrigins } from '../core/request/origins.ts'
import type { Presets } from '../core/transform/presets.ts'
import type { Atlases } from '../services/atlases/atlases.ts'
import type { CollectionService } from '../services/collections/collections.ts'
import type { ChangeFeed } from '../services/events/change-feed.ts'
import type { AssetService } from '../services/images/assets.ts'
import type { ImageService } from '../services/images/images.ts'
import type { Renders } from '../services/images/renders.ts'
import type { Variants } from '../services/images/variants.ts'
import type { JobService } from '../services/jobs/jobs.ts'
import type { LinkService } from '../services/links/links.ts'
import type { MemberService } from '../services/projects/members.ts'
import type { ProjectService } from '../services/projects/projects.ts'
import type { SourcePictures } from '../services/sources/source-pictures.ts'
import type { Archives } from '../services/transfer/archives.ts'
import type { WebhookService } from '../services/webhooks/registry.ts'
import type { DirectReads } from '../stores/direct-reads.ts'
import type { Store } from '../stores/store.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { RequestIds } from '../telemetry/requests.ts'
import type { Snapshot } from '../telemetry/snapshot.ts'
import type { Identify, IdentifyNow } from './access.ts'
import type { ClientAddress } from './middleware/client-address.ts'
import type { CorsHeaders } from './middleware/cors.ts'
import type { HostCheck } from './middleware/host-check.ts'
import type { Limit } from './middleware/rate-limit.ts'
import type { TransformRequestParser } from './request/transform-request.ts'
import type { ListCache } from './response/list-cache.ts'
import type { AccountRouteOptions } from './routes/auth/accounts.ts'

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
  store: Pick<Store, 'current' | 'recent' | 'project'>
  images: ImageService
  assets: AssetService
  projects: ProjectService
  archives: Archives
  variants: Variants
  /** @default no routes of atlases */
  atlases?: Atlases
  /** @default no routes of collections */
  collections?: CollectionService
  /** Signs the path of a page of an atlas. @default no page is signed */
  signPage?(path: string, untilMs: number): PageSignature
  /** Pictures in the sources of projects. @default no route of them */
  sources?: Pick<SourcePictures, 'find'>
  /** Change feed. @default no routes of events */
  feed?: ChangeFeed
  renders: Pick<Renders, 'find' | 'choose' | 'focalPoint'>
  /** @default no routes of jobs: every upload is waited for */
  jobs?: JobService
  /** @default no routes of webhooks */
  webhooks?: WebhookService
  /** Accounts, their CSRF protection and identity provider. @default no routes of accounts */
  accounts?: Omit<AccountRouteOptions, 'cookies' | 'networkOf'>
  /** @default no routes of share links */
  links?: LinkService
  /** Members by e-mail. @default no route of them */
  members?: MemberService
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
  /** State of the broker that carries jobs, for `/ready`. @default none carries them */
  queueState?(): QueueState | undefined
  /** Largest file of an upload, in bytes. */
  maxUploadBytes: number
  /** Most files of a bulk upload. */
  maxBulkFiles: number
  /** Largest bulk upload, in bytes. */
  maxBulkBytes: number
  /**
   * Prefix of every URL in responses, for a program that mounts the app under a path, such as `/media`. The routes
   * themselves do not change.
   *
   * @default ''
   */
  basePath?: string
  /** Serves the web gallery: `/`, `/g/…`, `/gallery/…`. @default false */
  gallery?: boolean
  /** Address of the app, which previews of messengers name. @default the host of the request */
  publicUrl?: string
  /** Lets search engines list the gallery's front page and the pages of public projects. @default false */
  galleryIndex?: boolean
  /** Redirects `GET /` to the documentation, without the gallery. @default false, `/` belongs to the program that mounts the app */
  isWholeSite?: boolean
  /**
   * Path under which nginx serves the store's folder: stored pictures are sent by nginx (`X-Accel-Redirect`).
   * @default pictures are sent by this process
   */
  accelRedirect?: string
  /** Originals are answered by a redirect to where they lie. @default they are sent by this process */
  direct?: DirectReads
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
