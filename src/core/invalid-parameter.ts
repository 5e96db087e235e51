// Error of a parameter that is not what was expected.

import { TintypeError } from './errors.ts'
import { clip } from './text.ts'

/** @param expected a description, or the accepted values */
export const invalidParameter = (field: string, expected: string | readonly string[], received: string) => {
  const words = typeof expected === 'string' ? expected : `one of ${expected.join(', ')}`
  const value = clip(received)
  return new TintypeError('invalid_parameter', `${field}: expected ${words}, received "${value}".`, {
    details: { field, expected, received: value },
  })
}
