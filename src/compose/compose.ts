// Wires options -> store and encoders -> services -> app, by one builder a feature.

import { createApp } from '../http/app.ts'
import { createRefuse } from '../http/refusals.ts'
import { acceptedTypes } from '../image/accepted.ts'
import type { EncoderPool } from '../image/encoder.ts'
import type { Tintype, TintypeOptions } from '../options.ts'
import type { Passwords } from '../services/auth/passwords.ts'
import { createLinkService } from '../services/links/links.ts'
import { createMemberService } from '../services/projects/members.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createRequestIds } from '../telemetry/requests.ts'
import { version } from '../version.ts'
import { buildAuth } from './auth.ts'
import { buildBroker } from './background/broker.ts'
import { buildChangeHints } from './background/change-hints.ts'
import { buildFallback } from './bucket/fallback.ts'
import { restoreFromFallback } from './bucket/restoring.ts'
import { buildSources } from './bucket/sources.ts'
import { buildCollections } from './collections.ts'
import { buildEncoders } from './encoders.ts'
import { buildEvents } from './events.ts'
import { buildFastPath } from './fast-path.ts'
import { buildFoundation } from './foundation.ts'
import { buildAtlases, buildImages } from './images.ts'
import { buildJobs } from './jobs.ts'
import { type ParsedOptions, parseOptions } from './parse-options.ts'
import { buildCounting, buildPolicies } from './policies.ts'
import { buildProjects } from './projects.ts'
import { buildStore } from './store.ts'
import { buildWebhooks } from './webhooks.ts'

/** @throws Error that names the invalid option */
export const createTintype = (options: TintypeOptions = {}): Tintype => createParsedTintype(parseOptions(options))

/** {@link createTintype} with parsed options. */
export const createParsedTintype = (options: ParsedOptions): Tintype => compose(options)

interface Replacements {
  /** Such as the plain ones that benchmarks compare with. @default those of the options */
  encoders?: EncoderPool
  /** Such as those of tests, which are cheap to hash. @default those of {@link buildAuth} */
  passwords?: Passwords
}

/** {@link createParsedTintype} with other encoders and passwords. */
export const compose = (options: ParsedOptions, replacements: Replacements = {}): Tintype => {
  const metrics = createMetrics({ version })
  const foundation = buildFoundation(options, metrics)
  const broker = buildBroker(foundation)
  const counting = buildCounting(foundation)
  const auth = buildAuth(foundation, counting, replacements.passwords)
  const policies = buildPolicies(foundation, auth, counting)
  const [end, restoring] = [new AbortController(), new AbortController()]
  const stored = buildStore(foundation, async (store) => {
    // First: until its accounts are back, a store would be open to everybody.
    await restoreFromFallback(foundation, store, restoring.signal)
    await Promise.all([auth.open(), counting.redis?.open()])
  })
  const encoders = replacements.encoders ?? buildEncoders(foundation, broker, stored.ready)
  const built = buildImages(foundation, stored, encoders)
  const { limits, renderCache: _, ...images } = built
  const { closePages, ...atlases } = buildAtlases(foundation, stored, built, encoders)
  const { jobs, hearJob, hearEnd, onQueued, queueState, closeJobs } = buildJobs(
    foundation,
    stored,
    { limits, variants: images.variants },
    encoders,
    broker,
  )
  const sources = buildSources(foundation, stored, encoders, built)
  const { projects, catalogue, closeCatalogue } = buildProjects(foundation, stored, auth)
  const feed = buildEvents(foundation, stored)
  const collections = buildCollections(foundation, stored, catalogue, atlases)
  buildChangeHints(broker, stored)
  const { store } = stored
  const { ready: served, webhooks, closeWebhooks } = buildWebhooks(foundation, stored, auth)
  const { ready, closeFallback } = buildFallback(foundation, stored, served)
  const ids = createRequestIds()
  const endWaits = () => {
    jobs.endWaits()
    feed.end()
  }
  const app = createApp({
    store,
    accounts: auth.accountRoutes,
    policies,
    ...images,
    ...atlases,
    presets: options.presets,
    accelRedirect: options.accelRedirect,
    direct: options.redirectToBucket ? store.direct : undefined,
    projects,
    sources,
    collections,
    jobs,
    webhooks,
    members: createMemberService({
      users: auth.store.users,
      projects,
      ...counting,
    }),
    links: createLinkService({ links: auth.links, store }),
    feed,
    check: () => store.check(),
    isReadOnly: store.isReadOnly,
    queueState,
    ready,
    version,
    startedAt: Date.now(),
    acceptedTypes,
    maxUploadBytes: options.maxUploadBytes ?? 25 * 2 ** 20,
    maxBulkFiles: options.maxBulkFiles ?? 1000,
    maxBulkBytes: options.maxBulkBytes ?? 4 * 2 ** 30,
    basePath: options.basePath ?? '',
    gallery: options.gallery,
    galleryIndex: options.galleryIndex,
    publicUrl: options.publicUrl,
    isWholeSite: options.isWholeSite,
    log: foundation.log,
    ids,
    metrics,
    gatherMetrics: options.gatherMetrics,
  })
  return {
    app,
    answerFast: buildFastPath(foundation, policies, stored, images, ids),
    refuse: createRefuse({ ...policies, log: foundation.log, ids, metrics }),
    ready,
    isReadOnly: store.isReadOnly,
    metrics: metrics.snapshot,
    onHint(listener) {
      store.watchCommits(({ projectId }) => listener({ type: 'changed', projectId }), { signal: end.signal })
      onQueued(({ jobId, projectId }) => listener({ type: 'queued', jobId, projectId }))
    },
    hint(hint) {
      if (hint.type === 'changed') store.hint(hint.projectId)
      else if (hint.type === 'queued') hearJob(hint)
      else hearEnd()
    },
    endWaits,
    async close() {
      endWaits()
      restoring.abort()
      await ready.catch(() => {})
      await sources.close()
      await closeJobs()
      await closeWebhooks()
      await closeFallback()
      await encoders.close()
      await broker?.connection.close()
      await images.renders.close()
      await closePages()
      await auth.close()
      await counting.redis?.close()
      await closeCatalogue()
      end.abort()
      await stored.close()
    },
  }
}
