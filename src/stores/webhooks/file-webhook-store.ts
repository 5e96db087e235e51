// Webhooks as records, here as files:
//
//   .webhooks/endpoints/<id>/<number>.json             the highest number counts; the last one of a removed webhook says so
//   .webhooks/cursors/<id>/<project>/<number>.json     the highest number counts
//   .webhooks/deliveries/<id>/<number>.json            one attempt each
//   .webhooks/deliverer.lock                           the lease

import { z } from 'zod'
import { isWebhookId, type Webhook, webhookSchema } from '../../core/webhooks/model.ts'
import { tokensAfter, unknownOutcome } from '../append-log.ts'
import { newToken } from '../file/staging/workspace.ts'
import { createPrivateFolder, onDisk } from '../private/folder.ts'
import { takeLease } from '../private/lease.ts'
import type { RecordFolder } from '../private/record-folder.ts'
import { statsOf } from '../private/records.ts'
import { createCursors } from './cursors.ts'
import { createDeliveries } from './deliveries.ts'
import type { WebhookStore } from './webhook-store.ts'

export interface FileWebhookStoreOptions {
  /** Folder of the store. */
  storageDir: string
  /** Age at which the lease of a killed process ends, in milliseconds; the same in every process. @default 10000 */
  leaseStaleMs?: number
}

/** Folder of webhooks in a store. */
export const WEBHOOKS = '.webhooks'
export const ENDPOINTS = 'endpoints'

/** Names webhooks in errors. */
export const SUBJECT = 'a webhook'

const entrySchema = webhookSchema.extend({
  /** In the final entry alone. */
  removed: z.literal(true).optional(),
  /** Tokens of the last writers, newest last. */
  commits: z.array(z.string()).optional(),
})

export const createFileWebhookStore = ({
  storageDir,
  leaseStaleMs = 10_000,
}: FileWebhookStoreOptions): WebhookStore => {
  const folder = createPrivateFolder(storageDir, WEBHOOKS, SUBJECT)
  return createWebhookStore({
    folder,
    mayHaveAny: () => statsOf(folder.path(ENDPOINTS)) !== undefined,
    takeLease: () => takeLease({ folder, name: 'deliverer', staleMs: leaseStaleMs }),
  })
}

export interface WebhookStoreOptions extends Pick<WebhookStore, 'mayHaveAny' | 'takeLease'> {
  /** Of the records, in any medium. */
  folder: RecordFolder
}

export const createWebhookStore = ({ folder, mayHaveAny, takeLease }: WebhookStoreOptions): WebhookStore => {
  const log = folder.log({ folder: ENDPOINTS, schema: entrySchema, older: 'pruned' })
  const cursors = createCursors(folder)
  const deliveries = createDeliveries(folder)

  const newest = async (id: string) => {
    const found = isWebhookId(id) ? await log.newest(id) : undefined
    return found?.entry.removed ? undefined : found
  }

  /** Appends `change` of the newest entry, undefined where there is none. */
  const append = async (id: string, change: (entry: Entry) => Entry): Promise<Entry | undefined> => {
    const token = newToken()
    for (;;) {
      const found = await newest(id)
      if (!found) return undefined
      const next = change(found.entry)
      if (next === found.entry) return next
      const commits = tokensAfter(found.entry.commits ?? [], token)
      const { outcome, cause } = await log.append(id, found.number + 1, { ...next, commits })
      if (outcome === 'ours') return next
      if (outcome === 'unknown') throw unknownOutcome(SUBJECT, cause)
    }
  }

  const removeRest = async (id: string): Promise<void> => {
    for (const name of ['cursors', 'deliveries']) await folder.removeFolder(folder.path(name, id))
    await log.remove(id)
  }

  return {
    mayHaveAny,

    list: onDisk(async () => {
      const found: Webhook[] = []
      for (const id of (await folder.names(folder.path(ENDPOINTS))).filter(isWebhookId).sort()) {
        const webhook = await newest(id)
        if (webhook) found.push(webhookOf(webhook.entry))
      }
      return found
    }),

    get: onDisk(async (id) => {
      const found = await newest(id)
      return found && webhookOf(found.entry)
    }),

    create: onDisk(async (webhook) => {
      const { outcome, cause } = await log.append(webhook.id, 1, { ...webhook, commits: [newToken()] })
      if (outcome === 'unknown') throw unknownOutcome(SUBJECT, cause)
      return outcome === 'ours'
    }),

    change: onDisk(async (id, change) => {
      const entry = await append(id, (found) => {
        const before = webhookOf(found)
        const after = change(before)
        return after === before ? found : after
      })
      return entry && webhookOf(entry)
    }),

    remove: onDisk(async (id) => {
      const removed = await append(id, (entry) => ({ ...entry, removed: true }))
      // The final entry without the rest: a removal that a crash interrupted.
      if (isWebhookId(id)) await removeRest(id)
      return removed !== undefined
    }),

    cursors: {
      read: onDisk(cursors.read),
      advance: onDisk(cursors.advance),
      projects: onDisk(cursors.projects),
    },

    deliveries: {
      add: onDisk(deliveries.add),
      list: onDisk(deliveries.list),
      get: onDisk(deliveries.get),
    },

    takeLease: onDisk(takeLease),

    sweep: onDisk(folder.sweep),
  }
}

type Entry = z.infer<typeof entrySchema>

const webhookOf = ({ commits: _, removed: __, ...webhook }: Entry): Webhook => webhook
