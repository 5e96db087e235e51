import { describe } from 'vitest'
import { createBucketLog } from '../../../src/stores/s3/append-log.ts'
import type { createBucket } from '../../../src/stores/s3/client/bucket.ts'
import { appendLogContract, testFormat } from '../../contracts/append-log.ts'
import { hasCeph, newBucket } from '../../support/s3/ceph.ts'

/** Faults between a log and its bucket. */
const openLog = async (keep?: number) => {
  const { bucket } = await newBucket()
  let beforePut: (() => Promise<unknown>) | undefined
  let losesAnswer = false
  let fails = false
  const failing = async <T>(answer: () => Promise<T>): Promise<T> => {
    if (fails) throw new Error('503 SlowDown')
    return answer()
  }
  const faulty: ReturnType<typeof createBucket> = {
    ...bucket,
    async putNew(key, body) {
      const before = beforePut
      beforePut = undefined
      await before?.()
      const written = await bucket.putNew(key, body)
      // The request is sent again, as its transport does.
      if (!losesAnswer) return written
      losesAnswer = false
      return bucket.putNew(key, body)
    },
    text: (key) => failing(() => bucket.text(key)),
    head: (key) => failing(() => bucket.head(key)),
    listAll: (...options) => failing(() => bucket.listAll(...options)),
  }
  const another = () =>
    createBucketLog({
      bucket: faulty,
      format: testFormat,
      prefix: (log) => `logs/${log}/`,
      isRemovable: true,
      keep,
      minAgeMs: 0,
    })
  return {
    log: another(),
    another,
    loseAnswer: () => {
      losesAnswer = true
    },
    sleepBeforeCreating: (meanwhile: () => Promise<unknown>) => {
      beforePut = meanwhile
    },
    failAfterCreating: () => {
      fails = true
      return () => {
        fails = false
      }
    },
  }
}

describe.skipIf(!hasCeph)('over Ceph', () => {
  appendLogContract('a bucket that keeps all entries', {}, () => openLog())
  appendLogContract('a bucket that keeps two entries', { keep: 2 }, () => openLog(2))
})
