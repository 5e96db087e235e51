import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { tilesOf } from '../../../../src/image/codecs/isobmff/tiles.ts'
import { assertWhole } from '../../../../src/image/worker/checks/whole.ts'
import { ALPHA, auxC, gridOf, heifFile, ispe, itemOf } from '../../../support/pictures/heif.ts'
import { plain } from '../../../support/pictures/pictures.ts'

const tile = async (color: string) => itemOf(await plain(64, 64, color).avif({ effort: 0 }).toBuffer())

/** A grid of 2×1 tiles, and one of its opacity. */
const grid = async () => {
  const [red, blue, black, white] = [await tile('red'), await tile('blue'), await tile('black'), await tile('white')]
  const whole = { type: 'grid', properties: [ispe(128, 64)], data: gridOf(2, 1, 128, 64) }
  const items = [
    { ...whole, references: { dimg: [2, 3] } },
    red,
    blue,
    { ...whole, properties: [ispe(128, 64), auxC(ALPHA)], references: { dimg: [5, 6], auxl: [1] } },
    black,
    white,
  ]
  return { file: heifFile({ brands: ['avif', 'mif1', 'miaf'], items }), tiles: [red, blue, black, white] }
}

const check = (file: Buffer) => assertWhole(file, 'image/avif', undefined, 64 * 64)
const damaged = expect.objectContaining({ code: 'damaged_image' })

describe('the tiles of an AVIF grid', () => {
  it('are files of their own, also those of its opacity', async () => {
    const { file } = await grid()
    const colours: number[][] = []
    for (const one of tilesOf(file)) {
      const { data, info } = await sharp(one).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
      expect([info.width, info.height]).toEqual([64, 64])
      colours.push([...data.subarray(0, 3)].map((level) => Math.round(level / 255)))
    }
    expect(colours.map(String).sort()).toEqual(['0,0,0', '0,0,1', '1,0,0', '1,1,1'])
    await expect(check(file)).resolves.toBeUndefined()
  })

  it('are refused as damaged where one is overwritten', async () => {
    const { file, tiles } = await grid()
    for (const { data } of tiles) {
      const changed = Buffer.from(file)
      changed.fill(0, changed.indexOf(data), changed.indexOf(data) + data.length)
      await expect(check(changed)).rejects.toThrow(damaged)
    }
  })

  it('are refused as damaged where the file ends before or within one', async () => {
    const { file, tiles } = await grid()
    for (const { data } of tiles)
      for (const cut of [file.indexOf(data), file.indexOf(data) + data.length - 1])
        await expect(check(file.subarray(0, cut))).rejects.toThrow(damaged)
  })

  it('are none where the picture is no grid, or the file has no items', async () => {
    const file = await plain(8, 8).avif({ effort: 0 }).toBuffer()
    expect([...tilesOf(file)]).toEqual([])
    expect([...tilesOf(file.subarray(0, file.indexOf('meta') - 4))]).toEqual([])
  })
})
