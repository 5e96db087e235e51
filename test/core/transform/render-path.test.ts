// Paths of renders: the extension as the format.

import { describe, expect, it } from 'vitest'
import { EXTENSIONS, FORMATS } from '../../../src/core/transform/formats.ts'
import {
  canonicalParameters,
  parseRenderPath,
  presetParameters,
  withFormatOf,
} from '../../../src/core/transform/render-path.ts'

const BASE = '/projects/demo/images/4f0z6k1m9q2w8e5r7t3y'
const invalid = expect.objectContaining({ code: 'invalid_parameter' })

describe('the path of a render', () => {
  it('has no format, or that of its extension', () => {
    expect(parseRenderPath(`${BASE}/render`)).toEqual({ path: `${BASE}/render`, format: undefined })
    for (const format of FORMATS)
      expect(parseRenderPath(`${BASE}/render.${EXTENSIONS[format]}`)).toEqual({ path: `${BASE}/render`, format })
  })

  it.each([
    '',
    '/thumb.jpg',
    '/render.gif',
    '/render.jpeg',
    '/render.',
    '/render.webp.jpg',
    '/prerender',
    '/render/a',
    '/Render',
  ])('is not %j', (end) => {
    expect(parseRenderPath(BASE + end)).toBeUndefined()
  })
})

describe('the format of an extension', () => {
  const webp = { path: '', format: 'webp' } as const

  it('is added to the parameters', () => {
    expect([...withFormatOf(webp, new Map([['w', '8']]))]).toEqual([
      ['w', '8'],
      ['format', 'webp'],
    ])
    expect([...withFormatOf({ format: undefined }, new Map([['w', '8']]))]).toEqual([['w', '8']])
  })

  it('may be named by them too, and no other one', () => {
    expect(withFormatOf(webp, new Map([['format', 'webp']])).get('format')).toBe('webp')
    expect(withFormatOf({ format: 'jpeg' }, new Map([['format', 'jpg']])).get('format')).toBe('jpeg')
    for (const other of ['avif', 'jpeg', 'auto', 'gif', ''])
      expect(() => withFormatOf(webp, new Map([['format', other]]))).toThrow(invalid)
    expect(() => withFormatOf(webp, new Map([['format', 'avif']]))).toThrow(
      'format: expected webp as the extension of the path, or no format, received "avif".',
    )
  })
})

describe('the canonical parameters', () => {
  it('of an extension are those of the same format in the query', () => {
    const query = new Map([
      ['h', '90'],
      ['w', '160'],
      ['fit', 'cover'],
    ])
    const canonical = canonicalParameters({ path: '', format: 'avif' }, query)
    expect(canonical).toEqual(
      canonicalParameters({ path: '', format: undefined }, new Map([...query, ['format', 'avif']])),
    )
    expect(canonicalParameters({ path: '', format: 'jpeg' }, query)).toEqual([
      ['w', '160'],
      ['h', '90'],
    ])
  })

  it('of a preset name it, the format of an extension, and what else was given', () => {
    expect(presetParameters({ format: undefined }, 'card')).toEqual([['preset', 'card']])
    expect(presetParameters({ format: 'jpeg' }, 'card')).toEqual([
      ['preset', 'card'],
      ['format', 'jpeg'],
    ])
    const given = new Map([
      ['preset', 'card'],
      ['n', '1'],
    ])
    expect(canonicalParameters({ path: '', format: undefined }, given)).toEqual([
      ['n', '1'],
      ['preset', 'card'],
    ])
    expect(canonicalParameters({ path: '', format: 'webp' }, new Map([['preset', 'card']]))).toEqual([
      ['preset', 'card'],
      ['format', 'webp'],
    ])
  })
})
