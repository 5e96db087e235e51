// Wires options -> store and encoders -> services -> app, by one builder a feature.

import { createApp } from '../http/app.ts'
import { createRefuse } from '../http/refusals.ts'
import { acceptedTypes } from '../image/accepted.ts'
import type { EncoderPool } from '../image/encoder.ts'
import type { Tintype, TintypeOptions } from '../options.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import { createRequestIds } from '../telemetry/requests.ts'
import { version } from '../version.ts'
import { buildAuth } from './auth.ts'
import { buildEncoders } from './encoders.ts'
import { buildFastPath } from './fast-path.ts'
import { buildFoundation } from './foundation.ts'
import { buildImages } from './images.ts'
import { type ParsedOptions, parseOptions } from './parse-options.ts'
import { buildPolicies } from './policies.ts'
import { buildProjects } from './projects.ts'
import { buildStore } from './store.ts'

/** @throws Error that names the invalid option */
export const createTintype = (options: TintypeOptions = {}): Tintype => createParsedTintype(parseOptions(options))

/** {@link createTintype} with parsed options. */
export const createParsedTintype = (options: ParsedOptions): Tintype => {
  const metrics = createMetrics({ version })
  return compose(options, buildEncoders(options, metrics), metrics)
}

/** {@link createParsedTintype} with other encoders, such as the plain ones that benchmarks compare with. */
export const compose = (
  options: ParsedOptions,
  encoders: EncoderPool,
  metrics: Metrics = createMetrics({ version }),
): Tintype => {
  const foundation = buildFoundation(options, metrics)
  const auth = buildAuth(foundation)
  const policies = buildPolicies(foundation, auth)
  const stored = buildStore(foundation)
  const images = buildImages(foundation, stored, encoders)
  const { projects, closeCatalogue } = buildProjects(foundation, stored, auth)
  const { store, ready } = stored
  const ids = createRequestIds()
  const app = createApp({
    store,
    accounts: auth.accountRoutes,
    policies,
    ...images,
    presets: options.presets,
    accelRedirect: options.accelRedirect,
    projects,
    check: () => store.check(),
    isReadOnly: store.isReadOnly,
    ready,
    version,
    startedAt: Date.now(),
    acceptedTypes,
    maxUploadBytes: options.maxUploadBytes ?? 25 * 2 ** 20,
    basePath: options.basePath ?? '',
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
    async close() {
      await ready.catch(() => {})
      await encoders.close()
      await images.renders.close()
      await auth.close()
      await closeCatalogue()
      await store.close()
    },
  }
}
