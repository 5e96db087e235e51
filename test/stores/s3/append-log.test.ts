import { describe, expect, it } from 'vitest'
import { inGroups } from '../../../src/core/in-groups.ts'
import { createBucketLog } from '../../../src/stores/s3/append-log.ts'
import type { createBucket } from '../../../src/stores/s3/client/bucket.ts'
import { entryName } from '../../../src/stores/s3/keys.ts'
import { appendLogContract, testFormat } from '../../contracts/append-log.ts'
import { hasCeph, newBucket, openBucket } from '../../support/s3/ceph.ts'
import { memoryOptions, startMemoryEngine } from '../../support/s3/engine.ts'

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

describe('a log that keeps its newest entries and those of the last hour', () => {
  const KEEP = 4
  const HOUR_MS = 3_600_000

  const open = async () => {
    const engine = await startMemoryEngine()
    const requests: string[] = []
    const options = memoryOptions(engine.endpoint)
    const bucket = openBucket({ ...options, onAttempt: ({ kind }) => void requests.push(kind) })
    const log = createBucketLog({ bucket, format: testFormat, prefix: (name) => `logs/${name}/`, keep: KEEP })
    const append = async (number: number) =>
      expect(await log.append('a', number, { text: `${number}`, tokens: [`t${number}`] })).toEqual({ outcome: 'ours' })
    return { engine, bucket, requests, append }
  }

  it('is pruned with each of so many appends, an hour later', async () => {
    const { engine, append } = await open()
    for (let number = 1; number <= 11; number++) await append(number)
    expect(engine.keys()).toHaveLength(11)
    engine.advance(HOUR_MS + 2000)
    await append(12)
    expect(engine.keys()).toEqual([9, 10, 11, 12].map((number) => `pictures/logs/a/${entryName(number)}`))
  })

  it('costs one listing for each append, however many entries the last hour has', async () => {
    const { bucket, requests, append } = await open()
    const before = Array.from({ length: 2050 }, (_, at) => entryName(at + 1))
    await inGroups(before, 50, (name) => bucket.put(`logs/a/${name}`, '{}'))
    requests.length = 0
    await append(2051)
    expect(requests).toEqual(['put', 'list'])
    await append(2052)
    expect(requests).toEqual(['put', 'list', 'put', 'list', 'list'])
  })
})
