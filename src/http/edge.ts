// What stands between the network and the routes: whose word counts, how much one may ask for, which pages may read.

import type { OpenAPIHono } from '@hono/zod-openapi'
import type { IsTrusted } from '../core/request/forwarded.ts'
import type { AllowedOrigins } from '../core/request/origins.ts'
import { createSlowdown, type Slowdown } from '../services/auth/sign-in-throttle.ts'
import { createRateLimits, type RateLimits } from '../services/limits/rate-limits.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { FastOptions } from './fast-path/fast-path.ts'
import type { AnswerFast } from './fast-path/types.ts'
import { crossOrigin, crossOriginFast, crossOriginHeaders } from './middleware/cors.ts'
import { createExpectedHosts, ownHostsFast, refuseOtherHosts } from './middleware/host-check.ts'
import { rateLimit, signInLimit } from './middleware/rate-limit.ts'
import { type Client, createClient } from './request/client-address.ts'
import type { Env } from './response/respond.ts'

export interface EdgeOptions {
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
  /** Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. */
  trustProxy: IsTrusted
  /** Origins whose pages may use the API. */
  allowedOrigins: AllowedOrigins
  /**
   * For a server that listens on loopback: while it is open to everybody, only requests are answered that name this
   * machine as their host, or an allowed origin's. @default false
   */
  ownHostsOnly?: boolean
}

export interface Edge {
  client: Client
  slowdown: Slowdown
  /** Before every route, and before it is known who asks. */
  useOrigins(app: OpenAPIHono<Env>): void
  /** Behind what finds out who asks. @param signIns paths of attempts to sign in */
  useLimits(app: OpenAPIHono<Env>, signIns: readonly string[]): void
  /** Answers from memory by the same rules. */
  fast(create: (onAnswer: FastOptions['onAnswer']) => AnswerFast, onAnswer: OnAnswer): AnswerFast
}

type OnAnswer = NonNullable<FastOptions['onAnswer']>

/**
 * @param options with whether everybody may do everything, as things are now
 * @throws Error that says what is wrong with an option
 */
export const createEdge = (options: EdgeOptions & { log: Logger; isOpen(): boolean }): Edge => {
  const { log, sharedLimits: isShared, rateLimitWrites = 'auto', allowedOrigins: allowed } = options
  // Where pages of every site may use the API, there is nothing to keep this one from.
  const hosts =
    options.ownHostsOnly && allowed !== '*'
      ? createExpectedHosts({ allowedOrigins: allowed, isOpen: options.isOpen })
      : undefined
  const client = createClient(options.trustProxy)
  const limits = createRateLimits({
    reads: options.rateLimit,
    writes: rateLimitWrites === 'auto' ? undefined : rateLimitWrites,
    signIns: options.signInLimit,
    windowSeconds: options.rateLimitWindow,
    isShared,
    log,
  })

  return {
    client,
    slowdown: createSlowdown({ isShared, log }),

    useOrigins(app) {
      if (hosts) app.use(refuseOtherHosts(hosts))
      if (hasAny(allowed)) app.use(crossOrigin(allowed))
    },

    useLimits(app, signIns) {
      const standing = { limits, client }
      if (limits.limitOf('read') > 0 || limits.limitOf('write') > 0) app.use(rateLimit(standing))
      if (limits.limitOf('sign_in') > 0) for (const path of signIns) app.use(path, signInLimit(standing))
    },

    fast(create, onAnswer) {
      // Counting may need another process, which takes longer than an answer from memory may.
      if (isCounting(limits)) return () => undefined
      const more = crossOriginHeaders(allowed)
      const answerFast = crossOriginFast(
        allowed,
        create(more.length === 0 ? onAnswer : (...about) => [...onAnswer(...about), ...more]),
      )
      return hosts ? ownHostsFast(hosts, answerFast) : answerFast
    },
  }
}

const hasAny = (allowed: AllowedOrigins): boolean => allowed.length > 0

const isCounting = (limits: RateLimits): boolean => limits.limitOf('read') > 0
