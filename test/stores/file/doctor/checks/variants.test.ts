// The doctor as another user than the server: unreadable files are reported, the others are checked.

import { readFile, truncate } from 'node:fs/promises'
import { expect, it, vi } from 'vitest'
import { createPaths } from '../../../../../src/stores/file/paths.ts'
import { failing } from '../../../../support/disk/calls.ts'
import { temporaryFolder } from '../../../../support/disk/folder.ts'
import { numberedPicture } from '../../../../support/pictures/pictures.ts'
import { examine, imagesOver, uploadPicture, withStore } from '../../../../support/store/doctor.ts'

vi.mock('node:fs/promises', async (original) =>
  (await import('../../../../support/disk/calls.ts')).watched(await original()),
)
vi.mock('node:fs', async (original) =>
  (await import('../../../../support/disk/calls.ts')).watchedSyncs(await original()),
)

it('reports a picture without read permission, does not touch it, and checks the others', async () => {
  const storageDir = await temporaryFolder()
  const paths = createPaths(storageDir)
  const ids = await withStore(storageDir, async (store) => {
    const images = imagesOver(store)
    return [
      await uploadPicture(images, 'shop', await numberedPicture(1)),
      await uploadPicture(images, 'shop', await numberedPicture(2)),
    ]
  })
  const [denied, empty] = [paths.variant('shop', ids[0] ?? '', 'medium'), paths.variant('shop', ids[1] ?? '', 'thumb')]
  const before = await readFile(denied)
  await truncate(empty, 0)
  const stop = failing(({ name, path }) => name === 'open' && path === denied, 'EACCES')
  const { findings, remaining, mended } = await examine(storageDir, { fix: true })
  expect([remaining, mended]).toEqual([1, 1])
  expect(findings.map(({ kind, outcome }) => `${kind} ${outcome}`).sort()).toEqual([
    'unreadable unmendable',
    'variant_damaged mended',
  ])
  stop()
  expect(await readFile(denied)).toEqual(before)
  expect((await examine(storageDir)).findings).toEqual([])
})
