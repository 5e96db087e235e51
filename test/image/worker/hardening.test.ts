import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { hardenSharp } from '../../../src/image/worker/hardening.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { photoAs } from '../../support/pictures/pictures.ts'

const ACCEPTED = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const
const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
const refused = {
  svg,
  pdf: Buffer.from('%PDF-1.4\n1 0 obj'),
  ppm: Buffer.from('P3 1 1 255 1 2 3'),
  csv: Buffer.from('1,2\n3,4'),
}

describe('a hardened sharp', () => {
  beforeAll(() => {
    hardenSharp()
  })

  it.each(ACCEPTED)('reads %s from memory', async (format) => {
    const file = await (await photoAs({ width: 40, height: 30 })).toFormat(format).toBuffer()
    expect(await sharp(file).raw().toBuffer({ resolveWithObject: true })).toMatchObject({
      info: { width: 40, height: 30 },
    })
  })

  it.each(Object.entries(refused))('reads %s neither from memory nor from a file', async (name, content) => {
    const path = join(await temporaryFolder(), `picture.${name}`)
    await writeFile(path, content)
    await expect(sharp(content).metadata()).rejects.toThrow('unsupported image format')
    await expect(sharp(path).metadata()).rejects.toThrow('unsupported image format')
  })

  it('reads no file but JPEG', async () => {
    const folder = await temporaryFolder()
    for (const format of ACCEPTED) {
      const path = join(folder, format)
      await writeFile(path, await (await photoAs({ width: 40, height: 30 })).toFormat(format).toBuffer())
      const read = sharp(path).metadata()
      if (format === 'jpeg') await expect(read).resolves.toMatchObject({ width: 40 })
      else await expect(read).rejects.toThrow('unsupported image format')
    }
  })

  it('caches nothing, and uses one core', () => {
    expect(sharp.concurrency()).toBe(1)
    expect(sharp.cache()).toMatchObject({ memory: { max: 0 }, files: { max: 0 }, items: { max: 0 } })
  })
})
