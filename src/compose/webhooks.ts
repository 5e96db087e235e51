// Webhooks: their service, and the deliverer in the background.

import { join } from 'node:path'
import { createAttempts } from '../services/webhooks/attempts.ts'
import { createDeliverer } from '../services/webhooks/deliverer.ts'
import { createChangesAfter } from '../services/webhooks/job-changes.ts'
import { createWebhookService } from '../services/webhooks/registry.ts'
import { createRights } from '../services/webhooks/rights.ts'
import { createSender } from '../services/webhooks/sender.ts'
import { followSettings } from '../services/webhooks/settings-webhook.ts'
import { createHints } from '../stores/catalogue/hints.ts'
import { createPaths } from '../stores/file/paths.ts'
import { createBucketWebhookStore } from '../stores/webhooks/bucket-webhook-store.ts'
import { createFileWebhookStore } from '../stores/webhooks/file-webhook-store.ts'
import { secondsSince } from '../telemetry/sampled-metrics.ts'
import type { buildAuth } from './auth.ts'
import { sleep, startInBackground } from './background/start.ts'
import type { Foundation } from './foundation.ts'
import type { buildStore } from './store.ts'

export const buildWebhooks = (
  { options, storageDir, log, metrics }: Foundation,
  { store, jobStore: jobs, shared, ready }: ReturnType<typeof buildStore>,
  { principalOf }: ReturnType<typeof buildAuth>,
) => {
  const webhookStore = shared
    ? createBucketWebhookStore({ ...shared, owner: store.owner })
    : createFileWebhookStore({ storageDir, leaseStaleMs: options.lockStaleMs })
  const sender = createSender({ allowed: options.webhookAllow })
  const rights = createRights({ store, principalOf })
  const attempts = createAttempts({ store: webhookStore, sender, observer: metrics.observer, now: Date.now })
  const deliverer = createDeliverer({
    store: webhookStore,
    changes: store,
    changesAfter: createChangesAfter(store, jobs),
    jobs,
    // The hints that the catalogue of each process writes.
    hints: shared ? shared.hints.reader() : createHints(join(createPaths(storageDir).cache, '.catalogue', 'changes')),
    // Each look is a request to a bucket.
    ...(shared ? { pollMs: shared.staleMs } : {}),
    attempts,
    rights,
    log,
    now: Date.now,
    sleep,
    random: Math.random,
  })
  metrics.watchWebhooks(() => {
    const { revisions, oldestMs } = deliverer.waiting()
    return { revisions, oldestSeconds: secondsSince(oldestMs) }
  })

  const prepare = async (): Promise<void> => {
    await followSettings(webhookStore, options.webhook).catch((error: unknown) => {
      log.error({ error }, 'could not store the webhook of WEBHOOK_URL; trying again at the next start')
    })
    await webhookStore.sweep().catch((error: unknown) => {
      log.warn({ error }, 'could not remove drafts of webhooks; trying again at the next start')
    })
  }
  const background = startInBackground({ store, opened: ready, prepare, work: deliverer })

  return {
    /** The store is open, and the webhook of the settings is what they say. */
    ready: background.ready,
    webhooks: createWebhookService({
      store: webhookStore,
      rights,
      attempts,
      sender,
      onChange: deliverer.refresh,
    }),
    async closeWebhooks() {
      await background.close()
      await sender.close()
    },
  }
}
