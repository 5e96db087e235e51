// What every refused parameter says: its name, what was expected and what arrived.

import { TintypeError } from './errors.ts'
import { clip } from './text.ts'

/** A parameter as it came: name and value, decoded. */
export type Parameter = readonly [name: string, value: string]

/** @param expected in words, or the words to choose from */
export const invalidParameter = (field: string, expected: string | readonly string[], received: string) => {
  const words = typeof expected === 'string' ? expected : `one of ${expected.join(', ')}`
  const value = clip(received)
  return new TintypeError('invalid_parameter', `${field}: expected ${words}, received "${value}".`, {
    details: { field, expected, received: value },
  })
}

/**
 * Parameters by their names. One that comes twice is refused rather than chosen from: two readers of such a URL (a
 * proxy that checks, a server that acts) can take different ones.
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
