// The index of assets: names in sealed segments are read once, and a change of the list is seen at once.

import { describe, expect, it, vi } from 'vitest'
import { requireReadable } from '../../../src/core/auth/access.ts'
import { listOf, SEGMENT_LENGTH } from '../../../src/core/project/image-list.ts'
import { emptyProject } from '../../../src/core/project/state.ts'
import { createAssetService } from '../../../src/services/images/assets.ts'
import type { Store } from '../../../src/stores/store.ts'
import { recordOf } from '../../contracts/store.ts'

const id = (n: number): string => String(n).padStart(20, '0')

const setUp = () => {
  const images = Array.from({ length: SEGMENT_LENGTH + 2 }, (_, n) => ({ ...recordOf(id(n)), asset: `a/${n}` }))
  const list = listOf(images)
  const stored = { id: 'one', sha256: '', bytes: 1 }
  const loaded = { ...list, segments: list.segments.map((segment) => ({ ...segment, stored })) }
  const stateWith = (tail = loaded.tail) =>
    requireReadable(
      {
        ...emptyProject('shop', '2026-01-01T00:00:00.000Z'),
        deleted: false,
        images: { segments: loaded.segments.map((segment) => ({ ...segment, images: undefined })), tail },
      },
      undefined,
    )
  const imageList = vi.fn<Store['imageList']>(async (state) => ({ ...loaded, tail: state.images.tail }))
  const transition = () => Promise.reject(new Error('not used'))
  const assets = createAssetService({ store: { imageList, transition }, variants: { forget() {} } })
  return { assets, imageList, stateWith }
}

describe('the image of an asset', () => {
  it('is found without a read once the segments of its list are known', async () => {
    const { assets, imageList, stateWith } = setUp()
    expect(assets.findNow(stateWith(), 'a/3')).toBeUndefined()
    expect(await assets.find(stateWith(), 'a/3')).toBe(id(3))
    const later = stateWith()
    for (const name of ['a/3', 'a/5', `a/${SEGMENT_LENGTH + 1}`])
      expect(await assets.find(later, name)).toBe(id(Number(name.slice(2))))
    expect(assets.findNow(later, 'a/5')).toBe(id(5))
    expect(imageList).toHaveBeenCalledTimes(1)
  })

  it('is found in the tail of a list whose segments are not known', () => {
    const { assets, imageList, stateWith } = setUp()
    expect(assets.findNow(stateWith(), `a/${SEGMENT_LENGTH}`)).toBe(id(SEGMENT_LENGTH))
    expect(imageList).not.toHaveBeenCalled()
  })

  it('is another one, or none, in another state', async () => {
    const { assets, stateWith } = setUp()
    const name = `a/${SEGMENT_LENGTH}`
    expect(await assets.find(stateWith(), name)).toBe(id(SEGMENT_LENGTH))
    expect(await assets.find(stateWith([{ ...recordOf(id(999)), asset: name }]), name)).toBe(id(999))
    await expect(assets.find(stateWith([]), name)).rejects.toMatchObject({ code: 'asset_not_found' })
    await expect(assets.find(stateWith([]), name), 'without a read').rejects.toMatchObject({ code: 'asset_not_found' })
  })

  it('is unknown where segments of the state are gone', async () => {
    const { assets, imageList, stateWith } = setUp()
    imageList.mockResolvedValue(undefined)
    expect(await assets.find(stateWith(), 'a/3')).toBeUndefined()
    expect(await assets.list(stateWith())).toBeUndefined()
  })
})
