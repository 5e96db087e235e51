// One setting: its names, its default, its documentation and the schema that parses its text.

import { z } from 'zod'
import type { Parser } from './parsers.ts'

/** Names and documentation; `tintype serve --help` and the table in the guide are generated from them. */
export interface Setting {
  env: string
  flag: string
  /** Unit or form of the value. */
  unit: string
  /** Default, as text. */
  initial: string
  /** Description, one line. */
  doc: string
  /** True where the flag may stand without a value, for `true`. @default false */
  isSwitch?: boolean
  /** Messages never repeat the value. @default false */
  isSecret?: boolean
}

/** The flag of a setting with its value, as help and guide show it. @param join between both: a space, or `=` */
export const flagOf = ({ flag, unit, isSwitch = false }: Setting, join: ' ' | '='): string =>
  isSwitch ? `--${flag}${join === ' ' ? ' ' : ''}[${join === ' ' ? '' : '='}${unit}]` : `--${flag}${join}<${unit}>`

export const settingOf = z.registry<Setting>()

/** Parses the text of a setting; each issue is a sentence that follows the name of the setting. */
export const setting = <T>(parser: Parser<T>, names: Setting) =>
  z
    .string()
    .transform((text, context) => {
      const value = parser.parse(text)
      if (value !== undefined) return value
      const mistakes = parser.explain?.(text) ?? [`expected ${parser.expected}, got ${received(text, names)}`]
      for (const mistake of mistakes) context.addIssue(mistake)
      return z.NEVER
    })
    .prefault(names.initial)
    .register(settingOf, names)

const received = (text: string, { isSecret = false }: Setting): string =>
  text === '' ? 'nothing' : isSecret ? 'something else' : `"${text}"`
