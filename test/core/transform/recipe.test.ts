// Recipes of renders, and the names of their files.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { eachOnce } from '../../../src/core/parameters.ts'
import { FORMATS } from '../../../src/core/transform/formats.ts'
import { parseTransform } from '../../../src/core/transform/parse-transform.ts'
import {
  formatOfRecipe,
  isSource,
  recipeAt,
  recipeFrom,
  recipeName,
  sizeRecipe,
  transformRecipe,
} from '../../../src/core/transform/recipe.ts'

const parse = (query: string) => parseTransform(eachOnce(new URLSearchParams(query)))

describe('the recipe of a size', () => {
  it('is one object for each size and format', () => {
    expect(sizeRecipe('thumb', 'webp')).toEqual({ kind: 'size', size: 'thumb', format: 'webp' })
    expect(sizeRecipe('thumb', 'webp')).toBe(sizeRecipe('thumb', 'webp'))
    expect(sizeRecipe('thumb', 'avif')).toEqual({ kind: 'size', size: 'thumb', format: 'avif' })
    expect(sizeRecipe('medium', 'webp')).toEqual({ kind: 'size', size: 'medium', format: 'webp' })
  })
})

describe('the recipe of a transform', () => {
  it('has the chosen format where the transform has auto', () => {
    for (const format of FORMATS) expect(formatOfRecipe(transformRecipe(parse('w=9&format=auto'), format))).toBe(format)
  })

  it('keeps the format of the transform, whatever the choice', () => {
    for (const choice of FORMATS) expect(formatOfRecipe(transformRecipe(parse('w=9&format=webp'), choice))).toBe('webp')
  })

  it('keeps every other value', () => {
    const transform = parse('w=9&h=8&fit=contain&position=0,0.5&q=7&background=123456&kernel=nearest&format=auto')
    expect(transformRecipe(transform, 'avif')).toEqual({
      kind: 'transform',
      transform: { ...transform, format: 'avif' },
    })
  })

  it('has no quality where it is the default of the chosen format', () => {
    const transform = parse('w=9&q=80&format=auto')
    expect(transformRecipe(transform, 'webp')).toMatchObject({ transform: { quality: undefined } })
    expect(transformRecipe(transform, 'avif')).toMatchObject({ transform: { quality: 80 } })
  })
})

describe('the recipe for a focal point', () => {
  const POINT = { x: 0.3, y: 0.6 }
  const at = (query: string, point: typeof POINT | null) => recipeAt(transformRecipe(parse(query), 'jpeg'), point)

  it('crops like one for that point, under the same file name', () => {
    const direct = recipeName(at('w=9&h=8&position=0.3,0.6', null))
    for (const query of ['w=9&h=8', 'w=9&h=8&position=focal']) {
      expect(at(query, POINT)).toMatchObject({ transform: { position: POINT } })
      expect(recipeName(at(query, POINT))).toBe(direct)
    }
  })

  it('is that of the centre without a point, under the file name of earlier versions', () => {
    const centred = ['w=9&h=8', 'w=9&h=8&position=focal', 'w=9&h=8&position=center']
    const names = centred.map((query) => recipeName(at(query, null)))
    const [name, ...others] = new Set([...names, recipeName(at('w=9&h=8', { x: 0.5, y: 0.5 }))])
    expect(others).toEqual([])
    // Of any edition of the rendering.
    const before = Array.from({ length: 99 }, (_, edition) =>
      createHash('sha256').update(`${edition}\ntransform\nw=9&h=8`).digest('hex').slice(0, 32),
    )
    expect(before.map((hash) => `${hash}.jpg`)).toContain(name)
  })

  it('is the same object where the point decides nothing, and for the same point again', () => {
    const size = sizeRecipe('thumb', 'webp')
    expect(recipeAt(size, POINT)).toBe(size)
    for (const query of ['w=9', 'h=9', 'w=9&h=8&fit=contain', 'w=9&h=8&position=top', 'w=9&h=8&position=entropy']) {
      const recipe = transformRecipe(parse(query), 'jpeg')
      expect(recipeAt(recipe, POINT)).toBe(recipe)
    }
    const recipe = transformRecipe(parse('w=9&h=8'), 'jpeg')
    const first = recipeAt(recipe, POINT)
    expect(recipeAt(recipe, { ...POINT })).toBe(first)
    expect(recipeName(recipeAt(recipe, { x: 0.3, y: 0.7 }))).not.toBe(recipeName(first))
    expect(recipeAt(recipe, null)).toBe(recipe)
  })
})

describe('the recipe for an image', () => {
  const BACKGROUND = '#102030'
  const from = (query: string, origin: Parameters<typeof recipeFrom>[1]) =>
    recipeFrom(transformRecipe(parse(query), 'jpeg'), origin, BACKGROUND)
  const nameOf = (query: string, origin: Parameters<typeof recipeFrom>[1]) => recipeName(from(query, origin))

  it('is one object for each origin', () => {
    const recipe = sizeRecipe('thumb', 'png')
    for (const origin of ['original', 'opaque_source', 'transparent_source'] as const) {
      expect(recipeFrom(recipe, origin, BACKGROUND)).toEqual({ ...recipe, origin })
      expect(recipeFrom(recipe, origin, BACKGROUND)).toBe(recipeFrom(recipe, origin, BACKGROUND))
    }
  })

  it('has the file name of earlier versions where it is made from the original, and another one otherwise', () => {
    const recipe = sizeRecipe('thumb', 'webp')
    const names = (['original', 'opaque_source', 'transparent_source'] as const).map((origin) =>
      recipeName(recipeFrom(recipe, origin, BACKGROUND)),
    )
    expect(names[0]).toBe(recipeName(recipe))
    expect(new Set(names).size).toBe(3)
  })

  it('has no background where nothing is transparent and no margin shows it', () => {
    for (const origin of ['original', 'opaque_source'] as const) {
      expect(nameOf('w=9&h=8&background=123456', origin)).toBe(nameOf('w=9&h=8', origin))
      expect(nameOf('w=9&h=8&fit=contain&background=fff', origin)).toBe(nameOf('w=9&h=8&fit=contain', origin))
      expect(nameOf('w=9&h=8&fit=contain&background=eee', origin)).not.toBe(nameOf('w=9&h=8&fit=contain', origin))
    }
    const names = ['', '&background=fff', '&background=123456'].map((background) =>
      nameOf(`w=9&h=8&format=webp${background}`, 'transparent_source'),
    )
    expect(new Set(names).size).toBe(3)
  })

  it('has the background of the server as JPEG of a picture with transparency, which its name tells', () => {
    expect(from('w=9', 'transparent_source')).toMatchObject({ transform: { background: BACKGROUND } })
    expect(nameOf('w=9', 'transparent_source')).toBe(nameOf('w=9&background=102030', 'transparent_source'))
    expect(nameOf('w=9', 'transparent_source')).not.toBe(
      recipeName(recipeFrom(transformRecipe(parse('w=9'), 'jpeg'), 'transparent_source', '#ffffff')),
    )
    expect(from('w=9&background=445566', 'transparent_source')).toMatchObject({ transform: { background: '#445566' } })
    expect(from('w=9&format=webp', 'transparent_source')).toMatchObject({ transform: { background: undefined } })
    expect(from('w=9', 'original')).toMatchObject({ transform: { background: undefined } })
  })

  it('is the source itself for the original as PNG, where there is one', () => {
    const stored = (size: 'original' | 'medium', format: 'png' | 'webp', origin: Parameters<typeof recipeFrom>[1]) =>
      isSource(recipeFrom(sizeRecipe(size, format), origin, BACKGROUND))
    expect(stored('original', 'png', 'transparent_source')).toBe(true)
    expect(stored('original', 'png', 'opaque_source')).toBe(true)
    expect(stored('original', 'png', 'original')).toBe(false)
    expect(stored('medium', 'png', 'transparent_source')).toBe(false)
    expect(stored('original', 'webp', 'transparent_source')).toBe(false)
    expect(isSource(from('format=png', 'transparent_source'))).toBe(false)
    expect(isSource(sizeRecipe('original', 'png')), 'of an image without a source').toBe(false)
  })
})

describe('the file name of a render', () => {
  // Names on disk: a change of them, without a new edition of the rendering, loses every cached render.
  it.each([
    [sizeRecipe('thumb', 'webp'), '22851ab5ca576dc356e4c66035e406fa.webp'],
    [sizeRecipe('thumb', 'avif'), '22851ab5ca576dc356e4c66035e406fa.avif'],
    [sizeRecipe('medium', 'avif'), '7607c53c11d19ecb179d6bb3f1cffb39.avif'],
    [transformRecipe(parse('h=180&format=auto&w=320'), 'webp'), '255dd460394fd6a76df3493cf6c296c5.webp'],
    [transformRecipe(parse('w=320'), 'avif'), '498bd5e64a1e453fdd93c97936318d28.jpg'],
  ])('of %o is %s in every version', (recipe, name) => {
    expect(recipeName(recipe)).toBe(name)
    expect(recipeName(recipe)).toBe(name)
  })
})
