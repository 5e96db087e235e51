// Reads settings of a .env file, and warns of probable mistakes in it.

import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { closest } from './closest.ts'
import type { Setting } from './setting.ts'

/** Unparsed values by name. */
export type Texts = Readonly<Record<string, string | undefined>>

export interface EnvFile {
  texts: Texts
  /** One line each. A warning never refuses a file: other programs may share it. */
  warnings: readonly string[]
}

/** @throws Error where the file exists and cannot be read */
export const readEnvFile = (path: string, settings: readonly Setting[]): EnvFile => {
  if (!existsSync(path)) return { texts: {}, warnings: [] }
  const source = readFileSync(path, 'utf8')
  const texts = parseEnv(source)
  const comments = settings.flatMap(({ env, isSecret }) => commentWarning(source, env, isSecret ?? false) ?? [])
  return { texts, warnings: [...comments, ...nameWarnings(Object.keys(texts), settings)] }
}

/**
 * Warns of an unquoted "#" that cuts a value: `BACKGROUND=#ff0000` is empty, `API_KEYS=ab#cd` is "ab". A space before
 * it means a comment, unless the value would then be nothing but a colour.
 */
const commentWarning = (source: string, env: string, isSecret: boolean): string | undefined => {
  const lines = [...source.matchAll(new RegExp(`^[ \\t]*(?:export[ \\t]+)?${env}[ \\t]*=(.*)$`, 'gm'))]
  const value = lines.at(-1)?.[1] ?? ''
  if (!/^[^"'`#]*[^"'`#\s]#|^#|^\s+#[\da-f]{3,8}\s*$/i.test(value)) return undefined
  const quoted = isSecret ? 'the value' : `${env}="${value.trim()}"`
  const what = value.trim().startsWith('#') ? 'the value is empty' : 'the value ends there'
  return `${env} (in .env): an unquoted # begins a comment, so ${what}; put it in quotes: ${quoted}`
}

const nameWarnings = (names: readonly string[], settings: readonly Setting[]): string[] => {
  const known = settings.map(({ env }) => env)
  return names.flatMap((name) => {
    const similar = known.includes(name) ? undefined : closest(name, known)
    return similar === undefined ? [] : `${name} (in .env): no such setting; did you mean ${similar}?`
  })
}
