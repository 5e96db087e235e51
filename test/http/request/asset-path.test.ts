// Paths of assets: their pictures and renders.

import { describe, expect, it } from 'vitest'
import { FORMATS_BY_EXTENSION } from '../../../src/core/transform/formats.ts'
import { parseAssetPath } from '../../../src/http/request/asset-path.ts'

describe('the path of an asset', () => {
  it.each([...FORMATS_BY_EXTENSION])('with the extension %s is its picture, or its render', (extension, format) => {
    expect(parseAssetPath(`ui/button.${extension}`)).toEqual({
      kind: 'file',
      path: `ui/button.${extension}`,
      name: 'ui/button',
      format,
    })
    expect(parseAssetPath(`v1.2/hero/render.${extension}`)).toEqual({
      kind: 'render',
      path: `v1.2/hero/render.${extension}`,
      name: 'v1.2/hero',
      hasExtension: true,
    })
  })

  it('ends by "render" for a render without an extension', () => {
    expect(parseAssetPath('hero/render')).toEqual({
      kind: 'render',
      path: 'hero/render',
      name: 'hero',
      hasExtension: false,
    })
    expect(parseAssetPath('render/hero.jpg')).toMatchObject({ kind: 'file', name: 'render/hero' })
  })

  it.each([
    '',
    'hero',
    'hero.gif',
    'hero.jpeg',
    'hero.jpg.jpg',
    'render',
    'render.jpg',
    'Hero.jpg',
    '../hero.jpg',
    'hero/render.gif',
    'hero.jpg/render',
    '/render',
    'hero/render/',
  ])('is not %j', (path) => {
    expect(parseAssetPath(path)).toBeUndefined()
  })
})
