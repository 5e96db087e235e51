// Uploads of transparent pictures: their lossless source in the folder of the project, in its records and in answers.

import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { imageListSchema } from '../../../src/http/schemas/images/images.ts'
import { createTestApp, type TestApp, uploadTo } from '../../support/app.ts'
import { plain, sha256Of, sprite, spritePixels } from '../../support/pictures/pictures.ts'

const folderOf = ({ storageDir }: TestApp) => join(storageDir, 'projects', 'game', 'source')

const imagesOf = async ({ app }: TestApp) =>
  imageListSchema.parse(await (await app.request('/projects/game/images')).json()).images

describe('a transparent upload', () => {
  it('keeps its pixels in a fifth file, which its record and every answer name', async () => {
    const test = await createTestApp()
    const image = await uploadTo(test.app, 'game', await sprite().png().toBuffer())
    const file = await readFile(join(folderOf(test), `${image.image_id}.png`))
    expect((await sharp(file).raw().toBuffer()).equals(spritePixels(96, 64))).toBe(true)
    const source = { width: 96, height: 64, bytes: file.length }
    expect(image).toMatchObject({ transparent: true, sizes: { source } })
    expect(await imagesOf(test)).toMatchObject([{ id: image.image_id, transparent: true, sizes: { source } }])
    const meta: unknown = JSON.parse(await readFile(join(folderOf(test), '../meta.json'), 'utf8'))
    expect(meta).toMatchObject({
      images: [{ transparent: true, sizes: { source: { ...source, sha256: sha256Of(file) } } }],
    })
  })

  it.each([
    ['its image', (id: string) => `/projects/game/images/${id}`],
    ['its project', () => '/projects/game'],
  ])('loses it with %s', async (_, pathOf) => {
    const test = await createTestApp()
    const { image_id: id } = await uploadTo(test.app, 'game', await sprite().png().toBuffer())
    expect(await readdir(folderOf(test))).toEqual([`${id}.png`])
    expect((await test.app.request(pathOf(id), { method: 'DELETE' })).ok).toBe(true)
    expect(await readdir(folderOf(test))).toEqual([])
  })

  it('has none where the server keeps no sources', async () => {
    const test = await createTestApp({ keepSource: 'never' })
    const image = await uploadTo(test.app, 'game', await sprite().png().toBuffer())
    expect(image.transparent).toBe(false)
    expect(image.sizes).not.toHaveProperty('source')
    expect(existsSync(folderOf(test))).toBe(false)
  })
})

describe('an opaque upload', () => {
  it('has no source, and its project no folder for one', async () => {
    const test = await createTestApp()
    const image = await uploadTo(test.app, 'game', await plain(40, 30).ensureAlpha().png().toBuffer())
    expect(image.transparent).toBe(false)
    expect(image.sizes).not.toHaveProperty('source')
    expect(existsSync(folderOf(test))).toBe(false)
    expect(await readFile(join(folderOf(test), '../meta.json'), 'utf8')).not.toMatch(/transparent|source/)
  })

  it('has one where the server keeps all of them, except of a plain JPEG', async () => {
    const test = await createTestApp({ keepSource: 'always' })
    const png = await uploadTo(test.app, 'game', await plain(40, 30).png().toBuffer())
    const jpeg = await uploadTo(test.app, 'game')
    expect(png).toMatchObject({ transparent: false, sizes: { source: { width: 40, height: 30 } } })
    expect(jpeg.sizes).not.toHaveProperty('source')
    expect(await readdir(folderOf(test))).toEqual([`${png.image_id}.png`])
  })
})
