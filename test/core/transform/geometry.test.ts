// Geometry of transforms: scaling, cropping and padding within the limits.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eachOnce } from '../../../src/core/parameters.ts'
import { layoutOf, resultOf } from '../../../src/core/transform/geometry.ts'
import { parseTransform } from '../../../src/core/transform/parse-transform.ts'
import { FITS, KERNELS, MAX_SIDE } from '../../../src/core/transform/transform.ts'

const parse = (query: string) => parseTransform(eachOnce(new URLSearchParams(query)))

const point = fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 1000 }))
const size = fc.record({ width: fc.integer({ min: 1, max: 20_000 }), height: fc.integer({ min: 1, max: 20_000 }) })
const box = fc.record({
  width: fc.option(fc.integer({ min: 1, max: MAX_SIDE }), { nil: undefined }),
  height: fc.option(fc.integer({ min: 1, max: MAX_SIDE }), { nil: undefined }),
  fit: fc.constantFrom(...FITS),
  position: point.map(([x, y]) => ({ x: x / 1000, y: y / 1000 })),
  kernel: fc.constantFrom(...KERNELS),
})

describe('the layout of a transform', () => {
  it('stays within 4096 pixels, the requested box and the limit of enlargement', () => {
    fc.assert(
      fc.property(size, box, (source, wanted) => {
        const layout = layoutOf(source, wanted)
        const result = resultOf(layout)
        const most = wanted.kernel === 'nearest' ? 16 : 2
        for (const side of ['width', 'height'] as const) {
          expect(result[side]).toBeGreaterThanOrEqual(1)
          expect(result[side]).toBeLessThanOrEqual(wanted[side] ?? MAX_SIDE)
          expect(layout.scaled[side]).toBeLessThanOrEqual(Math.ceil(source[side] * most) + 1)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('has a crop within the picture and the picture within the canvas', () => {
    fc.assert(
      fc.property(size, box, (source, wanted) => {
        const { scaled, cut, ground } = layoutOf(source, wanted)
        if (cut && 'left' in cut) {
          expect(Math.min(cut.left, cut.top)).toBeGreaterThanOrEqual(0)
          expect(cut.left + cut.width).toBeLessThanOrEqual(scaled.width)
          expect(cut.top + cut.height).toBeLessThanOrEqual(scaled.height)
        }
        if (ground) {
          expect(Math.min(ground.left, ground.top)).toBeGreaterThanOrEqual(0)
          expect(ground.left + scaled.width).toBeLessThanOrEqual(ground.width)
          expect(ground.top + scaled.height).toBeLessThanOrEqual(ground.height)
        }
      }),
      { numRuns: 2000 },
    )
  })

  const photo = { width: 4000, height: 3000 }
  const square = { width: 100, height: 100 }
  const layout = (query: string, source = photo) => layoutOf(source, parse(query))

  it('fills exactly the requested box where the picture is large enough', () => {
    for (const fit of ['cover', 'contain'])
      expect(resultOf(layout(`w=333&h=777&fit=${fit}`))).toEqual({ width: 333, height: 777 })
    expect(resultOf(layout('w=400&h=400&fit=inside'))).toEqual({ width: 400, height: 300 })
    expect(resultOf(layout('w=400'))).toEqual({ width: 400, height: 300 })
    expect(resultOf(layout('h=300'))).toEqual({ width: 400, height: 300 })
    expect(resultOf(layout('format=webp'))).toEqual(photo)
  })

  it('centres the crop on a focal point as far as the edges allow', () => {
    const at = (position: string) => layout(`w=100&h=300&position=${position}`).cut
    expect(at('0.5,0.5')).toEqual({ width: 100, height: 300, left: 150, top: 0 })
    expect(at('0.3,0.9')).toMatchObject({ left: 70 })
    expect(at('left')).toMatchObject({ left: 0 })
    expect(at('0,0')).toMatchObject({ left: 0 })
    expect(at('right')).toMatchObject({ left: 300 })
  })

  it('reduces a box beyond the limit to a smaller one of the same shape', () => {
    const small = { width: 100, height: 100 }
    expect(resultOf(layout('w=800&h=400', small))).toEqual({ width: 200, height: 100 })
    expect(resultOf(layout('w=800&h=800&kernel=nearest', small))).toEqual({ width: 800, height: 800 })
    expect(resultOf(layout('w=800', small))).toEqual({ width: 200, height: 200 })
  })

  describe('that covers a box', () => {
    it('crops the centre, rounded to whole pixels', () => {
      const cut = { width: 400, height: 400, left: 67, top: 0 }
      expect(layout('w=400&h=400')).toEqual({ scaled: { width: 533, height: 400 }, cut })
    })

    it('crops at the edges of the picture, not beyond them', () => {
      const cutAt = (position: string) => layout(`w=100&h=300&position=${position}`).cut
      expect(cutAt('0.125,0')).toMatchObject({ left: 0 })
      expect(cutAt('0.13,0')).toMatchObject({ left: 2 })
      expect(cutAt('0.875,0')).toMatchObject({ left: 300 })
      expect(cutAt('0.87,0')).toMatchObject({ left: 298 })
      expect(layout('w=400&h=100&position=0.5,0.2').cut).toEqual({ width: 400, height: 100, left: 0, top: 10 })
      expect(layout('w=400&h=100&position=bottom').cut).toMatchObject({ top: 200 })
    })

    it.each(['attention', 'entropy'])('has only the dimensions of a crop by %s', (by) => {
      expect(layout(`w=400&h=400&position=${by}`).cut).toEqual({ width: 400, height: 400, by })
    })

    it('crops nothing where the aspect ratios are equal', () => {
      expect(layout('w=400&h=300')).toEqual({ scaled: { width: 400, height: 300 } })
      expect(layout('w=400&h=300&position=attention')).toEqual({ scaled: { width: 400, height: 300 } })
    })

    it('is enlarged to twice the picture, not more', () => {
      expect(layout('w=200&h=200', square)).toEqual({ scaled: { width: 200, height: 200 } })
      expect(layout('w=202&h=202', square)).toEqual({ scaled: { width: 200, height: 200 } })
      const cut = { width: 200, height: 100, left: 0, top: 50 }
      expect(layout('w=800&h=400', square)).toEqual({ scaled: { width: 200, height: 200 }, cut })
    })
  })

  describe('that is contained in a box', () => {
    it.each([
      ['w=400&h=400', { width: 400, height: 300 }, { left: 0, top: 50 }],
      ['w=400&h=400&position=top', { width: 400, height: 300 }, { left: 0, top: 0 }],
      ['w=400&h=400&position=0.5,0.2', { width: 400, height: 300 }, { left: 0, top: 20 }],
      ['w=400&h=400&position=bottom', { width: 400, height: 300 }, { left: 0, top: 100 }],
      ['w=500&h=300&position=0.3,0', { width: 400, height: 300 }, { left: 30, top: 0 }],
    ])('has margins by its position: %s', (query, scaled, { left, top }) => {
      const { ground, ...rest } = layout(`${query}&fit=contain`)
      expect(rest).toEqual({ scaled })
      expect(ground).toMatchObject({ left, top })
      expect(query).toContain(`w=${ground?.width}&h=${ground?.height}`)
    })

    it('is centred where its position depends on the content', () => {
      const transform = { ...parse('w=500&h=300'), fit: 'contain', position: 'attention' } as const
      expect(layoutOf(photo, transform).ground).toEqual({ width: 500, height: 300, left: 50, top: 0 })
    })

    it('has no margins where the aspect ratios are equal', () => {
      expect(layout('w=400&h=300&fit=contain')).toEqual({ scaled: { width: 400, height: 300 } })
    })

    it('is enlarged to twice the picture, not more, in a box of the same aspect ratio', () => {
      const ground = { width: 400, height: 200, left: 100, top: 0 }
      expect(layout('w=800&h=400&fit=contain', square)).toEqual({ scaled: { width: 200, height: 200 }, ground })
      expect(layout('w=400&h=200&fit=contain', square)).toEqual({ scaled: { width: 200, height: 200 }, ground })
    })
  })

  describe('that fits inside a box', () => {
    it.each([
      ['w=400&h=400&fit=inside', 400, 300],
      ['w=4000&h=150&fit=inside', 200, 150],
      ['w=400', 400, 300],
      ['h=150', 200, 150],
      ['w=4096', 4096, 3072],
    ])('keeps the aspect ratio of the picture: %s', (query, width, height) => {
      expect(layout(query)).toEqual({ scaled: { width, height } })
    })

    it.each([
      ['format=webp', 100],
      ['w=199', 199],
      ['w=200', 200],
      ['w=201', 200],
      ['h=201', 200],
      ['w=900&h=900&fit=inside', 200],
      ['w=1600&kernel=nearest', 1600],
      ['w=1601&kernel=nearest', 1600],
    ])('is enlarged within the limit of its kernel: %s', (query, side) => {
      expect(layout(query, square)).toEqual({ scaled: { width: side, height: side } })
    })

    it('has sides of at most 4096 pixels and at least one', () => {
      expect(layout('format=webp', { width: 8192, height: 2000 })).toEqual({ scaled: { width: 4096, height: 1000 } })
      expect(layout('format=webp', { width: 2000, height: 8192 })).toEqual({ scaled: { width: 1000, height: 4096 } })
      expect(layout('w=10', { width: 10_000, height: 1 })).toEqual({ scaled: { width: 10, height: 1 } })
    })
  })

  it('has another limit on enlargement on request', () => {
    for (const [limit, side] of [
      [1, 100],
      [3, 300],
    ] as const) {
      for (const query of ['w=900', 'w=900&h=900', 'w=900&h=900&fit=contain'])
        expect(layoutOf(square, parse(query), limit)).toEqual({ scaled: { width: side, height: side } })
    }
  })

  it('results in the canvas, else the crop, else the scaled picture', () => {
    const [scaled, cut, ground] = [1, 2, 3].map((side) => ({ width: side, height: side, left: 0, top: 0 }))
    if (!scaled) return
    expect(resultOf({ scaled, cut, ground })).toEqual({ width: 3, height: 3 })
    expect(resultOf({ scaled, cut })).toEqual({ width: 2, height: 2 })
    expect(resultOf({ scaled })).toEqual({ width: 1, height: 1 })
  })
})
