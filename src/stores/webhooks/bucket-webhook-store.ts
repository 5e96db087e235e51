// Webhooks as objects in a bucket, by the keys of the files.
//
//   .webhooks/deliverer/<number, 12 digits>.json     the highest number names the process that has the lease

import { z } from 'zod'
import { randomIds } from '../../core/random-id.ts'
import { tokensAfter, unknownOutcome } from '../append-log.ts'
import { createBucketFolder } from '../private/bucket-folder.ts'
import type { Lease } from '../private/lease.ts'
import { createRecordFormat } from '../private/records.ts'
import { createBucketLog } from '../s3/append-log.ts'
import type { Bucket } from '../s3/client/bucket.ts'
import type { Leases } from '../s3/leases.ts'
import { createWebhookStore, ENDPOINTS, SUBJECT, WEBHOOKS } from './file-webhook-store.ts'
import type { WebhookStore } from './webhook-store.ts'

export interface BucketWebhookStoreOptions {
  bucket: Bucket
  leases: Pick<Leases, 'hold' | 'isAlive'>
  /** Name of this process, see `Store.owner`. */
  owner(): string
  /** Longest time until the first webhook and the end of a lease are found, in milliseconds. */
  staleMs: number
}

/** Log of the lease below its folder: it is the only one. */
const LOG = 'deliverer'

const entrySchema = z.object({
  owner: z.string(),
  /** True where its process gave it back. */
  released: z.boolean(),
  commits: z.array(z.string()).optional(),
})

const newToken = randomIds(16)

export const createBucketWebhookStore = (options: BucketWebhookStoreOptions): WebhookStore => {
  const { bucket, staleMs } = options
  const presence = createPresence(bucket, staleMs)
  return createWebhookStore({
    folder: createBucketFolder({
      ...{ bucket, name: WEBHOOKS, subject: SUBJECT, staleMs },
      onCreated: presence.found,
    }),
    mayHaveAny: presence.mayHaveAny,
    takeLease: createTakeLease(options),
  })
}

/** Whether there has ever been a webhook, by a listing in the background until one is found. */
const createPresence = (bucket: Bucket, staleMs: number) => {
  let isPresent = false
  let listedMs = Number.NEGATIVE_INFINITY
  const look = async (): Promise<void> => {
    const { objects } = await bucket.list({ prefix: `${WEBHOOKS}/${ENDPOINTS}/`, limit: 1 })
    isPresent ||= objects.length > 0
  }
  return {
    found: () => {
      isPresent = true
    },
    /** True before the first answer, and where none came. */
    mayHaveAny(): boolean {
      if (isPresent) return true
      const nowMs = performance.now()
      const isFirst = listedMs === Number.NEGATIVE_INFINITY
      if (nowMs - listedMs < staleMs) return false
      listedMs = nowMs
      look().catch(() => {
        listedMs = Number.NEGATIVE_INFINITY
      })
      return isFirst
    },
  }
}

const createTakeLease = ({ bucket, leases, owner, staleMs }: BucketWebhookStoreOptions) => {
  const log = createBucketLog({
    bucket,
    format: createRecordFormat(entrySchema, SUBJECT),
    prefix: (name) => `${WEBHOOKS}/${name}/`,
    keep: 1,
  })

  const lease = (held: number, tokens: readonly string[]): Lease => {
    let isHeld = true
    const timer = setInterval(() => {
      log.newest(LOG).then(
        (newest) => {
          if (newest?.number !== held) end()
        },
        // Without an answer: the process of the lease is not seen to live by others either, some time later.
        () => {},
      )
    }, staleMs).unref()
    const end = () => {
      isHeld = false
      clearInterval(timer)
    }
    return {
      isHeld: () => isHeld,
      async release() {
        if (!isHeld) return
        end()
        const entry = { owner: owner(), released: true, commits: tokensAfter(tokens, newToken()) }
        // Where this fails, the lease ends with the process.
        await log.append(LOG, held + 1, entry).catch(() => {})
      },
    }
  }

  return async (): Promise<Lease | undefined> => {
    const newest = await log.newest(LOG)
    if (newest && !newest.entry.released && (await leases.isAlive(newest.entry.owner))) return undefined
    await leases.hold()
    const number = (newest?.number ?? 0) + 1
    const commits = tokensAfter(newest?.entry.commits ?? [], newToken())
    const { outcome, cause } = await log.append(LOG, number, { owner: owner(), released: false, commits })
    if (outcome === 'unknown') throw unknownOutcome(SUBJECT, cause)
    return outcome === 'ours' ? lease(number, commits) : undefined
  }
}
