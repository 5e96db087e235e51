// Route of the metrics.

import { requireAdmin } from '../../core/auth/access.ts'
import { METRICS_CONTENT_TYPE, metricsText, type Snapshot } from '../../telemetry/snapshot.ts'
import { principalOf } from '../access.ts'
import type { Context } from '../context.ts'
import { BASE_HEADERS, sized } from '../response/respond.ts'

export interface MetricsRouteOptions {
  /** Gathers the metrics of each process. @throws TintypeError `busy` on a timeout */
  gather(): Promise<readonly Snapshot[]>
}

export const createMetricsRoute =
  ({ gather }: MetricsRouteOptions) =>
  async (c: Context) => {
    requireAdmin(principalOf(c))
    return sized(c, await metricsText(await gather()), 200, {
      ...BASE_HEADERS,
      'Content-Type': METRICS_CONTENT_TYPE,
      'Cache-Control': 'no-store',
    })
  }
