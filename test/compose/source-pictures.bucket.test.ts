// Pictures in a bucket of Ceph that is not ours, shown by a server whose own store is a folder, and after a copy of it.

import { expect, it } from 'vitest'
import { imageListSchema } from '../../src/http/schemas/images/images.ts'
import { copyStore } from '../../src/stores/copy/copy-store.ts'
import { createFolderPlace } from '../../src/stores/copy/folder-place.ts'
import { createTestApp } from '../support/app.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { plainJpeg } from '../support/pictures/pictures.ts'
import { CEPH_KEYS } from '../support/processes/ceph.mjs'
import { hasCeph, newBucket } from '../support/s3/ceph.ts'
import { later, setSource } from '../support/s3/source.ts'

it.skipIf(!hasCeph)(
  'are imported, imported anew where they have changed, and kept by a copy of the store',
  async () => {
    const { bucket, options } = await newBucket()
    const storageDir = await temporaryFolder()
    const given = { sources: `s3://${bucket.bucket}`, s3Endpoint: bucket.endpoint, s3Credentials: CEPH_KEYS }
    const tintype = await createTestApp({ ...given, storageDir })
    expect(options.bucket).toBe(bucket.bucket)
    await setSource(tintype, 'demo', `s3://${bucket.bucket}/sommer ü`)
    await bucket.put('sommer ü/a b.jpg', await plainJpeg(60, 40))
    const path = '/projects/demo/source/a%20b.jpg'
    const statusOf = async (app: typeof tintype, url: string) => {
      const response = await app.app.request(url)
      await response.arrayBuffer()
      return response.status
    }
    expect(await statusOf(tintype, `${path}?size=thumb&format=webp`)).toBe(200)
    expect(await statusOf(tintype, '/projects/demo/source/none.jpg')).toBe(404)
    const metrics = await (await tintype.app.request('/metrics')).text()
    expect(metrics).toMatch(/^tintype_source_bytes_total\{direction="received"\} [1-9]/m)
    const widths = async (app: typeof tintype) =>
      imageListSchema
        .parse(await (await app.app.request('/projects/demo/images')).json())
        .images.map(({ width }) => width)
    await bucket.put('sommer ü/a b.jpg', await plainJpeg(70, 40))
    await later(60_000, async () => expect(await statusOf(tintype, path)).toBe(200))
    expect(await widths(tintype)).toEqual([70])

    const copy = await temporaryFolder()
    const places = [createFolderPlace(storageDir), createFolderPlace(copy)] as const
    await copyStore({
      ...{ source: places[0], target: places[1], verify: true, accounts: true, parallel: 4 },
      signal: new AbortController().signal,
      onProgress: () => {},
    })
    for (const place of places) await place.close()
    const copied = await createTestApp({ ...given, storageDir: copy })
    expect(await statusOf(copied, path)).toBe(200)
    expect(await widths(copied)).toEqual([70])
  },
)
