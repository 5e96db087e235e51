// Deliveries as entries of an append log, of which the last 100 stay.

import { z } from 'zod'
import { TintypeError } from '../../core/errors.ts'
import { deliverySchema, KEPT_DELIVERIES } from '../../core/webhooks/model.ts'
import { tokensAfter, unknownOutcome } from '../append-log.ts'
import { newToken } from '../file/staging/workspace.ts'
import type { RecordFolder } from '../private/record-folder.ts'
import type { StoredDelivery, WebhookDeliveries } from './webhook-store.ts'

export const deliveryEntrySchema = deliverySchema.extend({
  /** Tokens of the last writers, newest last. */
  commits: z.array(z.string()).optional(),
})

export const createDeliveries = (folder: RecordFolder): WebhookDeliveries => {
  const log = folder.log({
    folder: 'deliveries',
    schema: deliveryEntrySchema,
    older: 'pruned',
    keep: KEPT_DELIVERIES,
    isDurable: false,
  })

  /** Undefined too where a power cut damaged the entry. */
  const get = async (webhookId: string, id: number): Promise<StoredDelivery | undefined> => {
    const entry = await log.entry(webhookId, id).catch((error: unknown) => {
      if (!(error instanceof TintypeError)) throw error
    })
    if (!entry) return undefined
    const { commits: _, ...delivery } = entry
    return { id, ...delivery }
  }

  /** Number and tokens of the newest entry, without tokens where a power cut damaged it. */
  const newestOf = async (webhookId: string) => {
    const found = await log.newest(webhookId).catch(async (error: unknown) => {
      if (!(error instanceof TintypeError)) throw error
      return { number: (await log.numbers(webhookId)).at(-1) ?? 0, entry: undefined }
    })
    return { number: found?.number ?? 0, commits: found?.entry?.commits ?? [] }
  }

  return {
    async add(webhookId, delivery) {
      for (;;) {
        const newest = await newestOf(webhookId)
        const number = newest.number + 1
        const commits = tokensAfter(newest.commits, newToken())
        const { outcome, cause } = await log.append(webhookId, number, { ...delivery, commits })
        if (outcome === 'ours') return { id: number, ...delivery }
        if (outcome === 'unknown') throw unknownOutcome('a webhook', cause)
      }
    },

    async list(webhookId) {
      const numbers = await log.numbers(webhookId)
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
