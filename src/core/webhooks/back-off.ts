// Back-off of an endpoint whose deliveries fail: waits between attempts, and the end after seven days.

import { changeTime, type OffReason, type Webhook } from './model.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** Waits after the first failures, in milliseconds; the last one repeats. */
const WAITS_MS = [5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS] as const

/** Time without a success after which the webhook is switched off, in milliseconds. */
export const FAILING_MS = 7 * 24 * HOUR_MS

/** Part of a wait by which it varies at random, so that endpoints of one receiver do not return together. */
const JITTER = 0.1

/** Wait before the next attempt, in milliseconds. @param failures 1 or more @param random from 0 to 1 */
export const waitAfter = (failures: number, random: number): number => {
  const wait = WAITS_MS[Math.min(failures, WAITS_MS.length) - 1] ?? WAITS_MS[0]
  return Math.round(wait * (1 - JITTER + 2 * JITTER * random))
}

/**
 * The webhook after a failed attempt. Its last attempt is seven days after the first failed one; then it is off.
 *
 * @param random from 0 to 1
 */
export const afterFailure = (webhook: Webhook, status: number | null, nowMs: number, random: number): Webhook => {
  if (status === 410) return switchedOff(webhook, 'gone', nowMs)
  const sinceMs = webhook.failing_since === null ? nowMs : Date.parse(webhook.failing_since)
  if (nowMs - sinceMs >= FAILING_MS) return switchedOff(webhook, 'failing', nowMs)
  const failures = webhook.failures + 1
  const nextMs = Math.min(nowMs + waitAfter(failures, random), sinceMs + FAILING_MS)
  return {
    ...webhook,
    failures,
    failing_since: new Date(sinceMs).toISOString(),
    next_attempt_at: new Date(nextMs).toISOString(),
  }
}

/** The webhook after a success, or on a new start: the next failure is the first one. */
export const recovered = (webhook: Webhook): Webhook => ({
  ...webhook,
  failures: 0,
  failing_since: null,
  next_attempt_at: null,
})

/** The webhook with a URL. Failures are those of a receiver: another one begins without them. */
export const movedTo = (webhook: Webhook, url: string): Webhook =>
  webhook.url === url ? webhook : { ...recovered(webhook), url }

export const switchedOff = (webhook: Webhook, reason: OffReason, nowMs: number): Webhook => ({
  ...recovered(webhook),
  enabled: false,
  off_reason: reason,
  updated_at: changeTime(webhook, nowMs),
})
