import { describe, expect, it } from 'vitest'
import { createHistory, type Listed, type Upload } from './history.ts'

const listOf = (...ids: readonly (readonly [id: string, upload: string])[]): Listed => ({
  primary_image_id: ids[0]?.[0] ?? null,
  images: ids.map(([id, upload], at) => ({ id, is_primary: at === 0, sha256: { upload, thumb: '' } })),
})

const at = (ms: number) => performance.now() + ms

describe('the check of lists', () => {
  const withUpload = () => {
    const history = createHistory()
    const upload: Upload = history.upload('shop', 'file')
    upload.acknowledged = { imageId: 'image', atMs: performance.now() }
    return { history, upload, wrong: (list: Listed) => history.wrongIn('shop', list, at(1)) }
  }

  it('finds what is lost, doubled, another image, or was never sent', () => {
    const { wrong } = withUpload()
    expect(wrong(listOf(['image', 'file']))).toEqual([])
    expect(wrong(listOf())).toEqual(['shop: lost: image image'])
    expect(wrong(listOf(['other', 'file']))).toEqual(['shop: other: image other is not image'])
    expect(wrong(listOf(['image', 'file'], ['other', 'file']))).toEqual([
      'shop: doubled: the upload file became 2 images',
    ])
    expect(wrong(listOf(['image', 'file'], ['other', 'stranger']))).toEqual(['shop: image other was never sent'])
  })

  it('lets an upload without an answer be there or not, and one that was answered later', () => {
    const history = createHistory()
    const upload = history.upload('shop', 'file')
    const both = () => [listOf(), listOf(['image', 'file'])].flatMap((list) => history.wrongIn('shop', list, at(0)))
    expect(both()).toEqual([])
    upload.acknowledged = { imageId: 'image', atMs: at(1000) }
    expect(both()).toEqual([])
  })

  it('finds images that are back again, but not where the deletion may not have happened', () => {
    const { history, upload, wrong } = withUpload()
    const removal = history.deleteImage('image')
    expect(history.isRemovalSent(upload)).toBe(true)
    expect([...wrong(listOf()), ...wrong(listOf(['image', 'file']))]).toEqual([])
    Object.assign(removal, { isAcknowledged: true, endMs: performance.now() })
    expect(wrong(listOf())).toEqual([])
    expect(wrong(listOf(['image', 'file']))).toEqual(['shop: back again: image image'])
  })

  it('finds what a deleted project still has, and what was lost after it was made again', () => {
    const { history, upload, wrong } = withUpload()
    const before = performance.now()
    while (performance.now() === before);
    const drop = history.deleteProject('shop')
    expect([...wrong(listOf()), ...wrong(listOf(['image', 'file']))]).toEqual([])
    Object.assign(drop, { isAcknowledged: true, endMs: performance.now() })
    expect(wrong(listOf(['image', 'file']))).toEqual(['shop: back again: image image'])
    while (performance.now() === drop.endMs);
    const second = history.upload('shop', 'second')
    second.acknowledged = { imageId: 'second', atMs: performance.now() }
    expect([history.isRemovalSent(upload), history.isRemovalSent(second)]).toEqual([true, false])
    expect(wrong(listOf())).toEqual(['shop: lost: image second'])
  })

  it('wants exactly one cover of a project with images, and none of another', () => {
    const { wrong } = withUpload()
    const list = listOf(['image', 'file'])
    expect(wrong({ ...list, primary_image_id: null })).toHaveLength(1)
    expect(wrong({ ...list, primary_image_id: 'gone' })).toHaveLength(1)
    expect(
      wrong({ primary_image_id: null, images: list.images.map((image) => ({ ...image, is_primary: false })) }),
    ).toEqual(['shop: the cover is null, marked are [] of 1'])
    expect(createHistory().wrongIn('shop', { primary_image_id: 'gone', images: [] }, 0)).toHaveLength(1)
  })
})
