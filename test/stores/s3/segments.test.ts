// Segments in a bucket: none stays that no revision has named.

import { expect, it } from 'vitest'
import { SEGMENT_LENGTH } from '../../../src/core/project/image-list.ts'
import { keys } from '../../../src/stores/s3/keys.ts'
import { addImage, idsOf } from '../../contracts/store.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { openBucket } from '../../support/s3/ceph.ts'
import { memoryOptions, startMemoryEngine } from '../../support/s3/engine.ts'
import { openS3Store } from '../../support/s3/store.ts'

it('a commit that another server preceded removes the segments that it wrote', async () => {
  const options = memoryOptions((await startMemoryEngine()).endpoint)
  const bucket = openBucket(options)
  const [one, other] = [
    await openS3Store(options, await temporaryFolder()),
    await openS3Store(options, await temporaryFolder()),
  ]
  await Promise.all(Array.from({ length: SEGMENT_LENGTH - 1 }, () => addImage(one, 'shop')))
  await addImage(other, 'shop')
  // The first server does not know yet that the segment is sealed: it seals another one, and loses its number.
  const last = await addImage(one, 'shop')
  const named = (await other.project('shop'))?.images.segments.flatMap(({ stored }) => stored?.id ?? []) ?? []
  expect(named).toHaveLength(1)
  const { objects } = await bucket.listAll(keys.segments('shop'))
  expect(objects.map(({ key }) => key)).toEqual(named.map((id) => keys.segment('shop', id)))
  const ids = (await idsOf(other, 'shop')) ?? []
  expect([ids.length, ids.at(-1)]).toEqual([SEGMENT_LENGTH + 1, last])
})
