import { describe, expect, it } from 'vitest'
import { placementOf } from '../../../../src/image/codecs/isobmff/placement.ts'
import { u8 } from '../../../../src/image/codecs/isobmff/writer.ts'
import type { HevcPicture } from '../../../../src/image/worker/decodable/hevc-decoder.ts'
import { writeAlpha, writeTile } from '../../../../src/image/worker/decodable/rgb.ts'
import type { Pixels } from '../../../../src/image/worker/samples.ts'

const blank = (width: number, height: number, channels: 3 | 4): Pixels => ({
  width,
  height,
  channels,
  data: Buffer.alloc(width * height * channels, 9),
})

const plane = (width: number, height: number, samples: number[], depth = 8) => ({
  width,
  height,
  // A row is followed by samples that are not shown.
  samples: (depth > 8 ? Uint16Array : Uint8Array).from(
    Array.from({ length: height }, (_, y) => [...samples.slice(y * width, (y + 1) * width), 77, 77]).flat(),
  ),
  stride: width + 2,
})

const picture = (planes: HevcPicture['planes'], depth = 8): HevcPicture => ({
  planes,
  depth,
  matrix: 2,
  isFullRange: false,
})

/** One pixel of three samples, as RGB. */
const pixelOf = (samples: readonly number[], coding: { matrix: number; isFullRange: boolean }, depth = 8) => {
  const target = blank(1, 1, 3)
  const planes = samples.map((sample) => plane(1, 1, [sample], depth))
  const placement = placementOf({ width: 1, height: 1 }, [])
  writeTile(target, picture(planes, depth), coding, { left: 0, top: 0, placement })
  return [...target.data]
}

describe('a decoded picture', () => {
  // Computed from the weights of ITU-T H.273.
  it.each([
    ['BT.601, full range', [100, 90, 180], { matrix: 6, isFullRange: true }, 8, [173, 76, 33]],
    ['BT.601, limited range', [100, 90, 180], { matrix: 5, isFullRange: false }, 8, [181, 70, 21]],
    ['unspecified', [100, 90, 180], { matrix: 2, isFullRange: true }, 8, [173, 76, 33]],
    ['BT.709', [100, 90, 180], { matrix: 1, isFullRange: true }, 8, [182, 83, 29]],
    ['BT.2020', [100, 90, 180], { matrix: 9, isFullRange: true }, 8, [177, 77, 29]],
    ['10 bit', [400, 360, 720], { matrix: 6, isFullRange: true }, 10, [172, 75, 32]],
    ['12 bit, limited range', [1600, 1440, 2880], { matrix: 6, isFullRange: false }, 12, [181, 70, 21]],
    ['levels outside of the range', [250, 20, 255], { matrix: 6, isFullRange: true }, 8, [255, 196, 59]],
    ['RGB', [100, 90, 180], { matrix: 0, isFullRange: true }, 8, [180, 100, 90]],
    ['grey', [100], { matrix: 6, isFullRange: true }, 8, [100, 100, 100]],
    ['grey of limited range', [126], { matrix: 6, isFullRange: false }, 8, [128, 128, 128]],
  ])('has its colours converted: %s', (_, samples, coding, depth, expected) => {
    const seen = pixelOf(samples, coding, depth)
    for (const [channel, level] of expected.entries())
      expect(Math.abs((seen[channel] ?? 999) - level), String(seen)).toBeLessThanOrEqual(1)
  })

  it('is not supported where its colours are coded in another way', () => {
    expect(() => pixelOf([100, 90, 180], { matrix: 14, isFullRange: true })).toThrow(
      expect.objectContaining({ code: 'unsupported_image_layout' }),
    )
  })

  it('has the chroma of each pixel that a sample covers, also in odd dimensions', () => {
    const target = blank(3, 3, 3)
    const luma = plane(3, 3, Array(9).fill(128))
    const cb = plane(2, 2, [128, 128, 128, 128])
    const cr = plane(2, 2, [128, 200, 60, 128])
    const placement = placementOf(target, [])
    writeTile(target, picture([luma, cb, cr]), { matrix: 6, isFullRange: true }, { left: 0, top: 0, placement })
    const reds = Array.from({ length: 9 }, (_, pixel) => target.data[pixel * 3])
    expect(reds).toEqual([128, 128, 229, 128, 128, 229, 33, 33, 128])
  })

  it('is written where it is shown, and cut at the edges of the whole', () => {
    const grey = picture([plane(2, 2, [10, 20, 30, 40])])
    const coding = { matrix: 6, isFullRange: true }
    const redsOf = (turns: number) => {
      const placement = placementOf({ width: 3, height: 3 }, [{ type: 'irot', content: u8(turns), isEssential: true }])
      const target = blank(3, 3, 3)
      for (const [left, top] of [
        [0, 0],
        [2, 0],
        [0, 2],
      ] as const)
        writeTile(target, grey, coding, { left, top, placement })
      return Array.from({ length: 9 }, (_, pixel) => target.data[pixel * 3])
    }
    expect(redsOf(0)).toEqual([10, 20, 10, 30, 40, 30, 10, 20, 9])
    expect(redsOf(1)).toEqual([10, 30, 9, 20, 40, 20, 10, 30, 10])
    expect(redsOf(2)).toEqual([9, 20, 10, 30, 40, 30, 10, 20, 10])
    expect(redsOf(3)).toEqual([10, 30, 10, 20, 40, 20, 9, 30, 10])
  })

  it('has its luma as opacity', () => {
    const target = blank(2, 1, 4)
    const placement = placementOf(target, [])
    const place = { left: 0, top: 0, placement }
    writeAlpha(target, picture([plane(2, 1, [0, 1023], 10)], 10), { matrix: 2, isFullRange: false }, place)
    expect([...target.data]).toEqual([9, 9, 9, 0, 9, 9, 9, 255])
  })
})
