// A variant that another server deletes while this one still may serve it.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { addImage, readVariant } from '../../contracts/store.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { memoryOptions, startMemoryEngine } from '../../support/s3/engine.ts'
import { openS3Store } from '../../support/s3/store.ts'

it('is not found where its object is gone already, and served from the copy here until its time is over', async () => {
  const { endpoint } = await startMemoryEngine()
  const folder = await temporaryFolder()
  const options = memoryOptions(endpoint)
  const one = await openS3Store(options, join(folder, 'one'))
  const other = await openS3Store(options, join(folder, 'other'), { staleMs: 600_000 })
  const ids = [await addImage(one, 'shop'), await addImage(one, 'shop')]
  const [copied = '', unread = ''] = ids
  expect(await readVariant(other, 'shop', copied)).toBe(`original of ${copied}`)
  for (const imageId of ids) await one.commit('shop', { type: 'delete_image', imageId })
  expect(await readVariant(other, 'shop', copied)).toBe(`original of ${copied}`)
  expect(await readVariant(other, 'shop', unread)).toBeUndefined()
})
