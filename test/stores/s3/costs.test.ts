// Requests to the bucket that uploads and reads cost, counted at the client: of a real engine, and of one in memory for what
// uploads with a key or a quota cost besides.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { UploadOptions } from '../../../src/services/images/upload.ts'
import { createBucketMarks } from '../../../src/stores/idempotency/bucket-marks.ts'
import { createBucketQuota } from '../../../src/stores/quota/bucket-quota.ts'
import type { BucketOptions } from '../../../src/stores/s3/client/bucket.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { hasCeph, newBucket, openBucket } from '../../support/s3/ceph.ts'
import { memoryOptions, startMemoryEngine } from '../../support/s3/engine.ts'
import { openS3Store } from '../../support/s3/store.ts'
import { chunk, imagesOver, uploadPicture } from '../../support/store/doctor.ts'

/** A server with an empty disk, and the requests that it makes during some work, by kind. */
const server = async (options: BucketOptions) => {
  const counts: Record<string, number> = {}
  const counted: BucketOptions = {
    ...options,
    onAttempt: ({ kind }) => {
      counts[kind] = (counts[kind] ?? 0) + 1
    },
  }
  const staleMs = 600_000
  // None renews its lease meanwhile.
  const quiet = { staleMs, pollMs: staleMs, leaseMs: 3_600_000 }
  const store = await openS3Store(counted, join(await temporaryFolder(), 'work'), quiet)
  const requestsOf = async (work: () => Promise<unknown>) => {
    for (const kind of Object.keys(counts)) delete counts[kind]
    await work()
    return { ...counts }
  }
  return { store, counted, requestsOf }
}

const readAll = async (
  file: { bytes: number; read(start: number, end: number): AsyncIterable<Uint8Array> } | undefined,
) => {
  let bytes = 0
  for await (const piece of file?.read(0, file.bytes) ?? []) bytes += piece.byteLength
  return bytes
}

describe.skipIf(!hasCeph)('over Ceph', () => {
  it('an upload is its four variants, one revision and one listing; reads of what is known cost nothing', async () => {
    const { options } = await newBucket({ prefix: 'store/' })
    const { store, requestsOf } = await server(options)
    const images = imagesOver(store)
    const photo = await smallPhoto()
    // The first one of a process writes its lease too.
    const id = await uploadPicture(images, 'shop', photo)
    expect(await requestsOf(() => uploadPicture(images, 'shop', photo))).toEqual({ put: 5, list: 1 })

    const open = async (from: typeof store, imageId: string) => {
      const file = await from.openVariant('shop', imageId, 'thumb')
      expect(await readAll(file)).toBeGreaterThan(0)
      await file?.close()
    }
    expect(await requestsOf(() => open(store, id))).toEqual({})

    const other = await server(options)
    const cover = async () => {
      const state = await other.store.project('shop')
      const image = state && (await other.store.cover(state))
      await open(other.store, image?.id ?? '')
    }
    expect(await other.requestsOf(cover)).toEqual({ list: 1, get: 2 })
    expect(await other.requestsOf(cover)).toEqual({ head: 1 })
    expect(await other.requestsOf(() => open(other.store, id))).toEqual({})
  })
})

describe('over an engine in memory, besides its own 5 PUT and 1 LIST', () => {
  /** A server with a quota that is out of reach. Its first uploads are behind it. */
  const withQuota = async (options: BucketOptions, projects: number) => {
    const { store, counted, requestsOf } = await server(options)
    const bucket = openBucket(counted)
    const images = imagesOver(store, undefined, {
      marks: createBucketMarks({ bucket, leases: store.leases, owner: store.owner }),
      quota: createBucketQuota({ bucket, store, maxBytes: 1e12 }),
    })
    const photo = await smallPhoto()
    const upload = (options?: UploadOptions) => images.upload('shop-0', chunk(photo), options)
    for (let n = 0; n < projects; n++) await images.upload(`shop-${n}`, chunk(photo))
    await upload()
    return { upload, requestsOf }
  }

  it('an upload with a quota costs 1 PUT and 1 LIST, however many projects and uploads its owner has', async () => {
    const { endpoint } = await startMemoryEngine()
    const { upload, requestsOf } = await withQuota(memoryOptions(endpoint), 12)
    // Of 16 appends to the ledger one lists it once more, for entries that are old.
    const twice = { put: 12, list: 4 }
    const requests = [await requestsOf(() => upload().then(() => upload()))]
    requests.push(await requestsOf(() => upload().then(() => upload())))
    expect(requests).toContainEqual(twice)
    expect([twice, { ...twice, list: 5 }]).toEqual(expect.arrayContaining(requests))
  })

  it('an upload with a key costs the PUT and the DELETE of its mark, and 3 HEAD in place of a LIST', async () => {
    const { endpoint } = await startMemoryEngine()
    const { upload, requestsOf } = await withQuota(memoryOptions(endpoint), 1)
    // With the PUT and the LIST of the quota.
    expect(await requestsOf(() => upload({ idempotencyKey: 'first' }))).toEqual({ put: 7, list: 2, head: 3, delete: 1 })
  })
})
