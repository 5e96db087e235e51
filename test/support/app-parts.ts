// What an app needs besides its services: policies that let every request pass, ids and metrics.

import { parseProxies } from '../../src/core/request/forwarded.ts'
import { createIdentify } from '../../src/http/access.ts'
import type { AppOptions } from '../../src/http/app-options.ts'
import { createClientAddress } from '../../src/http/middleware/client-address.ts'
import { createLimit } from '../../src/http/middleware/rate-limit.ts'
import { createRateLimits } from '../../src/services/limits/rate-limits.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { createRequestIds } from '../../src/telemetry/requests.ts'

export const openApp = (): Pick<AppOptions, 'policies' | 'ids' | 'metrics'> => {
  const client = createClientAddress(parseProxies(''))
  const limits = createRateLimits({ signIns: 0, log: createLogger({ level: 'silent' }) })
  return {
    policies: {
      client,
      allowedOrigins: [],
      ...createIdentify({ authenticators: [], isOpen: () => true }),
      limit: createLimit({ limits, client }),
    },
    ids: createRequestIds(),
    metrics: createMetrics({ version: 'test' }),
  }
}
