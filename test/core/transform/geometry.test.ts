// Geometry of transforms: scaling, cropping and padding within the limits.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eachOnce } from '../../../src/core/parameters.ts'
import { layoutOf, resultOf } from '../../../src/core/transform/geometry.ts'
import { FITS, KERNELS, MAX_SIDE, parseTransform } from '../../../src/core/transform/transform.ts'

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
  it('never leaves 4096 pixels, what is asked for, or the limit of enlargement', () => {
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

  it('cuts within the picture and puts it within the ground', () => {
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
  const layout = (query: string, source = photo) => layoutOf(source, parse(query))

  it('fills exactly the box that is asked for where the picture is large enough', () => {
    for (const fit of ['cover', 'contain'])
      expect(resultOf(layout(`w=333&h=777&fit=${fit}`))).toEqual({ width: 333, height: 777 })
    expect(resultOf(layout('w=400&h=400&fit=inside'))).toEqual({ width: 400, height: 300 })
    expect(resultOf(layout('w=400'))).toEqual({ width: 400, height: 300 })
    expect(resultOf(layout('h=300'))).toEqual({ width: 400, height: 300 })
    expect(resultOf(layout('format=webp'))).toEqual(photo)
  })

  it('keeps a focal point in the middle of the cut as far as the edges let it', () => {
    const at = (position: string) => layout(`w=100&h=300&position=${position}`).cut
    expect(at('0.5,0.5')).toEqual({ width: 100, height: 300, left: 150, top: 0 })
    expect(at('0.3,0.9')).toMatchObject({ left: 70 })
    expect(at('left')).toMatchObject({ left: 0 })
    expect(at('0,0')).toMatchObject({ left: 0 })
    expect(at('right')).toMatchObject({ left: 300 })
  })

  it('answers a box beyond the limit by a smaller one of the same shape', () => {
    const small = { width: 100, height: 100 }
    expect(resultOf(layout('w=800&h=400', small))).toEqual({ width: 200, height: 100 })
    expect(resultOf(layout('w=800&h=800&kernel=nearest', small))).toEqual({ width: 800, height: 800 })
    expect(resultOf(layout('w=800', small))).toEqual({ width: 200, height: 200 })
  })
})
