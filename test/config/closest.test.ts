// Spelling suggestions for names of settings.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closest } from '../../src/config/closest.ts'

const NAMES = ['PORT', 'HOST', 'WORKERS', 'ENCODERS', 'BACKGROUND']

describe('a suggestion', () => {
  it.each([
    ['PORT', 'PORT', 'no edit'],
    ['port', 'PORT', 'lower case'],
    ['PORTS', 'PORT', 'an added letter'],
    ['POT', 'PORT', 'a removed letter'],
    ['POST', 'PORT', 'a replaced letter'],
    ['PROT', 'PORT', 'two swapped letters'],
    ['OPRT', 'PORT', 'the first two swapped'],
    ['WORKRES', 'WORKERS', 'swapped letters of a name of 7'],
    ['ENCODE55', 'ENCODERS', 'two replaced letters of 8'],
    ['NECODESR', 'ENCODERS', 'two swaps of 8'],
    ['BACKGROUNDED', 'BACKGROUND', 'two added letters'],
    ['BACKROUN', 'BACKGROUND', 'two removed letters'],
  ])('for %s is %s: %s', (name, known) => {
    expect(closest(name, [known])).toBe(known)
  })

  it.each([
    ['PORTXX', 'PORT', 'two added letters of 6'],
    ['PO', 'PORT', 'two removed letters'],
    ['POXX', 'PORT', 'two replaced letters'],
    ['OPTR', 'PORT', 'two swaps'],
    ['TROP', 'PORT', 'the letters in reverse'],
    ['WORKE55', 'WORKERS', 'two replaced letters of 7'],
    ['ENCOD555', 'ENCODERS', 'three replaced letters of 8'],
    ['BACKGROUNDING', 'BACKGROUND', 'three added letters'],
    ['RPTO', 'PORT', 'letters moved by two'],
    ['PXOT', 'PORT', 'a moved and a replaced letter'],
    ['PRXT', 'PORT', 'a replaced and a moved letter'],
    ['', 'PORT', 'an empty name'],
  ])('for %s is not %s: %s', (name, known) => {
    expect(closest(name, [known])).toBeUndefined()
  })

  it('is the nearest name, wherever it stands in the list', () => {
    const names = ['BACKGROUND', 'BACKGROUNDX']
    expect(closest('BACKGROUNDXX', names)).toBe('BACKGROUNDX')
    expect(closest('BACKGROUNDXX', names.toReversed())).toBe('BACKGROUNDX')
  })

  it('is the first of equally near names', () => {
    expect(closest('COST', ['HOST', 'POST'])).toBe('HOST')
    expect(closest('COST', ['POST', 'HOST'])).toBe('POST')
  })

  it('is absent where no name is known', () => {
    expect(closest('PORT', [])).toBeUndefined()
  })

  it('survives any single edit of a name', () => {
    const edit = fc.record({ name: fc.constantFrom(...NAMES), at: fc.nat(), letter: fc.constantFrom('A', '_', '0') })
    fc.assert(
      fc.property(edit, ({ name, at, letter }) => {
        const place = at % name.length
        const [before, after] = [name.slice(0, place), name.slice(place + 1)]
        const edited = [before + after, before + letter + after, before + letter + name.slice(place)]
        for (const written of edited) expect(closest(written, [name])).toBe(name)
      }),
    )
  })
})
