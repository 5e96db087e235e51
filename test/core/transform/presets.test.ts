// Presets: named transforms that need no signature.

import { describe, expect, it } from 'vitest'
import { parseTransform } from '../../../src/core/transform/parse-transform.ts'
import { PRESET_NAME, parsePresets, presetOf, readPresets } from '../../../src/core/transform/presets.ts'

describe('presets', () => {
  it('are transforms by name, with dots allowed in values', () => {
    const presets = parsePresets('card:w=320,h=180,fit=cover; hero : w=1600 , h=900, position=0.3,0.6 ,format=auto;')
    expect([...presets.keys()]).toEqual(['card', 'hero'])
    expect(presets.get('card')).toEqual(
      parseTransform(
        new Map([
          ['w', '320'],
          ['h', '180'],
        ]),
      ),
    )
    expect(presets.get('hero')).toMatchObject({ width: 1600, position: { x: 0.3, y: 0.6 }, format: 'auto' })
    expect(parsePresets('').size).toBe(0)
  })

  it('report all their mistakes at once', () => {
    const { mistakes } = readPresets('card:w=0;no-colon;Bad Name:w=1;twice:w=1;twice:w=2;dbl:w=1,w=1;un:blur=3')
    expect(mistakes).toHaveLength(6)
    expect(mistakes[0]).toContain('"card"')
    expect(mistakes.join()).toContain('two of this name')
    expect(() => parsePresets('card:w=0;un:blur=3')).toThrow(/card.*\n.*un/)
  })
})

const NAME_RULE = 'expected a name of 1 to 32 characters of a-z 0-9 _ -'

describe('the name of a preset', () => {
  it.each(['a', '0', 'card', 'a_b-c', '9-', 'x'.repeat(32)])('may be "%s"', (name) => {
    expect(PRESET_NAME.test(name)).toBe(true)
    expect([...parsePresets(`${name}:w=1`).keys()]).toEqual([name])
  })

  it.each(['', 'x'.repeat(33), '_a', '-a', 'Card', 'a b', 'é', 'a.b'])('is not "%s"', (name) => {
    expect(PRESET_NAME.test(name)).toBe(false)
    expect(readPresets(`${name}:w=1`).mistakes).toEqual([`preset "${name}": ${NAME_RULE}`])
  })
})

describe('a mistake of a preset', () => {
  it.each([
    ['card', '"card": expected a name and a transform, such as card:w=320,h=180'],
    [' w=1 ', '"w=1": expected a name and a transform, such as card:w=320,h=180'],
    ['a:w=1;a:w=1', 'preset "a": expected each name once, there are two of this name'],
    ['a:w=0', 'preset "a": w: expected a whole number from 1 to 4096, received "0"'],
    ['a:w', 'preset "a": w: expected a whole number from 1 to 4096, received ""'],
    ['a: w ,h=1', 'preset "a": w: expected a whole number from 1 to 4096, received ""'],
    ['a:w=1.5', 'preset "a": w: expected a whole number from 1 to 4096, received "1.5"'],
    ['a:w=1,w=2', 'preset "a": w: expected it once, received "1, 2"'],
    ['a:w=1,2', 'preset "a": w: expected a whole number from 1 to 4096, received "1,2"'],
    [
      'a:=1',
      'preset "a": : expected one of the parameters w, h, fit, position, format, q, dpr, background, kernel, received ""',
    ],
    ['a:fit=a=b', 'preset "a": fit: expected one of cover, contain, inside, received "a=b"'],
  ])('of %j is one line', (text, line) => {
    expect(readPresets(text).mistakes).toEqual([line])
    expect(() => parsePresets(text)).toThrow(expect.objectContaining({ code: 'invalid_parameter', message: line }))
  })

  it('does not affect other presets, of which the first of a name counts', () => {
    const { presets } = readPresets('a:w=1;bad;a:w=2;b:w=3')
    expect([...presets].map(([name, { width }]) => [name, width])).toEqual([
      ['a', 1],
      ['b', 3],
    ])
  })
})

describe('the text of presets', () => {
  it.each(['', ' '])('may be empty: %j', (text) => {
    expect(readPresets(text)).toEqual({ presets: new Map(), mistakes: [] })
  })

  it.each([';', '; ;'])('is not made of separators alone: %j', (text) => {
    expect(readPresets(text)).toEqual({
      presets: new Map(),
      mistakes: [`"${text}": expected a name and a transform, such as card:w=320,h=180`],
    })
  })

  it('may contain a preset without parameters', () => {
    expect(parsePresets('plain:').get('plain')).toEqual(parseTransform(new Map()))
    expect(parsePresets('plain: ').get('plain')).toEqual(parseTransform(new Map()))
  })

  it('may contain spaces around names, values and parts of a value', () => {
    const spaced = parsePresets(' a : w = 9 , h = 9 , position = 0.3, 0.6 ')
    expect(spaced.get('a')).toMatchObject({ width: 9, height: 9, position: { x: 0.3, y: 0.6 } })
  })
})

it('an empty part at the start of a preset does not count', () => {
  for (const text of ['a: ,w=9', 'a:,w=9', 'a:w=9'])
    expect(parsePresets(text).get('a')).toEqual(parseTransform(new Map([['w', '9']])))
  expect(parsePresets('a: ').get('a')).toEqual(parseTransform(new Map()))
})

describe('a preset by name', () => {
  it('is its transform', () => {
    const presets = parsePresets('card:w=320;hero:w=1600')
    expect(presetOf(presets, 'hero')).toBe(presets.get('hero'))
  })

  it('that does not exist is refused with the known names', () => {
    expect(() => presetOf(parsePresets('card:w=320;hero:w=1600'), 'tile')).toThrow(
      expect.objectContaining({
        code: 'invalid_parameter',
        message: 'preset: expected one of card, hero, received "tile".',
        details: { field: 'preset', expected: ['card', 'hero'], received: 'tile' },
      }),
    )
  })

  it('is refused where the server has none', () => {
    expect(() => presetOf(new Map(), 'card')).toThrow(
      'preset: expected none, because this server has no presets, received "card".',
    )
  })
})
