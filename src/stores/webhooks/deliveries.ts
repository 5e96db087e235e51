// Deliveries as entries of an append log, of which the last 100 stay.

import { z } from 'zod'
import { TintypeError } from '../../core/errors.ts'
import { deliverySchema, KEPT_DELIVERIES } from '../../core/webhooks/model.ts'
import { unknownOutcome } from '../append-log.ts'
import { createFileLog, entryNumbers } from '../file/append-log.ts'
import { newToken } from '../file/staging/workspace.ts'
import type { PrivateFolder } from '../private/folder.ts'
import { createRecordFormat } from '../private/records.ts'
import type { StoredDelivery, WebhookDeliveries } from './webhook-store.ts'

export const deliveryEntrySchema = deliverySchema.extend({
  /** Token of the writer. */
  commits: z.array(z.string()).optional(),
})

export const createDeliveries = (folder: PrivateFolder): WebhookDeliveries => {
  const log = createFileLog({
    format: createRecordFormat(deliveryEntrySchema, 'a webhook'),
    root: folder.store,
    folder: (id) => folder.path('deliveries', id),
    drafts: () => folder.folder('.tmp'),
    older: 'pruned',
    keep: KEPT_DELIVERIES,
    isDurable: false,
    makeFolder: (id) => folder.makeLogFolder('deliveries', id),
  })

  const numbersOf = async (webhookId: string): Promise<number[]> =>
    entryNumbers(await folder.names(folder.path('deliveries', webhookId)))

  /** Undefined too where a power cut damaged the entry. */
  const get = async (webhookId: string, id: number): Promise<StoredDelivery | undefined> => {
    const path = folder.path('deliveries', webhookId, `${id}.json`)
    const entry = await folder.read(path, deliveryEntrySchema).catch((error: unknown) => {
      if (!(error instanceof TintypeError)) throw error
    })
    if (!entry) return undefined
    const { commits: _, ...delivery } = entry
    return { id, ...delivery }
  }

  return {
    async add(webhookId, delivery) {
      for (;;) {
        const number = ((await numbersOf(webhookId)).at(-1) ?? 0) + 1
        const { outcome, cause } = await log.append(webhookId, number, { ...delivery, commits: [newToken()] })
        if (outcome === 'ours') return { id: number, ...delivery }
        if (outcome === 'unknown') throw unknownOutcome('a webhook', cause)
      }
    },

    async list(webhookId) {
      const numbers = await numbersOf(webhookId)
      const found: StoredDelivery[] = []
      for (const id of numbers.reverse().slice(0, KEPT_DELIVERIES)) {
        // It may be pruned meanwhile.
        const delivery = await get(webhookId, id)
        if (delivery) found.push(delivery)
      }
      return found
    },

    get,
  }
}
