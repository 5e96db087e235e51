// Steps between the frames of an atlas by the keys of the atlas view.

import { describe, expect, it } from 'vitest'
import { frameAt } from '../../src/gallery/atlas/steps.ts'

const grid = ['a', 'b', 'c', 'd', 'e'].map((name, at) => ({
  ...{ name, w: 50, h: 50 },
  ...{ x: 2 + (at % 3) * 54, y: 2 + Math.floor(at / 3) * 54 },
}))

describe('a grid of three columns whose last row has two frames', () => {
  it.each([
    ['ArrowRight', 'a', 'b'],
    ['ArrowLeft', 'b', 'a'],
    ['ArrowDown', 'b', 'e'],
    ['ArrowUp', 'd', 'a'],
    ['ArrowDown', 'c', 'e'],
    ['Home', 'e', 'a'],
    ['End', 'a', 'e'],
  ])('leads by %s from %s to %s', (key, from, to) => {
    const at = frameAt(
      grid,
      grid.findIndex(({ name }) => name === from),
      key,
    )
    expect(grid[at ?? -1]?.name).toBe(to)
  })

  it.each([
    ['ArrowLeft', 0],
    ['ArrowUp', 1],
    ['ArrowRight', 2],
    ['ArrowDown', 3],
    ['Tab', 1],
  ])('leads nowhere by %s from frame %i', (key, from) => {
    expect(frameAt(grid, from, key)).toBeUndefined()
  })
})

it('leads nowhere on a page without frames', () => {
  for (const key of ['Home', 'End', 'ArrowRight']) expect(frameAt([], 0, key)).toBeUndefined()
})

it('prefers the same row to a nearer frame of another one', () => {
  const frames = [
    { name: 'here', x: 2, y: 2, w: 50, h: 50 },
    { name: 'below', x: 42, y: 80, w: 50, h: 50 },
    { name: 'beside', x: 140, y: 2, w: 50, h: 50 },
  ]
  expect(frames[frameAt(frames, 0, 'ArrowRight') ?? -1]?.name).toBe('beside')
})
