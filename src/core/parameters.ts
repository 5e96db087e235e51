// Parses parameters of requests; errors name the parameter, the expected value and the received one.

import { z } from 'zod'
import { invalidParameter } from './invalid-parameter.ts'

/** A received parameter: name and value, decoded. */
export type Parameter = readonly [name: string, value: string]

/**
 * Collects parameters by name. Repeated ones are refused: a proxy that checks them could pick another value than this
 * server.
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
 * Parses the text of a parameter by its schema, whose messages describe the expected value alone.
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
