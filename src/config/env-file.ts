// Settings from a .env file.

import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/** Settings as they were written, by their names. */
export type Texts = Readonly<Record<string, string | undefined>>

/** @param mistakes gets a line where the file is there and can't be read */
export const readEnvFile = (path: string, mistakes: string[]): Texts => {
  if (!existsSync(path)) return {}
  try {
    return parseEnv(readFileSync(path, 'utf8'))
  } catch (error) {
    mistakes.push(`${path}: expected a file with settings, got ${error instanceof Error ? error.message : error}`)
    return {}
  }
}
