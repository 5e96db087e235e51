// Parsing of parameters, and the errors for those that are not accepted.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TintypeError } from '../../src/core/errors.ts'
import { invalidParameter } from '../../src/core/invalid-parameter.ts'
import { eachOnce, type Parameter, parseParameter, wholeNumber } from '../../src/core/parameters.ts'

const errorOf = (call: () => unknown): TintypeError => {
  try {
    call()
  } catch (error) {
    if (error instanceof TintypeError) return error
  }
  throw new Error('expected a TintypeError')
}

describe('the error for a parameter', () => {
  it('names the parameter, the expected value and the received one', () => {
    const error = invalidParameter('w', 'a number', 'ten')
    expect(error).toMatchObject({
      code: 'invalid_parameter',
      message: 'w: expected a number, received "ten".',
      details: { field: 'w', expected: 'a number', received: 'ten' },
    })
  })

  it('lists accepted values in the message and keeps them as a list in the details', () => {
    const error = invalidParameter('fit', ['cover', 'inside'], 'fill')
    expect(error.message).toBe('fit: expected one of cover, inside, received "fill".')
    expect(error.details).toEqual({ field: 'fit', expected: ['cover', 'inside'], received: 'fill' })
  })

  it.each([
    [80, 'x'.repeat(80)],
    [81, `${'x'.repeat(80)}…`],
  ])('quotes at most 80 characters of a received value of %i', (length, quoted) => {
    const error = invalidParameter('w', 'a number', 'x'.repeat(length))
    expect(error.message).toBe(`w: expected a number, received "${quoted}".`)
    expect(error.details).toMatchObject({ received: quoted })
  })
})

describe('collected parameters', () => {
  it('keep every name with its value, in order', () => {
    const unique = fc.uniqueArray(fc.tuple(fc.string(), fc.string()), { selector: ([name]) => name })
    fc.assert(
      fc.property(unique, (parameters) => {
        expect([...eachOnce(parameters)]).toEqual(parameters)
      }),
    )
  })

  it.each<[Parameter[], string]>([
    [
      [
        ['w', '1'],
        ['h', '2'],
        ['w', '3'],
      ],
      'w: expected it once, received "1, 3".',
    ],
    [
      [
        ['w', '1'],
        ['w', '1'],
      ],
      'w: expected it once, received "1, 1".',
    ],
    [
      [
        ['w', ''],
        ['w', ''],
      ],
      'w: expected it once, received ", ".',
    ],
  ])('are refused where a name is repeated: %j', (parameters, message) => {
    expect(errorOf(() => eachOnce(parameters))).toMatchObject({ code: 'invalid_parameter', message })
  })
})

describe('a parsed parameter', () => {
  it('is the value that its schema parses from the text', () => {
    expect(parseParameter('n', '7', z.string().transform(Number))).toBe(7)
  })

  it('is refused with the accepted values of an enumeration', () => {
    const error = errorOf(() => parseParameter('fit', 'fill', z.enum(['cover', 'inside'])))
    expect(error.details).toEqual({ field: 'fit', expected: ['cover', 'inside'], received: 'fill' })
  })

  it('is refused with the message of its schema', () => {
    const error = errorOf(() => parseParameter('id', 'A', z.string().regex(/^a$/, 'the letter a')))
    expect(error.message).toBe('id: expected the letter a, received "A".')
  })
})

describe('a whole number', () => {
  const parse = (text: string, least = 1, most = 100) => parseParameter('n', text, wholeNumber({ least, most }))

  it('is parsed exactly where it lies within both limits', () => {
    const bound = fc.integer({ min: 0, max: 5000 })
    fc.assert(
      fc.property(bound, bound, bound, (one, other, number) => {
        const [least, most] = [Math.min(one, other), Math.max(one, other)]
        const parsed = wholeNumber({ least, most }).safeParse(String(number))
        expect(parsed.success).toBe(number >= least && number <= most)
        if (parsed.success) expect(parsed.data).toBe(number)
      }),
    )
  })

  it.each([
    ['1', 1],
    ['100', 100],
    ['001', 1],
    ['099', 99],
  ])('accepts "%s"', (text, number) => expect(parse(text)).toBe(number))

  it.each(['0', '101', '0001', '-1', '+1', '1.0', '1e1', '0x1', ' 1', '1 ', '1\n', '', 'ten', '١'])(
    'refuses "%s" with both limits',
    (text) =>
      expect(errorOf(() => parse(text)).message).toBe(`n: expected a whole number from 1 to 100, received "${text}".`),
  )

  it('is described by the text of its options where they have one', () => {
    const schema = wholeNumber({ least: 1, most: 9, expected: 'one digit but 0' })
    for (const text of ['0', '10', 'x'])
      expect(errorOf(() => parseParameter('n', text, schema)).message).toBe(
        `n: expected one digit but 0, received "${text}".`,
      )
  })
})
