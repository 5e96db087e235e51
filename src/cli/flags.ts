// Flags of `tintype serve` as they were written, and what is wrong with their names.

import { parseArgs } from 'node:util'
import { SETTINGS } from '../config/load.ts'

export interface Flags {
  /** By their names with the dashes; undefined where no value followed. */
  flags: Record<string, string | undefined>
  /** One line for each argument that is no flag of the command. */
  mistakes: string[]
}

export const parseFlags = (rawArgs: readonly string[]): Flags => {
  const options = Object.fromEntries(SETTINGS.map(({ flag }) => [flag, { type: 'string' } as const]))
  const { tokens } = parseArgs({ args: [...rawArgs], options, strict: false, allowPositionals: true, tokens: true })
  const flags: Record<string, string | undefined> = {}
  const mistakes: string[] = []
  let afterUnknown = -1
  for (const token of tokens) {
    if (token.kind === 'option' && token.name in options) flags[token.rawName] = token.value
    else if (token.kind === 'option') {
      mistakes.push(`${token.rawName}: ${hint(token.name)}`)
      if (token.value === undefined) afterUnknown = token.index + 1
    }
    // What follows an unknown flag was meant as its value and is not worth a line of its own.
    else if (token.kind === 'positional' && token.index !== afterUnknown)
      mistakes.push(`${token.value}: expected a flag, such as --port ${token.value}`)
  }
  return { flags, mistakes }
}

const hint = (name: string): string => {
  const letters = (text: string) => text.replace(/[^a-z]/gi, '').toLowerCase()
  const close = SETTINGS.find(({ flag, env }) =>
    [flag, env].some((known) => distance(letters(known), letters(name)) <= 2),
  )
  return close ? `no such flag, did you mean --${close.flag}?` : 'no such flag, "tintype serve --help" lists them'
}

/** Letters to add, take away or replace until one word is the other (Levenshtein). */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1]
    for (let column = 1; column <= to.length; column++)
      next[column] = Math.min(
        (next[column - 1] ?? 0) + 1,
        (row[column] ?? 0) + 1,
        (row[column - 1] ?? 0) + (to[column - 1] === letter ? 0 : 1),
      )
    row = next
  }
  return row[to.length] ?? 0
}
