// Logic of the walls: order, selection, layout, crops, deletions, tags.

import { describe, expect, it, vi } from 'vitest'
import { cropPosition } from '../../src/gallery/details/crop.ts'
import { frequentTags, tagsOf, textOfTags } from '../../src/gallery/parts/tags.ts'
import { layOut, verticalNeighbour } from '../../src/gallery/pictures/layout.ts'
import { changedBeginning, moved, stepped, successor } from '../../src/gallery/pictures/order.ts'
import { createSelection } from '../../src/gallery/pictures/selection.ts'
import { deleteLater } from '../../src/gallery/project/deletion.ts'
import { idOf } from '../../src/gallery/wall/project-id.ts'

const order = [...'abcdef']
const text = (ids: readonly string[]) => ids.join('')

describe('moving images', () => {
  it.each([
    ['b', 'e', 'acdbef'],
    ['eb', 'a', 'beacdf'],
    ['bc', 'c', 'abcdef'],
    ['ac', undefined, 'bdefac'],
    ['f', 'f', 'abcdef'],
  ])('%s before %s gives %s', (ids, before, expected) => {
    expect(text(moved(order, new Set(ids), before))).toBe(expected)
  })

  it.each([
    ['b', -1, 'bacdef'],
    ['a', -1, 'abcdef'],
    ['f', 1, 'abcdef'],
    ['bc', 1, 'adbcef'],
    ['ab', -1, 'abcdef'],
    ['ac', -1, 'acbdef'],
  ] as const)('%s by %s gives %s', (ids, step, expected) => {
    expect(text(stepped(order, new Set(ids), step))).toBe(expected)
  })

  it.each([
    ['b', 'c'],
    ['bd', 'c'],
    ['ef', 'd'],
    ['abcdef', undefined],
  ])('%s removed leaves %s in its place', (ids, expected) => {
    expect(successor(order, new Set(ids))).toBe(expected)
  })

  it('names the shortest beginning that makes the new order', () => {
    expect(text(changedBeginning(order, [...'bacdef']))).toBe('ba')
    expect(changedBeginning(order, order)).toEqual([])
    expect(text(changedBeginning(order, [...'abcdfe']))).toBe('abcdfe')
  })
})

describe('the selection', () => {
  it('has one, a range from the last one, all, and none', () => {
    const selection = createSelection()
    const chosen = () => text([...selection.ids.value].sort())
    selection.toggle('b')
    selection.extend('e', order)
    expect(chosen()).toBe('bcde')
    selection.toggle('c')
    expect(chosen()).toBe('bde')
    selection.extend('a', order)
    expect(chosen()).toBe('abcde')
    selection.keep(new Set('bx'))
    expect(chosen()).toBe('b')
    selection.clear()
    expect(chosen()).toBe('')
    selection.extend('d', order)
    expect(chosen()).toBe('d')
  })
})

describe('the layout', () => {
  const shapes = Array.from({ length: 500 }, (_, at) => [1.5, 0.67, 1, 1.78, 12, 0.1][at % 6] ?? 1)

  it.each([288, 736, 1400])('fills a wall of %i pixels, in blocks of whole rows without gaps', (width) => {
    const blocks = layOut(shapes, width)
    expect(blocks.flatMap(({ boxes }) => boxes)).toHaveLength(shapes.length)
    for (const [index, { first, boxes, height }] of blocks.entries()) {
      expect(first).toBe(blocks.slice(0, index).reduce((sum, block) => sum + block.boxes.length, 0))
      for (const box of boxes) {
        expect(box.left + box.width).toBeLessThanOrEqual(width + 0.5)
        expect(box.top).toBeGreaterThanOrEqual(0)
        expect(box.top + box.height).toBeLessThanOrEqual(height)
      }
    }
  })

  it('is empty without images or without a wall', () => {
    expect([layOut([], 1000), layOut(shapes, 0)]).toEqual([[], []])
  })

  it('finds the picture above and below', () => {
    const blocks = layOut(
      Array.from({ length: 200 }, () => 1),
      1000,
    )
    const across = blocks[0]?.boxes.filter(({ top }) => top === 0).length ?? 0
    expect(across).toBeGreaterThan(2)
    expect(verticalNeighbour(blocks, 1, 1)).toBe(1 + across)
    expect(verticalNeighbour(blocks, 1 + across, -1)).toBe(1)
    expect([verticalNeighbour(blocks, 1, -1), verticalNeighbour(blocks, 199, 1)]).toEqual([1, 199])
    const last = blocks[0]?.boxes.length ?? 0
    expect(verticalNeighbour(blocks, last, -1)).toBe(last - across)
  })
})

describe('a crop', () => {
  it('keeps the focal point in view, within the picture', () => {
    expect(cropPosition(2, 1, { x: 0.5, y: 0.1 })).toEqual({ x: 50, y: 50 })
    expect(cropPosition(2, 1, { x: 0, y: 0 })).toEqual({ x: 0, y: 50 })
    expect(cropPosition(2, 1, { x: 1, y: 0 })).toEqual({ x: 100, y: 50 })
    expect(cropPosition(0.5, 1, { x: 0, y: 0.75 })).toEqual({ x: 50, y: 100 })
    expect(cropPosition(1, 1, { x: 0, y: 0 })).toEqual({ x: 50, y: 50 })
  })
})

describe('a deletion', () => {
  const start = () => {
    const calls = { hide: vi.fn(), show: vi.fn(), send: vi.fn(async () => {}), onError: vi.fn() }
    return { calls, begin: (ids: string[]) => deleteLater(new Set(ids), { delayMs: 8000, ...calls }) }
  }

  it('hides at once, sends nothing for its time, then up to 1000 at a time', async () => {
    vi.useFakeTimers()
    try {
      const { calls, begin } = start()
      const ids = Array.from({ length: 1001 }, (_, at) => String(at))
      begin(ids)
      expect(calls.hide).toHaveBeenCalledWith(new Set(ids))
      await vi.advanceTimersByTimeAsync(7999)
      expect(calls.send).not.toHaveBeenCalled()
      await vi.advanceTimersByTimeAsync(1)
      expect(calls.send.mock.calls).toEqual([[ids.slice(0, 1000)], [['1000']]])
      expect(calls.show).not.toHaveBeenCalled()
    } finally {
      vi.useRealTimers()
    }
  })

  it('shows again and sends nothing where it is taken back, or shows what the server refuses', async () => {
    vi.useFakeTimers()
    try {
      const { calls, begin } = start()
      begin(['a']).undo()
      await vi.advanceTimersByTimeAsync(10_000)
      expect([calls.show.mock.calls, calls.send.mock.calls]).toEqual([[[new Set('a')]], []])
      const refused = new Error('forbidden')
      calls.send.mockRejectedValueOnce(refused)
      begin(['b'])
      await vi.advanceTimersByTimeAsync(8000)
      expect(calls.show).toHaveBeenLastCalledWith(new Set('b'))
      expect(calls.onError).toHaveBeenCalledWith(refused)
    } finally {
      vi.useRealTimers()
    }
  })

  it('that need not wait is sent at once, and neither again nor after it was taken back', async () => {
    vi.useFakeTimers()
    try {
      const { calls, begin } = start()
      const first = begin(['a'])
      first.sendNow()
      first.undo()
      first.sendNow()
      const second = begin(['b'])
      second.undo()
      second.sendNow()
      await vi.advanceTimersByTimeAsync(10_000)
      expect(calls.send.mock.calls).toEqual([[['a']]])
      expect(calls.show.mock.calls).toEqual([[new Set('b')]])
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('the id of a new project', () => {
  it.each([
    ['Trip to the coast', 'trip-to-the-coast'],
    ['  Größe & Übermut! ', 'grosse-ubermut'],
    ['../etc', 'etc'],
    ['東京', ''],
    ['a'.repeat(80), 'a'.repeat(64)],
  ])('%j gives %j', (title, id) => {
    expect(idOf(title)).toBe(id)
  })
})

describe('tags', () => {
  it('are offered by how many have them, twelve at most', () => {
    const of = (...tags: string[]) => ({ tags })
    expect(frequentTags([of('b', 'a'), of('c'), of('c', 'b'), of('c')])).toEqual(['c', 'b', 'a'])
    const many = Array.from({ length: 13 }, (_, at) => `tag-${String(at).padStart(2, '0')}`)
    expect(frequentTags([of(...many)])).toEqual(many.slice(0, 12))
    expect(frequentTags([])).toEqual([])
  })

  it('are read from the text of a field, and are the same in another one', () => {
    expect(tagsOf(' sea , late summer,,')).toEqual(['sea', 'late summer'])
    expect(tagsOf('  ')).toEqual([])
    expect(tagsOf(textOfTags(['sea', 'late summer']))).toEqual(['sea', 'late summer'])
  })
})
