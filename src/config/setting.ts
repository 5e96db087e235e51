// What a setting is: a text, read by its kind, with its names and one line that explains it.

import { z } from 'zod'
import type { Kind } from './parsers.ts'

/** How a setting is named and explained; `tintype serve --help` and the README's table are made from it. */
export interface Setting {
  env: string
  flag: string
  /** Unit or form of the value. */
  unit: string
  /** As a user would write it. */
  initial: string
  /** One line. */
  doc: string
  /** Its value is not repeated, in no message. @default false */
  isSecret?: boolean
}

export const about = z.registry<Setting>()

export const setting = <T>(kind: Kind<T>, names: Setting) =>
  z
    .string()
    .transform((text, context) => {
      const value = kind.read(text)
      if (value !== undefined) return value
      for (const mistake of kind.mistakes?.(text) ?? [kind.expected]) context.addIssue(mistake)
      return z.NEVER
    })
    .prefault(names.initial)
    .register(about, names)
