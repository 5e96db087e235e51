// Versions of focal renders.

import { describe, expect, it } from 'vitest'
import { eachOnce } from '../../../src/core/parameters.ts'
import { currencyOf, decidingPoint, presetVersion, versionSchema } from '../../../src/core/transform/focal-version.ts'
import { parseTransform } from '../../../src/core/transform/parse-transform.ts'

const parse = (query: string) => parseTransform(eachOnce(new URLSearchParams(query)))
const POINT = { x: 0.3, y: 0.65 }
const CARD = parse('w=80&h=60')

describe('the point that decides a render', () => {
  it.each([
    ['a crop', 'w=80&h=60', POINT, null],
    ['a crop by the focal point', 'w=80&h=60&position=focal', POINT, { x: 0.5, y: 0.5 }],
    ['a crop around the centre', 'w=80&h=60&position=center', null, null],
    ['a crop around a point', 'w=80&h=60&position=0.3,0.65', null, null],
    ['a crop by its content', 'w=80&h=60&position=attention', null, null],
    ['margins', 'w=80&h=60&fit=contain', null, null],
    ['a box', 'w=80&h=60&fit=inside', null, null],
    ['one side', 'w=80&position=focal', null, null],
  ])('is that of the image where it matters, with and without one: %s', (_, query, withPoint, without) => {
    expect(decidingPoint(parse(query), POINT)).toEqual(withPoint)
    expect(decidingPoint(parse(query), null)).toEqual(without)
  })
})

describe('the version of a URL', () => {
  it('is current with the point, and beyond a day only with the definition of the preset', () => {
    const version = presetVersion(CARD, POINT)
    expect(version).toMatch(/^0\.3,0\.65_[0-9a-f]{6}$/)
    const of = (received: string | undefined, point: typeof POINT | null, preset = CARD) =>
      currencyOf({ transform: CARD, preset }, received, point)
    expect(of(version, POINT)).toBe('preset')
    expect(of('0.3,0.65', POINT)).toBe('point')
    for (const old of [undefined, '0.3,0.6', version.replace('0.3', '0.31')]) expect(of(old, POINT)).toBe('stale')
    expect(of(version, POINT, parse('w=80&h=61')), 'redefined').toBe('stale')
    expect(of(undefined, null)).toBe('none')
    expect(of(version, null), 'the point was removed').toBe('stale')
  })

  it('says nothing of a transform that no focal point decides', () => {
    const transform = parse('w=80&h=60&position=top')
    expect(currencyOf({ transform, preset: undefined }, '0.1,0.2', POINT)).toBe('none')
  })

  it('has the form of a point, with the edition of a preset or without', () => {
    for (const text of ['0,1', '0.3,0.65', '0.3,0.65_0a1b2c']) expect(versionSchema.safeParse(text).success).toBe(true)
    for (const text of ['', '2,0', '0.3', 'center', '0.3,0.65_', '0.3,0.65_0a1b2', '0.3,0.65_0A1B2C', '0.1234,0'])
      expect([text, versionSchema.safeParse(text).success]).toEqual([text, false])
  })
})
