import sharp from 'sharp'
import { expect, it } from 'vitest'
import { taggedTiff } from '../../../../src/image/codecs/colour/tagged-tiff.ts'
import { makeProfile } from '../../../support/pictures/profiles.ts'

it.each([3, 4] as const)('pixels of %i channels are read back with their profile', async (channels) => {
  const data = Buffer.from(Array.from({ length: 5 * 3 * channels }, (_, at) => at * 4))
  const profile = makeProfile({ isSwapped: true })
  const tiff = taggedTiff({ width: 5, height: 3, channels, data }, profile)
  expect(await sharp(tiff).metadata()).toMatchObject({ width: 5, height: 3, channels, space: 'srgb', icc: profile })
  expect(await sharp(tiff, { ignoreIcc: true }).raw().toBuffer()).toEqual(data)
})

it.each([3, 4] as const)('of pixels with a grey profile, the first of %i channels is written', async (channels) => {
  const data = Buffer.from(
    Array.from({ length: 4 }, (_, at) => [at * 9, at * 9, at * 9, 200].slice(0, channels)).flat(),
  )
  const tiff = taggedTiff({ width: 2, height: 2, channels, data }, makeProfile({ space: 'GRAY', gamma: 1 }))
  expect(await sharp(tiff).metadata()).toMatchObject({ channels: channels - 2, space: 'b-w' })
  const [first, second] = await sharp(tiff, { ignoreIcc: true })
    .toColourspace('srgb')
    .extractChannel(0)
    .raw()
    .toBuffer()
  expect([first, second]).toEqual([0, 9])
})
