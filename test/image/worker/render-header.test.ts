// The header of a stored original, read without the decoder where it is plain, agrees with the decoder.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sharp } from 'sharp'
import { describe, expect, it, type MockInstance, vi } from 'vitest'
import { readJpeg, rewriteJpeg } from '../../../src/image/codecs/jpeg.ts'
import { readOriginalHeader } from '../../../src/image/worker/render.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { plain } from '../../support/pictures/pictures.ts'

const PICTURE: Sharp = plain(30, 20, '#336699')

const metadata: MockInstance = vi.spyOn(Object.getPrototypeOf(PICTURE), 'metadata')

/** As an upload is stored: the orientation is the only metadata. */
const turned = async (orientation: number) =>
  Buffer.concat(rewriteJpeg(readJpeg(await PICTURE.clone().jpeg().toBuffer()), orientation))

const read = async (bytes: Buffer) => {
  const path = join(await temporaryFolder(), 'original.jpg')
  await writeFile(path, bytes)
  metadata.mockClear()
  const { shown, colour } = await readOriginalHeader(path)
  return { header: { shown, hasProfile: colour !== undefined }, usedDecoder: metadata.mock.calls.length > 0 }
}

describe('the header of an original', () => {
  it.each([
    ['baseline', PICTURE.clone().jpeg()],
    ['progressive', PICTURE.clone().jpeg({ progressive: true })],
    ['grey', PICTURE.clone().toColourspace('b-w').jpeg()],
  ])('is read without the decoder where it is plain: %s', async (_, picture) => {
    const { header, usedDecoder } = await read(await picture.toBuffer())
    expect(header).toEqual({ shown: { width: 30, height: 20 }, hasProfile: false })
    expect(usedDecoder).toBe(false)
  })

  it.each([
    ['turned', () => turned(6), { shown: { width: 20, height: 30 }, hasProfile: false }],
    ['upside down', () => turned(3), { shown: { width: 30, height: 20 }, hasProfile: false }],
    [
      'with a profile',
      () => PICTURE.clone().withIccProfile('p3').jpeg().toBuffer(),
      { shown: { width: 30, height: 20 }, hasProfile: true },
    ],
  ])('is read by the decoder where it has metadata: %s', async (_, make, header) => {
    expect(await read(await make())).toEqual({ header, usedDecoder: true })
  })

  it.each([
    ['is empty', Buffer.alloc(0)],
    ['is no JPEG', Buffer.from('not a picture at all, not a picture at all')],
    ['breaks off', Buffer.from([0xff, 0xd8, 0xff, 0xdb, 0, 67])],
    ['has a segment without a length', Buffer.from([0xff, 0xd8, ...Array(40).fill([0xff, 0xdb, 0, 0]).flat()])],
  ])('goes to the decoder, which refuses it, where the file %s', async (_, bytes) => {
    await expect(read(bytes)).rejects.toThrow()
    expect(metadata).toHaveBeenCalled()
  })

  it('is an error of the system where the file is missing', async () => {
    await expect(readOriginalHeader('/nowhere/at/all.jpg')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
