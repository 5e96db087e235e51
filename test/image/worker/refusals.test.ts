import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { encodePicture } from '../../../src/image/worker/pipeline.ts'
import { filesIn, temporaryFolder } from '../../support/disk/folder.ts'
import { jobFor, photo, photoAs, plain } from '../../support/pictures/pictures.ts'

const options = { maxPixels: 100_000_000, background: '#ffffff' }

const refusal = async (upload: Buffer, more: Partial<typeof options> = {}) => {
  const folder = await temporaryFolder()
  const job = await jobFor(folder, upload)
  const error = await encodePicture(job, { ...options, ...more }).catch((cause: unknown) => cause)
  return { folder, error }
}

describe('a picture that is refused', () => {
  const noise = () => photo({ width: 800, height: 600 })
  const progressive = async () => (await photoAs({ width: 400, height: 300 })).jpeg({ progressive: true }).toBuffer()

  it.each([
    ['a JPEG cut in half', noise],
    ['a progressive JPEG cut in half', progressive],
    ['a PNG cut in half', async () => (await photoAs({ width: 400, height: 300 })).png().toBuffer()],
    ['a WebP cut in half', async () => (await photoAs({ width: 400, height: 300 })).webp().toBuffer()],
    ['a TIFF cut in half', async () => (await photoAs({ width: 400, height: 300 })).tiff().toBuffer()],
    ['an AVIF cut in half', async () => (await photoAs({ width: 400, height: 300 })).avif({ effort: 0 }).toBuffer()],
  ])('as damaged: %s', async (_, make) => {
    const file = await make()
    const { error } = await refusal(file.subarray(0, file.length >> 1))
    expect(error).toMatchObject({ code: 'damaged_image' })
  })

  it('as damaged: only the beginning of a type', async () => {
    for (const start of [
      '\xff\xd8\xff\xe0',
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      'II*\0',
      'RIFF\x10\0\0\0WEBP',
      '\0\0\0\x14ftypavif\0\0\0\0avif',
    ])
      expect((await refusal(Buffer.from(start, 'latin1'))).error).toMatchObject({ code: 'damaged_image' })
  })

  it('for its pixels, from the header alone and with nothing written', async () => {
    const file = await noise()
    const { error, folder } = await refusal(file, { maxPixels: 479_999 })
    expect(error).toMatchObject({
      code: 'too_many_pixels',
      message: 'The picture has 800 × 600 pixels; at most 479999 are accepted.',
    })
    expect(await filesIn(folder)).toEqual(['upload'])
    expect((await refusal(file, { maxPixels: 480_000 })).error).toMatchObject({ type: 'image/jpeg' })
  })

  it('for a side that JPEG cannot have', async () => {
    expect((await refusal(await plain(70_000, 2, 'red').png().toBuffer())).error).toMatchObject({
      code: 'too_many_pixels',
      message: expect.stringContaining('at most 65535 a side'),
    })
  })

  it('leaves no file open', async () => {
    const file = await noise()
    const { folder } = await refusal(Buffer.concat([file.subarray(0, file.length >> 1), Buffer.from([0xff, 0xd9])]))
    const { folder: other } = await refusal(file.subarray(0, 5000))
    if (!existsSync('/proc/self/fd')) return
    const open = readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)]
      } catch {
        return []
      }
    })
    expect(open.filter((path) => path.startsWith(folder) || path.startsWith(other))).toEqual([])
  })
})

describe('a target that exists', () => {
  it('is never written over', async () => {
    const folder = await temporaryFolder()
    const job = await jobFor(folder, await photo({ width: 300, height: 200 }))
    await writeFile(job.targets.thumb, 'precious')
    await expect(encodePicture(job, options)).rejects.toMatchObject({ code: 'internal' })
    expect(await readFile(job.targets.thumb, 'utf8')).toBe('precious')
  })
})
