// The grammar of transforms and its canonical form.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eachOnce } from '../../../src/core/parameters.ts'
import { FORMATS } from '../../../src/core/transform/formats.ts'
import { POSITIONS, parseTransform } from '../../../src/core/transform/parse-transform.ts'
import { recipeName, transformRecipe } from '../../../src/core/transform/recipe.ts'
import { KERNELS, transformParameters, withoutTransparency } from '../../../src/core/transform/transform.ts'

const parse = (query: string) => parseTransform(eachOnce(new URLSearchParams(query)))
const canonical = (query: string) => new URLSearchParams(transformParameters(parse(query))).toString()

const point = fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 1000 }))
const places = [...POSITIONS.keys()]
const transform = fc.record(
  {
    w: fc.integer({ min: 1, max: 1024 }).map(String),
    h: fc.integer({ min: 1, max: 1024 }).map(String),
    fit: fc.constantFrom('cover', 'inside'),
    position: fc.oneof(
      fc.constantFrom(...places, 'attention', 'entropy'),
      point.map(([x, y]) => `${x / 1000},${y / 1000}`),
    ),
    format: fc.constantFrom('auto', 'jpg', ...FORMATS),
    q: fc.integer({ min: 1, max: 100 }).map(String),
    dpr: fc.constantFrom('1', '1.5', '2', '4'),
    background: fc.constantFrom('fff', 'ffffff', '#FFFFFF', '1b1f23'),
    kernel: fc.constantFrom(...KERNELS),
  },
  { requiredKeys: [] },
)
const asParameters = (value: Record<string, string>) => new URLSearchParams(value).toString()

describe('a transform', () => {
  it('has one canonical form, which is parsed to itself', () => {
    fc.assert(
      fc.property(transform, (value) => {
        const text = canonical(asParameters(value))
        expect(parse(text)).toEqual(parse(asParameters(value)))
        expect(canonical(text)).toBe(text)
      }),
    )
  })

  it('is equal in any order of its parameters', () => {
    fc.assert(
      fc.property(
        transform.chain((value) =>
          fc.tuple(
            fc.constant(value),
            fc.shuffledSubarray(Object.entries(value), { minLength: Object.keys(value).length }),
          ),
        ),
        ([value, shuffled]) => {
          expect(canonical(new URLSearchParams(shuffled).toString())).toBe(canonical(asParameters(value)))
        },
      ),
    )
  })

  it.each([
    ['w=320&h=180', 'w=320&h=180&fit=cover&format=jpeg&q=80&dpr=1&kernel=lanczos3'],
    ['w=320&h=180&fit=contain', 'w=320&h=180&fit=contain&position=center'],
    ['w=320', 'w=320&position=focal'],
    ['w=320&h=180', 'w=160&h=90&dpr=2'],
    ['w=320&h=180&position=0.5,0.5', 'w=0320&h=180&position=center&format=jpg'],
    ['w=320&h=180&position=0.5,0.5', 'w=320&h=180&position=0.5,.50'],
    ['w=320&h=180&position=focal', 'position=focal&h=180&w=320'],
    ['w=320&h=180&background=ffffff', 'background=%23FFF&w=0320&h=180'],
    ['w=320&h=180&fit=inside', 'w=320&h=180&fit=inside&position=top'],
    ['w=320', 'w=320&fit=contain&position=top-left'],
    ['h=180', 'h=180&fit=contain&position=top-left'],
    ['w=320&format=png', 'w=320&format=png&q=7'],
    ['w=9&h=9&position=0,0', 'w=9&h=9&position=top-left'],
    ['format=webp', 'format=webp&q=80'],
  ])('has one file name for %s and %s', (short, long) => {
    expect(canonical(long)).toBe(canonical(short))
    expect(recipeName(transformRecipe(parse(long), 'jpeg'))).toBe(recipeName(transformRecipe(parse(short), 'jpeg')))
  })

  it('has a background where one is given, which pictures with transparency show', () => {
    expect(canonical('w=9&background=fff')).toBe('w=9&background=ffffff')
    expect(canonical('w=9')).toBe('w=9')
    const equal = (query: string) =>
      new URLSearchParams(transformParameters(withoutTransparency(parse(query)))).toString()
    expect(equal('w=9&background=123456')).toBe('w=9')
    expect(equal('w=9&h=9&fit=inside&background=123456')).toBe('w=9&h=9&fit=inside')
    expect(equal('w=9&h=9&fit=contain&background=fff')).toBe('w=9&h=9&fit=contain')
    expect(equal('w=9&h=9&fit=contain&background=eee')).toBe('w=9&h=9&fit=contain&background=eeeeee')
  })

  it('has other file names where values differ', () => {
    const queries = ['w=320', 'h=320', 'w=320&h=320', 'w=320&q=79', 'w=320&format=webp', 'w=320&kernel=nearest']
    const more = ['w=320&h=320&fit=inside', 'w=320&h=320&position=attention', 'w=320&h=320&position=0.501,0.5']
    const names = [...queries, ...more].map((query) => recipeName(transformRecipe(parse(query), 'jpeg')))
    expect(new Set(names).size).toBe(names.length)
  })

  it('with a format chosen by Accept has the file name of one with that format', () => {
    const chosen = recipeName(transformRecipe(parse('w=320&format=auto&q=50'), 'avif'))
    expect(chosen).toBe(recipeName(transformRecipe(parse('w=320&format=avif'), 'jpeg')))
    expect(chosen).toMatch(/^[0-9a-f]{32}\.avif$/)
  })

  it.each([
    ['w', 'w=0'],
    ['w', 'w=4097'],
    ['w', 'w=2000&dpr=3'],
    ['w', 'w=-5'],
    ['w', 'w=1e3'],
    ['w', 'w='],
    ['w', 'w=%2B10'],
    ['h', 'h=12.5'],
    ['fit', 'fit=fill'],
    ['fit', 'fit=__proto__'],
    ['position', 'position=middle'],
    ['position', 'position=1.1,0'],
    ['position', 'position=0.3'],
    ['position', 'position=-0.1,0'],
    ['position', 'w=9&h=9&fit=contain&position=attention'],
    ['position', 'w=9&h=9&fit=contain&position=focal'],
    ['format', 'format=gif'],
    ['q', 'q=0'],
    ['q', 'q=101'],
    ['dpr', 'dpr=0.5'],
    ['dpr', 'dpr=4.1'],
    ['dpr', 'dpr=1.333'],
    ['background', 'background=red'],
    ['background', 'background=12345'],
    ['kernel', 'kernel=cubic'],
    ['blur', 'w=100&blur=5'],
    ['w', 'w=100&w=100'],
    ['w', 'w=100&w=200'],
  ])('is refused by an error that names %s: %s', (field, query) => {
    expect(() => parse(query)).toThrow(
      expect.objectContaining({
        code: 'invalid_parameter',
        details: expect.objectContaining({ field, expected: expect.anything(), received: expect.any(String) }),
      }),
    )
  })

  it('gives the name of an unknown parameter as received, not its value', () => {
    expect(() => parse('w=100&blur=5')).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^blur: expected one of the parameters w, h, .*, kernel, received "blur"\.$/),
        details: expect.objectContaining({ received: 'blur' }),
      }),
    )
  })

  it.each([
    ['w=4096&dpr=1.01', 'w: expected at most 4096 pixels after dpr, received "4096 x 1.01".'],
    ['w=1&h=2048&dpr=2.5', 'h: expected at most 4096 pixels after dpr, received "2048 x 2.5".'],
    [
      'w=9&h=9&fit=contain&position=focal',
      'position: expected a position name or a point such as 0.3,0.6 where fit is contain, received "focal".',
    ],
  ])('is refused with the reason: %s', (query, message) => {
    expect(() => parse(query)).toThrow(expect.objectContaining({ code: 'invalid_parameter', message }))
  })

  it('may have sides of 4096 pixels after dpr', () => {
    expect(parse('w=2048&h=1024&dpr=2')).toMatchObject({ width: 4096, height: 2048 })
    expect(parse('w=1024&h=1024&dpr=4')).toMatchObject({ width: 4096, height: 4096 })
  })

  it('repeats only the beginning of a long value', () => {
    expect(() => parse(`w=${'9'.repeat(10_000)}`)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{0,200}$/) }),
    )
  })
})
