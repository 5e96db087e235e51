// Routes for monitoring: liveness, and readiness for uploads.

import { TintypeError } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import { shuttingDown } from '../middleware/preconditions.ts'
import { json } from '../response/respond.ts'

export interface HealthRouteOptions {
  version: string
  /** Milliseconds since 1970. */
  startedAt: number
  check(): Promise<void>
  /** @default () => false */
  isReadOnly?(): boolean
  isDraining?(): boolean
}

const UNCACHED = { 'Cache-Control': 'no-store' } as const

export const createHealthRoutes = ({ version, startedAt, check, isReadOnly, isDraining }: HealthRouteOptions) => ({
  health: (c: Context) => {
    const uptime_seconds = Math.max(0, Math.floor((Date.now() - startedAt) / 1000))
    return json(c, { status: 'ok', version, uptime_seconds }, 200, UNCACHED)
  },

  async ready(c: Context) {
    if (isDraining?.()) throw shuttingDown()
    try {
      await check()
    } catch (error) {
      const reason = error instanceof TintypeError ? error.message : 'The store cannot be written.'
      throw new TintypeError('store_unavailable', reason, { cause: error })
    }
    return json(c, { status: 'ready', read_only: isReadOnly?.() ?? false }, 200, UNCACHED)
  },
})
