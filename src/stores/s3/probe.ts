// Probe of a bucket at the start: its rights, and the one promise of the engine that everything stands on.
//
// `If-None-Match: *` must let exactly one of several writers of a key win. Some engines ignore it, or check it before they
// write: there, two servers would both be acknowledged and one change be lost.

import { randomIds } from '../../core/random-id.ts'
import type { Bucket } from './client/bucket.ts'
import { storeUnavailable } from './client/failures.ts'

/** Writers that race for one key. */
const WRITERS = 8

const newToken = randomIds(12)

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
