// Policies of requests: client address, host check, CORS, authentication, rate limits.

import type { Policies } from '../http/app-options.ts'
import { createCorsHeaders } from '../http/middleware/cors.ts'
import { createHostCheck } from '../http/middleware/host-check.ts'
import { createLimit } from '../http/middleware/rate-limit.ts'
import type { CountingOptions } from '../services/limits/limiter.ts'
import { createRateLimits } from '../services/limits/rate-limits.ts'
import { createRedisCounters, type RedisCounters } from '../services/limits/redis-counters.ts'
import type { buildAuth } from './auth.ts'
import type { Foundation } from './foundation.ts'

export interface Counting extends CountingOptions {
  redis: RedisCounters | undefined
}

/** Counters that the workers of one machine share, and servers on several machines by Redis. */
export const buildCounting = ({ options, log, metrics }: Foundation): Counting => {
  const { rateLimitRedis: url = '', sharedLimits } = options
  const redis = url === '' ? undefined : createRedisCounters({ url, log })
  if (redis) metrics.watchRedis(redis.samples)
  return { isShared: Boolean(sharedLimits), redis, log }
}

export const buildPolicies = (
  { options, log }: Foundation,
  { client, identify, identifyNow, isOpen }: ReturnType<typeof buildAuth>,
  { redis }: Counting,
): Policies => {
  const { allowedOrigins, rateLimitWrites = 'auto' } = options
  const limits = createRateLimits({
    reads: options.rateLimit,
    writes: rateLimitWrites === 'auto' ? undefined : rateLimitWrites,
    signIns: options.signInLimit,
    windowSeconds: options.rateLimitWindow,
    isShared: options.sharedLimits,
    redis,
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
