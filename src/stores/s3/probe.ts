// Opening of a bucket: the format of its store, the rights, and the one promise of the engine that everything stands on.
//
// `If-None-Match: *` must let exactly one of several writers of a key win. Some engines ignore it, or check it before they
// write: there, two servers would both be acknowledged and one change be lost.

import { storeUrlOf } from '../../core/bucket-settings.ts'
import { randomIds } from '../../core/random-id.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Bucket } from './client/bucket.ts'
import { isWriteForbidden, storeUnavailable } from './client/failures.ts'
import { assertKnownBucketFormat, markBucketFormat } from './format.ts'
import { keys } from './keys.ts'

export interface OpenBucketOptions {
  bucket: Bucket
  /** Makes the bucket where it is missing. */
  create: boolean
  /** `auto`: where the credentials may not write, and the bucket holds a store. */
  readOnly: boolean | 'auto'
  log: Logger
}

/** Writers that race for one key. */
const WRITERS = 8

const newToken = randomIds(12)

/**
 * Checks before the first request that a bucket can hold a store, and marks it as one.
 *
 * @returns true where the store is read-only: then nothing was changed, and nothing will be
 * @throws TintypeError `store_unavailable`, with one line that says why the bucket cannot be used
 */
export const openStoreInBucket = async ({ bucket, create, readOnly, log }: OpenBucketOptions): Promise<boolean> => {
  if (readOnly === true) {
    bucket.refuseWrites()
    if (await holdsStore(bucket)) return true
    throw storeUnavailable(`Expected a store in ${storeUrlOf(bucket)}; it has no projects.`)
  }
  try {
    if (create) await bucket.create()
    await assertKnownBucketFormat(bucket)
    await probeBucket(bucket)
  } catch (error) {
    if (readOnly === false || !isWriteForbidden(error) || !(await holdsStore(bucket))) throw error
    bucket.refuseWrites()
    log.warn({ error, store: storeUrlOf(bucket) }, 'the bucket cannot be written; serving it read-only')
    return true
  }
  await markBucketFormat(bucket)
  return false
}

/** True where there are projects, or the mark of a store that has none yet. @throws where its format is newer */
export const holdsStore = async (bucket: Bucket): Promise<boolean> => {
  if (await assertKnownBucketFormat(bucket)) return true
  const { objects, folders } = await bucket.list({ prefix: keys.projects, delimiter: '/', limit: 1 })
  return objects.length + folders.length > 0
}

/** @throws TintypeError `store_unavailable`, with one line that says why the bucket cannot be used */
export const probeBucket = async (bucket: Bucket): Promise<void> => {
  const folder = '.probe/'
  const key = `${folder}${newToken()}`
  const outcomes = await Promise.allSettled(
    Array.from({ length: WRITERS }, (_, writer) => bucket.putNew(key, `writer ${writer}`)),
  )
  try {
    const winners: number[] = []
    for (const [writer, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') throw outcome.reason
      if (outcome.value.isNew) winners.push(writer)
    }
    const text = await bucket.text(key)
    // A winner whose answer was lost hears at its repetition that the key is taken.
    const isFair = winners.length === 0 ? text !== undefined : winners.length === 1 && text === `writer ${winners[0]}`
    if (!isFair)
      throw storeUnavailable(
        `The engine at ${bucket.endpoint} cannot hold a store: of ${WRITERS} racing writes with "If-None-Match: *", ${winners.length} were accepted; exactly one must be.`,
      )
    const { found } = await bucket.head(key)
    const { objects } = await bucket.listAll(folder)
    if (!found || !objects.some((object) => object.key === key))
      throw storeUnavailable(
        `The engine at ${bucket.endpoint} cannot hold a store: it does not ${found ? 'list' : 'find'} an object that was just written.`,
      )
  } finally {
    // Where this fails while all else succeeded, deletions would fail later.
    if (outcomes.some(({ status }) => status === 'fulfilled')) await bucket.remove(key)
  }
}
