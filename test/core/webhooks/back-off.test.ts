import { describe, expect, it } from 'vitest'
import {
  afterFailure,
  FAILING_MS,
  movedTo,
  recovered,
  switchedOff,
  waitAfter,
} from '../../../src/core/webhooks/back-off.ts'
import type { Webhook } from '../../../src/core/webhooks/model.ts'
import { AT, newWebhook } from '../../support/webhooks/webhook.ts'

const START = Date.parse(AT)
const MIDDLE = 0.5
const HOUR = 3600

/** Fails at each attempt, as soon as it is due. */
const failedUntilOff = (webhook: Webhook, random = MIDDLE) => {
  const times: number[] = []
  let state = webhook
  for (let nowMs = START; state.enabled; nowMs = Date.parse(state.next_attempt_at ?? AT)) {
    times.push((nowMs - START) / 1000)
    state = afterFailure(state, 500, nowMs, random)
  }
  return { times, state }
}

describe('attempts that fail', () => {
  it('are repeated after 5 s, 5 min, 30 min, 2, 5 and 10 h, then every 10 h', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 50].map((failures) => waitAfter(failures, MIDDLE) / 1000)
    expect(waits).toEqual([5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR, 10 * HOUR])
  })

  it('vary by a tenth in both directions', () => {
    expect([waitAfter(1, 0), waitAfter(1, 1)]).toEqual([4500, 5500])
  })

  it('end after seven days, with a last one then', () => {
    const { times, state } = failedUntilOff(newWebhook())
    expect(times.slice(0, 3)).toEqual([0, 5, 305])
    expect(times.at(-1)).toBe(FAILING_MS / 1000)
    expect(state).toMatchObject({ enabled: false, off_reason: 'failing', failures: 0, next_attempt_at: null })
  })

  it('are counted from the first one, and begin anew after a success', () => {
    const failed = afterFailure(afterFailure(newWebhook(), null, START, MIDDLE), 503, START + 5000, MIDDLE)
    expect(failed).toMatchObject({ failures: 2, failing_since: AT, next_attempt_at: '2026-05-04T09:35:05.000Z' })
    expect(afterFailure(recovered(failed), 500, START + 9000, MIDDLE)).toMatchObject({
      failures: 1,
      failing_since: '2026-05-04T09:30:09.000Z',
    })
  })

  it('end at once where the receiver is gone', () => {
    expect(afterFailure(newWebhook(), 410, START, MIDDLE)).toMatchObject({ enabled: false, off_reason: 'gone' })
    expect(afterFailure(newWebhook(), 404, START, MIDDLE).enabled).toBe(true)
  })

  it('do not change the time of the last change, which begins deliveries anew; switching off does', () => {
    expect(afterFailure(newWebhook(), 500, START + 1, MIDDLE).updated_at).toBe(AT)
    expect(switchedOff(newWebhook(), 'request', START).updated_at).not.toBe(AT)
  })

  it('are those of a URL: another one begins without them', () => {
    const failed = afterFailure(newWebhook(), 500, START, MIDDLE)
    expect(movedTo(failed, failed.url)).toBe(failed)
    const url = 'https://other.example/'
    expect(movedTo(failed, url)).toEqual({ ...recovered(failed), url })
  })
})
