import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodedSize, levelFor, middleSquare, sizeWithin } from '../../../src/image/worker/levels.ts'

const size = (width: number, height: number) => ({ width, height })
const side = fc.integer({ min: 1, max: 65_535 })

describe('the size of a variant', () => {
  it.each([
    [size(2400, 1800), 1600, size(1600, 1200)],
    [size(1800, 2400), 1600, size(1200, 1600)],
    [size(2400, 1800), 400, size(400, 300)],
    [size(300, 200), 400, size(300, 200)],
    [size(8000, 100), 1600, size(1600, 20)],
    [size(65_535, 1), 400, size(400, 1)],
  ])('of %o within %i is %o', (source, within, expected) => {
    expect(sizeWithin(source, within)).toEqual(expected)
  })
})

describe('the size that a picture is decoded to', () => {
  it('is that of medium for any ordinary shape', () => {
    expect(decodedSize(size(4000, 3000))).toEqual(size(1600, 1200))
    expect(decodedSize(size(1200, 900))).toEqual(size(1200, 900))
    expect(decodedSize(size(16_000, 1000))).toEqual(size(1600, 100))
  })

  it('is larger where the middle of medium would be too small for the icon', () => {
    expect(decodedSize(size(8000, 100))).toEqual(size(8000, 100))
    expect(decodedSize(size(100, 8000))).toEqual(size(100, 8000))
    expect(decodedSize(size(8000, 400))).toEqual(size(3200, 160))
    expect(decodedSize(size(65_500, 1000))).toEqual(size(6550, 100))
  })

  it('gives the icon a square of 100 or the shorter side, and is never larger than the source', () => {
    fc.assert(
      fc.property(side, side, (width, height) => {
        const decoded = decodedSize(size(width, height))
        expect(Math.min(decoded.width, decoded.height)).toBeGreaterThanOrEqual(Math.min(100, width, height))
        expect(decoded.width).toBeLessThanOrEqual(width)
        expect(decoded.height).toBeLessThanOrEqual(height)
        const medium = sizeWithin(size(width, height), 1600)
        expect(decoded.width).toBeGreaterThanOrEqual(medium.width)
        expect(decoded.height).toBeGreaterThanOrEqual(medium.height)
      }),
    )
  })
})

describe('the level that a variant is made from', () => {
  const levels = [size(8000, 100), size(1600, 20)] as const

  it('is the smallest with twice its pixels in both directions', () => {
    expect(levelFor(levels, size(400, 5))).toEqual(size(1600, 20))
    expect(levelFor(levels, size(50, 50))).toEqual(size(8000, 100))
    expect(levelFor([size(1600, 1200), size(400, 300)], size(50, 50))).toEqual(size(400, 300))
  })

  it('is the largest where none has', () => {
    expect(levelFor([size(60, 60), size(60, 60)], size(50, 50))).toEqual(size(60, 60))
  })

  it('gives the icon its middle square', () => {
    expect(middleSquare(size(8000, 100))).toEqual({ left: 3950, top: 0, width: 100, height: 100 })
    expect(middleSquare(size(100, 301))).toEqual({ left: 0, top: 100, width: 100, height: 100 })
  })
})
