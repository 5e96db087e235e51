// Variants: readable for as long as their image is not deleted, whether its files still exist or not.

import { rm, symlink, writeFile } from 'node:fs/promises'
import { describe, expect, it, vi } from 'vitest'
import { newImageId, SIZES } from '../../../src/core/names.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { addImage, bytesOf, readVariant } from '../../contracts/store.ts'
import { failing } from '../../support/disk/calls.ts'
import { fileStoreFixture } from '../../support/store/file-store.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))

const opened = async () => {
  const { store, folder } = await fileStoreFixture()
  const imageId = await addImage(store, 'shop')
  return { store, imageId, paths: createPaths(folder) }
}

describe('a variant', () => {
  it.each(SIZES)('of size %s is opened, found and lent as a local file', async (size) => {
    const { store, imageId, paths } = await opened()
    const content = bytesOf(imageId, size)
    expect(await readVariant(store, 'shop', imageId, size)).toBe(content)
    const found = await store.findVariant('shop', imageId, size)
    expect(found).toMatchObject({ bytes: content.length })
    expect(store.currentVariant('shop', imageId, size)).toEqual(found)
    expect(store.variantNow?.('shop', imageId, size, content.length)).toEqual({ ...found, body: Buffer.from(content) })
    expect(store.variantNow?.('shop', imageId, size, content.length - 1)).toBeUndefined()
    const reference = { projectId: 'shop', imageId, size }
    expect(await store.withLocalFile(reference, async (path) => path)).toBe(paths.variant('shop', imageId, size))
  })

  it('is undefined for an unknown image or project, and cannot be lent', async () => {
    const { store, imageId } = await opened()
    const unknown = [
      ['shop', newImageId()],
      ['toys', imageId],
    ] as const
    for (const [projectId, id] of unknown) {
      expect(await store.openVariant(projectId, id, 'thumb')).toBeUndefined()
      expect(await store.findVariant(projectId, id, 'thumb')).toBeUndefined()
      expect(store.currentVariant(projectId, id, 'thumb')).toBeUndefined()
      expect(store.variantNow?.(projectId, id, 'thumb', 100)).toBeUndefined()
    }
    const reference = { projectId: 'toys', imageId, size: 'thumb' } as const
    await expect(store.withLocalFile(reference, async () => {})).rejects.toMatchObject({ code: 'image_not_found' })
  })

  it.each(['delete_image', 'delete_project'] as const)(
    'is not readable after %s, even where its files exist',
    async (type) => {
      const { store, imageId, paths } = await opened()
      await addImage(store, 'shop')
      const stop = failing(({ name, path }) => name === 'unlink' && path.endsWith('.jpg'), 'EIO')
      await store.commit('shop', type === 'delete_image' ? { type, imageId } : { type }).catch(() => {})
      stop()
      await writeFile(paths.variant('shop', imageId, 'thumb'), 'a file that came back')
      expect(await store.openVariant('shop', imageId, 'thumb')).toBeUndefined()
      expect(await store.findVariant('shop', imageId, 'thumb')).toBeUndefined()
      expect(store.currentVariant('shop', imageId, 'thumb')).toBeUndefined()
      expect(store.variantNow?.('shop', imageId, 'thumb', 100)).toBeUndefined()
      const reference = { projectId: 'shop', imageId, size: 'thumb' } as const
      await expect(store.withLocalFile(reference, async () => {})).rejects.toMatchObject({ code: 'image_not_found' })
    },
  )

  it('at whose path there is a symbolic link is not read', async () => {
    const { store, imageId, paths } = await opened()
    const path = paths.variant('shop', imageId, 'thumb')
    await rm(path)
    await symlink(paths.variant('shop', imageId, 'original'), path)
    expect(await store.openVariant('shop', imageId, 'thumb')).toBeUndefined()
    expect(await store.findVariant('shop', imageId, 'thumb')).toBeUndefined()
  })

  it('that the disk fails to open makes the store unavailable', async () => {
    const { store, imageId } = await opened()
    failing(({ name, path }) => name === 'open' && path.endsWith('.jpg'), 'EIO')
    await expect(store.openVariant('shop', imageId, 'thumb')).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('has a path below the root in which capital letters are escaped', async () => {
    const { store } = await opened()
    const reference = { projectId: 'Shop', imageId: 'an-id', size: 'thumb' } as const
    expect(store.pathBelowRoot?.(reference)).toBe('projects/!shop/thumb/an-id.jpg')
  })
})
