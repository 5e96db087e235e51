// The doctor on sources: files that can be made from no other, and that others can be made from.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { thumbHashToAverageRGBA } from 'thumbhash'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newImageId, SIZES, VARIANTS } from '../../../src/core/names.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { newChance } from '../../support/chance.ts'
import { numberedPicture, sprite } from '../../support/pictures/pictures.ts'
import {
  copyOf,
  DAMAGES,
  examineAlone,
  imagesOver,
  inShort,
  listImages,
  swap,
  uploadPicture,
  withStore,
} from '../../support/store/doctor.ts'
import { type MadeStore, makeStore } from '../../support/store/doctor-stores.ts'

let made: MadeStore
beforeAll(async () => {
  made = await makeStore((storageDir) =>
    withStore(storageDir, async (store) => {
      const images = imagesOver(store)
      await uploadPicture(images, 'shop', await sprite(96, 64).png().toBuffer())
      await uploadPicture(images, 'shop', await sprite(80, 60).png().toBuffer())
      await uploadPicture(images, 'shop', await numberedPicture(1))
    }),
  )
})
afterAll(() => made.remove())

const copy = async () => {
  const { storageDir, paths } = await copyOf(made.storageDir)
  const images = await withStore(storageDir, (store) => listImages(store, 'shop'))
  const [first, second, opaque] = images
  if (!first || !second || !opaque) throw new Error('expected three images')
  const read = ({ id }: ImageRecord, names = VARIANTS.slice()) =>
    Promise.all(names.map((name) => readFile(paths.variant('shop', id, name))))
  return { storageDir, paths, first, second, opaque, read }
}

it('an intact store with sources has no finding', async () => {
  const { storageDir } = await copy()
  expect(inShort(await examineAlone(storageDir, { fix: true }))).toEqual([])
})

describe('a source', () => {
  it.each(Object.entries(DAMAGES).filter(([name]) => !name.startsWith('swapped')))(
    'that is %s is reported, and cannot be made again',
    async (name, damage) => {
      const { storageDir, paths, first, read } = await copy()
      const jpeg = await read(first, SIZES.slice())
      await damage(newChance(), paths.variant('shop', first.id, 'source'), '')
      const kind = name === 'removed' ? 'variant_missing' : 'variant_damaged'
      for (const fix of [false, true])
        expect(inShort(await examineAlone(storageDir, { fix }))).toEqual([
          `${kind} projects/shop/source/${first.id}.png unmendable`,
        ])
      expect(await read(first, SIZES.slice())).toEqual(jpeg)
    },
  )

  it('that was swapped with another is restored, both byte for byte', async () => {
    const { storageDir, paths, first, second, read } = await copy()
    const before = [await read(first), await read(second)]
    await swap(paths.variant('shop', first.id, 'source'), paths.variant('shop', second.id, 'source'))
    expect((await examineAlone(storageDir, { fix: true })).mended).toBe(2)
    expect([await read(first), await read(second)]).toEqual(before)
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it('gives all JPEG files back, the original too, byte for byte', async () => {
    const { storageDir, paths, first, read } = await copy()
    const before = await read(first)
    for (const size of ['original', 'thumb'] as const) await rm(paths.variant('shop', first.id, size))
    const examined = await examineAlone(storageDir, { fix: true })
    expect(inShort(examined)).toEqual([
      `variant_missing projects/shop/original/${first.id}.jpg mended`,
      `variant_missing projects/shop/thumb/${first.id}.jpg mended`,
    ])
    expect(examined.findings.map(({ done }) => done)).toEqual(
      Array.from({ length: 2 }, () => 'made again from source, byte for byte'),
    )
    expect(await read(first)).toEqual(before)
  })

  it('of an image that is in no list, or that has none by its record, is moved to .lost', async () => {
    const { storageDir, paths, first, opaque } = await copy()
    const unknown = newImageId()
    for (const id of [unknown, opaque.id]) await writeFile(paths.variant('shop', id, 'source'), 'a stray')
    expect(inShort(await examineAlone(storageDir, { fix: true }))).toEqual(
      [unknown, opaque.id].map((id) => `stray_variant projects/shop/source/${id}.png mended`).sort(),
    )
    expect(await withStore(storageDir, (store) => store.renderSource('shop', opaque.id))).toMatchObject({
      size: 'original',
    })
    expect(await withStore(storageDir, (store) => store.renderSource('shop', first.id))).toMatchObject({
      size: 'source',
    })
  })

  it('has the name of a PNG file: others are only noted', async () => {
    const { storageDir, paths, first } = await copy()
    await writeFile(join(paths.variants('shop', 'source'), `${first.id}.jpg`), 'foreign')
    await writeFile(join(paths.variants('shop', 'thumb'), `${first.id}.png`), 'foreign')
    expect(inShort(await examineAlone(storageDir, { fix: true }))).toEqual([
      `unknown_entry projects/shop/source/${first.id}.jpg noted`,
      `unknown_entry projects/shop/thumb/${first.id}.png noted`,
    ])
  })
})

describe('the folder of sources', () => {
  it('may be missing where no image has one', async () => {
    const { storageDir, paths, first, second } = await copy()
    await withStore(storageDir, async (store) => {
      for (const { id } of [first, second]) await store.commit('shop', { type: 'delete_image', imageId: id })
    })
    await rm(paths.variants('shop', 'source'), { recursive: true })
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it('that is a file is replaced by a folder', async () => {
    const { storageDir, paths } = await copy()
    await rm(paths.variants('shop', 'source'), { recursive: true })
    await writeFile(paths.variants('shop', 'source'), 'a file')
    expect(inShort(await examineAlone(storageDir, { fix: true }))).toContain('odd_entry projects/shop/source mended')
  })
})

describe('a project whose lists are lost', () => {
  it('gets its images back with their sources', async () => {
    const { storageDir, paths, first, second, opaque, read } = await copy()
    const before = await read(first)
    await rm(paths.meta('shop'), { recursive: true })
    await rm(paths.published('shop'))
    await rm(paths.variant('shop', first.id, 'thumb'))
    await writeFile(paths.variant('shop', second.id, 'source'), await sharp(before[4]).resize(5, 5).png().toBuffer())
    await examineAlone(storageDir, { fix: true })
    const images = await withStore(storageDir, (store) => listImages(store, 'shop'))
    const found = images.find(({ id }) => id === first.id)
    expect(found).toMatchObject({ transparent: true, sizes: first.sizes, color: first.color })
    expect(thumbHashToAverageRGBA(Buffer.from(found?.placeholder ?? '', 'base64')).a).toBeLessThan(1)
    expect(await read(first)).toEqual(before)
    for (const { id } of [second, opaque]) {
      const image = images.find((each) => each.id === id)
      expect(image?.sizes).not.toHaveProperty('source')
      expect(image).not.toHaveProperty('transparent')
    }
    await mkdir(paths.variants('shop', 'source'), { recursive: true })
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })
})
