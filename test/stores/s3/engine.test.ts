// The engine in memory, which tests of faults use, answers as Ceph does.

import { describe, expect, it } from 'vitest'
import { type BucketOptions, createBucket } from '../../../src/stores/s3/client/bucket.ts'
import { cephOptions, hasCeph, openBucket } from '../../support/s3/ceph.ts'
import { memoryOptions, startMemoryEngine } from '../../support/s3/engine.ts'

/** Answers to requests of every kind. */
const transcriptOf = async (options: BucketOptions): Promise<unknown[]> => {
  const bucket = openBucket({ ...options, prefix: 'a/store/', deadlineMs: 0 })
  await bucket.create()
  const said: unknown[] = []
  const race = await Promise.all(Array.from({ length: 8 }, (_, n) => bucket.putNew('race', `${n}`)))
  said.push(race.filter(({ isNew }) => isNew).length)
  const keys = ['b/2', 'b/10', 'b/c/1', 'b/c/2', 'b/!x', 'b/ä ö+&<', 'b/Z', 'c']
  for (const key of keys) await bucket.put(key, `content of ${key}`)
  await bucket.put('c', 'replaced')
  said.push(await bucket.text('c'), await bucket.text('b/ä ö+&<'), await bucket.text('none'))
  const pieces: Uint8Array[] = []
  for await (const piece of bucket.read('c', 2, 6)) pieces.push(piece)
  said.push(Buffer.concat(pieces).toString())
  for (const [first, end] of [
    [3, 9],
    [8, 9],
  ] as const)
    said.push(await readTo(bucket.read('c', first, end)))
  const found = (await bucket.head('b/10')).found
  said.push(found?.bytes, found?.etag, (await bucket.head('none')).found)
  for (const etag of [found?.etag, 'other']) said.push(await readTo(bucket.read('b/10', 0, 3, etag)))
  for (const list of [
    { prefix: 'b/' },
    { prefix: 'b/', delimiter: '/' as const },
    { prefix: 'b/', after: 'b/2' },
    { prefix: 'b/', delimiter: '/' as const, limit: 3 },
    { prefix: 'none/' },
  ]) {
    const { objects, folders, next } = await bucket.list(list)
    said.push({
      list,
      found: objects.map(({ key, bytes, etag }) => [key, bytes, etag]),
      folders,
      isWhole: next === undefined,
    })
  }
  const first = await bucket.list({ prefix: 'b/', limit: 3 })
  const second = await bucket.list({ prefix: 'b/', limit: 30, from: first.next })
  said.push(second.objects.map(({ key }) => key))
  await bucket.remove('c')
  await bucket.remove('none')
  said.push(await bucket.text('c'))
  return said
}

const readTo = async (pieces: AsyncIterable<Uint8Array>): Promise<string> => {
  try {
    for await (const _ of pieces);
    return 'read'
  } catch (error) {
    return String(error)
  }
}

describe('the engine in memory', () => {
  it.skipIf(!hasCeph)('answers as Ceph does', async () => {
    const { endpoint } = await startMemoryEngine()
    expect(await transcriptOf(memoryOptions(endpoint))).toEqual(await transcriptOf(await cephOptions()))
  })

  it('dates objects and answers by its own clock', async () => {
    const { endpoint, advance } = await startMemoryEngine()
    const bucket = createBucket(memoryOptions(endpoint))
    const { dateMs } = await bucket.put('key', '')
    advance(3_600_000)
    const later = await bucket.head('key')
    expect(later.dateMs - dateMs).toBeGreaterThanOrEqual(3_600_000)
    expect(later.found?.modifiedMs).toBeLessThanOrEqual(dateMs)
    expect((await bucket.listAll('')).objects.map(({ modifiedMs }) => modifiedMs - dateMs < 1000)).toEqual([true])
    await bucket.close()
  })
})
