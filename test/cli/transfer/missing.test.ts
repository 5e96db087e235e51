// What a project lacks of a source.

import { describe, expect, it } from 'vitest'
import type { ListedImage } from '../../../src/cli/transfer/listing.ts'
import { createMissing } from '../../../src/cli/transfer/missing.ts'
import { EXAMPLE_HASHES } from '../../../src/http/schemas/examples.ts'

const image = (id: string, upload: string, asset: string | null = null): ListedImage => ({
  id,
  created_at: new Date(0).toISOString(),
  name: null,
  title: null,
  alt: null,
  tags: [],
  focal_point: null,
  taken_at: null,
  asset,
  sizes: { original: { bytes: 1 }, medium: { bytes: 1 }, thumb: { bytes: 1 }, game: { bytes: 1 } },
  sha256: { ...EXAMPLE_HASHES, upload },
})

const NONE = new Set<string>()

describe('a file', () => {
  it('is there by its content, whatever its name and that of the image are', () => {
    const missing = createMissing([image('1', 'a'), image('2', 'b')], NONE)
    expect([missing.take({}, 'b'), missing.take({}, 'c')]).toEqual(['2', undefined])
  })

  it('that is there twice needs two images', () => {
    const missing = createMissing([image('1', 'a'), image('2', 'a')], NONE)
    expect([missing.take({}, 'a'), missing.take({}, 'a'), missing.take({}, 'a')]).toEqual(['1', '2', undefined])
  })

  it('is there by the file that it was made from, too', () => {
    const missing = createMissing([image('1', 'a')], NONE)
    expect(missing.take({ madeFrom: 'a' }, 'x')).toBe('1')
    expect(missing.take({ madeFrom: 'a' }, 'x')).toBeUndefined()
  })

  it('of an asset is there only under that name, and with that content', () => {
    const missing = createMissing([image('1', 'a', 'ui/ok'), image('2', 'b')], new Set(['ui/ok', 'ui/no']))
    expect(missing.take({ asset: 'ui/ok' }, 'a')).toBe('1')
    expect(missing.take({ asset: 'ui/ok' }, 'b')).toBeUndefined()
    expect(missing.take({ asset: 'ui/no' }, 'b')).toBeUndefined()
  })

  it('is not there by the image of an asset that another file of the source is', () => {
    const assets = new Set(['ui/ok'])
    expect(createMissing([image('1', 'a', 'ui/ok')], assets).take({}, 'a')).toBeUndefined()
    expect(createMissing([image('1', 'a', 'ui/ok')], NONE).take({}, 'a')).toBe('1')
  })
})

describe('an image', () => {
  it('stands for one file alone', () => {
    const missing = createMissing([image('1', 'a')], NONE)
    expect([missing.claim('1'), missing.claim('1'), missing.take({}, 'a')]).toEqual([true, false, undefined])
  })
})

describe('the number of an upload', () => {
  it('counts for each content', () => {
    const { turn } = createMissing([], NONE)
    expect([turn('a'), turn('a'), turn('b'), turn('a')]).toEqual([1, 2, 1, 3])
  })
})
