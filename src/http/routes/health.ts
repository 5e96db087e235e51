// Routes for monitoring: liveness, and readiness for uploads.

import { TintypeError } from '../../core/errors.ts'
import type { QueueState } from '../../core/jobs/queue-url.ts'
import type { Context } from '../context.ts'
import { shuttingDown } from '../middleware/preconditions.ts'
import { json } from '../response/respond.ts'

export interface HealthRouteOptions {
  version: string
  /** Milliseconds since 1970. */
  startedAt: number
  /** Media types of accepted uploads. */
  acceptedTypes(): readonly string[]
  check(): Promise<void>
  /** @default () => false */
  isReadOnly?(): boolean
  /** @default no broker */
  queueState?(): QueueState | undefined
  isDraining?(): boolean
}

const UNCACHED = { 'Cache-Control': 'no-store' } as const

export const createHealthRoutes = ({ version, startedAt, acceptedTypes, ...options }: HealthRouteOptions) => ({
  health: (c: Context) => {
    const uptime_seconds = Math.max(0, Math.floor((Date.now() - startedAt) / 1000))
    const formats = { accepted: acceptedTypes() }
    return json(c, { status: 'ok', version, uptime_seconds, formats }, 200, UNCACHED)
  },

  async ready(c: Context) {
    if (options.isDraining?.()) throw shuttingDown()
    try {
      await options.check()
    } catch (error) {
      const reason = error instanceof TintypeError ? error.message : 'The store cannot be written.'
      throw new TintypeError('store_unavailable', reason, { cause: error })
    }
    const queue = options.queueState?.()
    const state = { status: 'ready', read_only: options.isReadOnly?.() ?? false, ...(queue && { queue }) }
    return json(c, state, 200, UNCACHED)
  },
})
