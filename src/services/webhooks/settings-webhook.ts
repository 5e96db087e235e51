// The webhook that the settings describe: kept in the store like all others, so that it has a cursor.

import { movedTo } from '../../core/webhooks/back-off.ts'
import {
  changeTime,
  newWebhook,
  SETTINGS_WEBHOOK,
  type Webhook,
  type WebhookSettings,
} from '../../core/webhooks/model.ts'
import type { WebhookStore } from '../../stores/webhooks/webhook-store.ts'

/** Reasons that lie with the receiver: they end where the URL changes. */
const FAILURES: readonly Webhook['off_reason'][] = ['gone', 'failing']

/**
 * Makes the webhook of the settings what they say, and removes it where they name none: when it is set again, it gets the
 * events from then on. Another URL begins without the failures of the one before. Equal in every process; else the last one
 * that starts decides.
 */
export const followSettings = async (
  store: WebhookStore,
  settings: WebhookSettings | undefined,
  now: () => number = Date.now,
): Promise<void> => {
  if (!settings) {
    if (store.mayHaveAny()) await store.remove(SETTINGS_WEBHOOK)
    return
  }
  const nowMs = now()
  const at = new Date(nowMs).toISOString()
  const { url, secret } = settings
  const webhook = newWebhook(
    { id: SETTINGS_WEBHOOK, url, events: null, project_id: null, owner: { kind: 'unrestricted' }, secret },
    at,
  )
  const { secrets } = webhook
  const isSame = (known: Webhook) => known.url === url && known.secrets.map((each) => each.secret).join() === secret
  const known = await store.change(SETTINGS_WEBHOOK, (found) => {
    if (isSame(found)) return found
    const isOnAgain = found.url !== url && FAILURES.includes(found.off_reason)
    const state = isOnAgain ? { enabled: true, off_reason: null } : {}
    return { ...movedTo(found, url), ...state, secrets, updated_at: changeTime(found, nowMs) }
  })
  if (!known) await store.create(webhook)
}
