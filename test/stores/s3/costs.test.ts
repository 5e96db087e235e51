// Requests to the bucket that uploads and reads cost, counted at the client of a real engine.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { BucketOptions } from '../../../src/stores/s3/client/bucket.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { hasCeph, newBucket } from '../../support/s3/ceph.ts'
import { openS3Store } from '../../support/s3/store.ts'
import { imagesOver, uploadPicture } from '../../support/store/doctor.ts'

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
  const store = await openS3Store(counted, join(await temporaryFolder(), 'work'), { staleMs, pollMs: staleMs })
  const requestsOf = async (work: () => Promise<unknown>) => {
    for (const kind of Object.keys(counts)) delete counts[kind]
    await work()
    return { ...counts }
  }
  return { store, requestsOf }
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
