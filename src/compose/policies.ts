// Policies of requests: client address, host check, CORS, authentication, rate limits.

import type { Policies } from '../http/app-options.ts'
import { createCorsHeaders } from '../http/middleware/cors.ts'
import { createHostCheck } from '../http/middleware/host-check.ts'
import { createLimit } from '../http/middleware/rate-limit.ts'
import { createRateLimits } from '../services/limits/rate-limits.ts'
import type { buildAuth } from './auth.ts'
import type { Foundation } from './foundation.ts'

export const buildPolicies = (
  { options, log }: Foundation,
  { client, identify, identifyNow, isOpen }: ReturnType<typeof buildAuth>,
): Policies => {
  const { allowedOrigins, rateLimitWrites = 'auto' } = options
  const limits = createRateLimits({
    reads: options.rateLimit,
    writes: rateLimitWrites === 'auto' ? undefined : rateLimitWrites,
    signIns: options.signInLimit,
    windowSeconds: options.rateLimitWindow,
    isShared: options.sharedLimits,
    log,
  })
  return {
    client,
    // Pointless where pages of every site may use the API.
    hostCheck: options.ownHostsOnly && allowedOrigins !== '*' ? createHostCheck({ allowedOrigins, isOpen }) : undefined,
    allowedOrigins,
    corsHeaders: allowedOrigins.length > 0 ? createCorsHeaders(allowedOrigins) : undefined,
    identify,
    identifyNow,
    limit: createLimit({ limits, client }),
  }
}
