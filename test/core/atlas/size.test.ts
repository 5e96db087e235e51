// Sizes of atlases: `game`, `thumb` and small presets.

import { describe, expect, it } from 'vitest'
import { atlasSizeOf, pixelsName } from '../../../src/core/atlas/size.ts'
import { parsePresets } from '../../../src/core/transform/presets.ts'

const presets = parsePresets(
  'icon:w=96,h=64;pixel:w=96,h=64,fit=contain,kernel=nearest;most:w=512,h=512;wide:w=513,h=8;high:w=8,h=513;row:w=96;column:h=96',
)

describe('the size of an atlas', () => {
  it('may be a stored variant', () => {
    const cell = (side: number) => ({ kind: 'grid', width: side, height: side })
    expect(atlasSizeOf('game', presets)).toEqual({
      ...{ name: 'game', table: 'game', preset: undefined, side: 2048 },
      rule: cell(50),
      coverRule: cell(50),
    })
    expect(atlasSizeOf('thumb', presets)).toEqual({
      ...{ name: 'thumb', table: 'thumb', preset: undefined, side: 4096 },
      rule: { kind: 'packed' },
      coverRule: cell(400),
    })
  })

  it('may be a preset, whose table is named by what decides its boxes', () => {
    expect(atlasSizeOf('icon', presets)).toEqual({
      name: 'icon',
      table: 'icon 96x64 cover lanczos3',
      rule: { kind: 'packed', preset: { width: 96, height: 64, fit: 'cover', kernel: 'lanczos3' } },
      coverRule: { kind: 'grid', width: 96, height: 64 },
      preset: presets.get('icon'),
      side: 2048,
    })
    expect(atlasSizeOf('pixel', presets).table).toBe('pixel 96x64 contain nearest')
  })

  it('has at most 512 pixels a side', () => {
    expect(atlasSizeOf('most', presets).coverRule).toEqual({ kind: 'grid', width: 512, height: 512 })
    for (const name of ['wide', 'high', 'row', 'column'])
      expect(() => atlasSizeOf(name, presets)).toThrow(
        `size: expected a preset with both sides, each of at most 512 pixels, received "${name}".`,
      )
  })

  it('that does not exist is refused with those that do', () => {
    expect(() => atlasSizeOf('medium', presets)).toThrow(
      expect.objectContaining({
        code: 'invalid_parameter',
        message: 'size: expected one of game, thumb, icon, pixel, most, received "medium".',
        details: { field: 'size', expected: ['game', 'thumb', 'icon', 'pixel', 'most'], received: 'medium' },
      }),
    )
  })
})

describe('the name of pixels', () => {
  const nameIn = (text: string, point: { x: number; y: number } | null = null) => {
    const made = parsePresets(text)
    return pixelsName(atlasSizeOf([...made.keys()][0] ?? '', made), 'i1', point)
  }
  const POINT = { x: 0.3, y: 0.6 }

  it('of a stored variant is that of the image and the size', () => {
    expect(pixelsName(atlasSizeOf('game', presets), 'i1', POINT)).toBe('i1 game')
    expect(pixelsName(atlasSizeOf('thumb', presets), 'i1', null)).toBe('i1 thumb')
  })

  it('of a preset depends on its transform, not on its name', () => {
    expect(nameIn('icon:w=96,h=64')).toMatch(/^i1 [\w-]{8}$/)
    expect(nameIn('tile:h=64,w=96')).toBe(nameIn('icon:w=96,h=64'))
    for (const other of ['w=96,h=65', 'w=96,h=64,fit=contain', 'w=96,h=64,kernel=nearest', 'w=96,h=64,background=000'])
      expect(nameIn(`icon:${other}`)).not.toBe(nameIn('icon:w=96,h=64'))
    expect(nameIn('icon:w=96,h=64'), 'in the caches of clients: the same in every version').toBe('i1 CpfI6Ofn')
  })

  it('contains the focal point where the crop depends on it', () => {
    const plain = nameIn('icon:w=96,h=64')
    expect(nameIn('icon:w=96,h=64', POINT)).toBe(`${plain} 0.3,0.6`)
    for (const fixed of ['icon:w=96,h=64,position=top', 'icon:w=96,h=64,fit=contain'])
      expect(nameIn(fixed, POINT)).toBe(nameIn(fixed))
  })
})
