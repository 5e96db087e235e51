// Parameters of requests: their errors name the parameter, what was expected and what arrived.

import { z } from 'zod'
import { TintypeError } from './errors.ts'
import { clip } from './text.ts'

/** A received parameter: name and value, decoded. */
export type Parameter = readonly [name: string, value: string]

/** @param expected a description, or the accepted values */
export const invalidParameter = (field: string, expected: string | readonly string[], received: string) => {
  const words = typeof expected === 'string' ? expected : `one of ${expected.join(', ')}`
  const value = clip(received)
  return new TintypeError('invalid_parameter', `${field}: expected ${words}, received "${value}".`, {
    details: { field, expected, received: value },
  })
}

/**
 * Parameters by their names. A repeated one is refused: two readers of such a URL (a proxy that checks, a server that
 * acts) may pick different values.
 *
 * @throws TintypeError `invalid_parameter`
 */
export const eachOnce = (parameters: Iterable<Parameter>): Map<string, string> => {
  const values = new Map<string, string>()
  for (const [name, value] of parameters) {
    const first = values.get(name)
    if (first !== undefined) throw invalidParameter(name, 'it once', `${first}, ${value}`)
    values.set(name, value)
  }
  return values
}

/**
 * Parses the text of a parameter by its schema. The schema's messages say what is expected and nothing else.
 *
 * @throws TintypeError `invalid_parameter`
 */
export const parseParameter = <Value>(name: string, text: string, schema: z.ZodType<Value>): Value => {
  const parsed = schema.safeParse(text)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const expected = issue?.code === 'invalid_value' ? issue.values.map(String) : issue?.message
  throw invalidParameter(name, expected ?? 'another value', text)
}

interface NumberRange {
  least: number
  most: number
  /** @default 'a whole number from … to …' */
  expected?: string
}

/** Schema of a whole number in decimal digits. */
export const wholeNumber = ({ least, most, expected = `a whole number from ${least} to ${most}` }: NumberRange) => {
  const digits = String(most).length
  const isNumber = (text: unknown) => typeof text === 'string' && text.length <= digits && /^\d+$/.test(text)
  return z.preprocess(
    (text) => (isNumber(text) ? Number(text) : text),
    z.int(expected).min(least, expected).max(most, expected),
  )
}
