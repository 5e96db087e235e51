// Boxes of frames: the pixels that an image takes in an atlas.

import { describe, expect, it } from 'vitest'
import { type BoxRule, boxOf, boxRuleSchema, coverCell } from '../../../src/core/atlas/boxes.ts'

const framed = (width: number, height: number, thumb: { width: number; height: number }) => ({
  ...{ id: 'a', width, height },
  sizes: { thumb },
})
const photo = framed(4000, 3000, { width: 400, height: 300 })

describe('the box of an image', () => {
  it('is the cell of a grid, whatever the image', () => {
    expect(boxOf({ kind: 'grid', width: 50, height: 40 }, photo)).toEqual({ width: 50, height: 40 })
  })

  it('is that of its thumbnail', () => {
    expect(boxOf({ kind: 'packed' }, photo)).toEqual({ width: 400, height: 300 })
  })

  it.each([
    ['cover', { width: 96, height: 96 }],
    ['contain', { width: 96, height: 96 }],
    ['inside', { width: 96, height: 72 }],
  ] as const)('is that of a preset that fits by %s', (fit, box) => {
    const rule: BoxRule = { kind: 'packed', preset: { width: 96, height: 96, fit, kernel: 'lanczos3' } }
    expect(boxOf(rule, photo)).toEqual(box)
  })

  it('has sides of 1 to 512 pixels', () => {
    expect(boxOf({ kind: 'packed' }, framed(1, 1, { width: 0, height: 0 }))).toEqual({ width: 1, height: 1 })
    expect(boxOf({ kind: 'packed' }, framed(1, 1, { width: 513, height: 600 }))).toEqual({ width: 512, height: 512 })
    expect(boxOf({ kind: 'packed' }, framed(1, 1, { width: 512, height: 1 }))).toEqual({ width: 512, height: 1 })
  })
})

it('a cover is a cell that does not depend on its picture', () => {
  expect(coverCell('-1')).toEqual({ id: ':-1', width: 1, height: 1, sizes: { thumb: { width: 1, height: 1 } } })
})

describe('a rule of boxes', () => {
  const preset = { width: 512, height: 1, fit: 'cover', kernel: 'nearest' }

  it.each([{ kind: 'grid', width: 1, height: 512 }, { kind: 'packed' }, { kind: 'packed', preset }])(
    '%j is read from a revision',
    (rule) => {
      expect(boxRuleSchema.parse(rule)).toEqual(rule)
    },
  )

  it.each([
    { kind: 'grid' },
    { kind: 'grid', width: 0, height: 1 },
    { kind: 'grid', width: 1, height: 513 },
    { kind: 'grid', width: 1.5, height: 1 },
    { kind: 'free' },
    { kind: 'packed', preset: { ...preset, fit: 'fill' } },
    { kind: 'packed', preset: { ...preset, height: 0 } },
  ])('%j is refused', (rule) => {
    expect(boxRuleSchema.safeParse(rule).success).toBe(false)
  })
})
