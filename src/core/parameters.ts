// Parameters of requests: their errors name the parameter, what was expected and what arrived.

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
