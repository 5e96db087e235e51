// The format of a store in a bucket: written once, and a newer one is refused by everything that opens a store.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isBucketClaimed, openAccounts } from '../../../src/compose/bucket/accounts.ts'
import { parseOptions } from '../../../src/compose/parse-options.ts'
import { createBucketPlace } from '../../../src/stores/copy/bucket-place.ts'
import type { Bucket } from '../../../src/stores/s3/client/bucket.ts'
import { markBucketFormat } from '../../../src/stores/s3/format.ts'
import { addImage, idsOf } from '../../contracts/store.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { CEPH_KEYS } from '../../support/processes/ceph.mjs'
import { runTintype } from '../../support/processes/tintype.ts'
import { openBucket } from '../../support/s3/ceph.ts'
import { memoryOptions, startMemoryEngine } from '../../support/s3/engine.ts'
import { openS3Store } from '../../support/s3/store.ts'

const MARK = '.tintype.json'
const NEWER =
  /^The store in s3:\/\/pictures\/store has format 2; this version knows formats up to 1\. Upgrade tintype, or name another bucket or prefix\.$/

const setUp = async () => {
  const engine = await startMemoryEngine()
  const options = { ...memoryOptions(engine.endpoint), prefix: 'store/' }
  const bucket = openBucket(options)
  return {
    ...{ engine, options, bucket },
    open: async () => openS3Store(options, join(await temporaryFolder(), 'work')),
    /** Every object with its date. */
    objects: async () => (await bucket.listAll('')).objects,
  }
}

describe('the format of a store in a bucket', () => {
  it('is written when a store is opened, once', async () => {
    const { open, bucket, engine } = await setUp()
    await open()
    expect(JSON.parse((await bucket.text(MARK)) ?? '')).toEqual({ format: 1 })
    const before = await bucket.head(MARK)
    engine.advance(60_000)
    await open()
    expect((await bucket.head(MARK)).found).toEqual(before.found)
  })

  it('is 1 for a store of an older version without it, which is opened, marked and intact', async () => {
    const { open, bucket } = await setUp()
    const id = await addImage(await open(), 'shop')
    await bucket.remove(MARK)
    expect(await idsOf(await open(), 'shop')).toEqual([id])
    expect(await bucket.text(MARK)).toBe('{"format":1}\n')
  })

  it('is refused where it is newer, and nothing is written', async () => {
    const { open, bucket, objects, options } = await setUp()
    await bucket.put(MARK, '{"format": 2, "more": true}')
    const before = await objects()
    await expect(open()).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringMatching(NEWER) })
    const place = createBucketPlace({ bucket: openBucket(options) })
    await expect(place.open()).rejects.toThrow(NEWER)
    await expect(place.openToWrite()).rejects.toThrow(NEWER)
    const { bucket: settings } = parseOptions({
      store: 's3://pictures/store',
      s3Endpoint: options.endpoint,
      s3Credentials: CEPH_KEYS,
    })
    if (!settings) throw new Error('expected a bucket')
    await expect(openAccounts({ storageDir: '', bucket: settings })).rejects.toThrow(NEWER)
    await expect(isBucketClaimed(settings)).rejects.toThrow(NEWER)
    expect(await objects()).toEqual(before)
  })

  it('is refused where a newer server was faster', async () => {
    const { bucket } = await setUp()
    const raced: Pick<Bucket, 'bucket' | 'prefix' | 'text' | 'putNew'> = {
      ...bucket,
      async putNew(key, body) {
        await bucket.put(key, '{"format": 2}')
        return bucket.putNew(key, body)
      },
    }
    await expect(markBucketFormat(raced)).rejects.toThrow(NEWER)
  })

  it.each(['{"format": "2"}', '{"format": 0}', '[]', 'null'])(
    'is refused where %s has an unknown form',
    async (text) => {
      const { open, bucket } = await setUp()
      await bucket.put(MARK, text)
      await expect(open()).rejects.toThrow(/has an unknown format \(\.tintype\.json\); this version knows/)
    },
  )

  it.each(['', '{"form'])('counts as 1 where the object is damaged (%j)', async (text) => {
    const { open, bucket } = await setUp()
    await bucket.put(MARK, text)
    await expect(addImage(await open(), 'shop')).resolves.toBeDefined()
  })

  it('is written by a copy', async () => {
    const { bucket, options } = await setUp()
    const place = createBucketPlace({ bucket: openBucket(options) })
    await place.openToWrite()
    await place.close()
    expect(await bucket.text(MARK)).toBe('{"format":1}\n')
  })

  it.each([
    ['serve', '--port', '0'],
    ['key', 'list'],
    ['user', 'list'],
  ])('is refused by tintype %s in one line', async (...args) => {
    const { bucket, options } = await setUp()
    await bucket.put(MARK, '{"format": 2}')
    const env = {
      STORE: 's3://pictures/store',
      S3_ENDPOINT: options.endpoint,
      AWS_ACCESS_KEY_ID: CEPH_KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CEPH_KEYS.secretAccessKey,
    }
    const run = await runTintype(args, { env })
    expect(await run.ended).not.toBe(0)
    const lines = run.stderr().trim().split('\n')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('has format 2; this version knows formats up to 1.')
  })
})
