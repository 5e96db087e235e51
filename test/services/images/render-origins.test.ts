// Where renders are made from: found once for each image, from the head of its source.

import { describe, expect, it } from 'vitest'
import { unknownImage } from '../../../src/core/not-found.ts'
import { createRenderOrigins } from '../../../src/services/images/render-origins.ts'
import { plain } from '../../support/pictures/pictures.ts'
import { softSprite, toPng } from '../../support/pictures/sprites.ts'

const BOTH = { opaque: 'jpeg', transparent: 'png' }

const setUp = async () => {
  const sources = new Map<string, Buffer | undefined>([
    ['photo', undefined],
    ['drawing', await plain(9, 9).png().toBuffer()],
    ['sprite', await toPng(softSprite(16))],
  ])
  const counts = { looked: 0, read: 0, open: 0 }
  const origins = createRenderOrigins({
    async renderSource(projectId, imageId) {
      counts.looked++
      if (!sources.has(imageId)) throw unknownImage(projectId, imageId)
      return { projectId, imageId, size: sources.get(imageId) ? 'source' : 'original' }
    },
    async openVariant(_, imageId) {
      const file = sources.get(imageId)
      if (!file) return undefined
      counts.open++
      return {
        bytes: file.length,
        modifiedMs: 0,
        async *read(start, end) {
          counts.read += end - start
          yield Uint8Array.from(file.subarray(start, end))
        },
        close: async () => void counts.open--,
      }
    },
  })
  return { origins, sources, counts }
}

describe('the origin of renders', () => {
  it('is the original, or the source with or without an alpha channel', async () => {
    const { origins, counts } = await setUp()
    expect(await origins.find('game', 'photo')).toBe('original')
    expect(await origins.find('game', 'drawing')).toBe('opaque_source')
    expect(await origins.find('game', 'sprite')).toBe('transparent_source')
    // The head alone, and the files are closed.
    expect(counts).toEqual({ looked: 3, read: 52, open: 0 })
  })

  it('is read once for each image, and never remembered of one that is missing', async () => {
    const { origins, sources, counts } = await setUp()
    for (const _ of ['first', 'again']) await origins.find('game', 'sprite')
    expect(counts.looked).toBe(1)
    await expect(origins.find('game', 'later')).rejects.toMatchObject({ code: 'image_not_found' })
    sources.set('later', sources.get('sprite'))
    expect(await origins.find('game', 'later')).toBe('transparent_source')
  })

  it('chooses between two values, and is not needed for one', async () => {
    const { origins, counts } = await setUp()
    expect(origins.chooseNow('game', 'sprite', BOTH)).toBeUndefined()
    expect(origins.chooseNow('game', 'sprite', { opaque: 'webp', transparent: 'webp' })).toBe('webp')
    expect(await origins.choose('game', 'missing', { opaque: 'webp', transparent: 'webp' })).toBe('webp')
    expect(counts.looked).toBe(0)
    expect(await origins.choose('game', 'sprite', BOTH)).toBe('png')
    expect(await origins.choose('game', 'drawing', BOTH)).toBe('jpeg')
    expect(await origins.choose('game', 'photo', BOTH)).toBe('jpeg')
    expect(origins.chooseNow('game', 'sprite', BOTH)).toBe('png')
    expect(origins.chooseNow('game', 'photo', BOTH)).toBe('jpeg')
    expect(origins.chooseNow('other', 'sprite', BOTH)).toBeUndefined()
    await expect(origins.choose('game', 'missing', BOTH)).rejects.toMatchObject({ code: 'image_not_found' })
  })
})
