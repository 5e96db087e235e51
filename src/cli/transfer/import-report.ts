// Output of `tintype import` and `tintype export`: refused files, one line each, and a line about all of them.

import { inBytes } from './progress.ts'
import type { Refusal } from './sources/source.ts'

/** Exit codes of both commands, part of their interface; as those of `tintype doctor`, where each has a meaning here. */
export const TRANSFER_EXIT = { complete: 0, failed: 1, refused: 3 } as const

export const EXIT_CODES = `
Exit codes:
  0  complete
  1  could not be run, or was stopped before its end
  3  files were refused, all others are complete`

export interface Transferred {
  /** Counts of outcomes, such as `12 sent`, without those that are 0. */
  counts: readonly (readonly [count: number, done: string])[]
  refused: readonly Refusal[]
  /** Bytes of all files. */
  bytes: number
}

/** Prints the report. @returns the exit code */
export const reportTransfer = ({ counts, refused, bytes }: Transferred): number => {
  for (const { path, reason } of refused) print(`refused  ${oneLine(path)}: ${oneLine(reason)}`)
  const parts = [...counts, [refused.length, 'refused'] as const].filter(([count]) => count > 0)
  print(`${parts.map(([count, done]) => `${count} ${done}`).join(', ') || 'no pictures'} (${inBytes(bytes)}).`)
  return refused.length > 0 ? TRANSFER_EXIT.refused : TRANSFER_EXIT.complete
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Escapes control characters: names of foreign files may contain terminal sequences. */
const oneLine = (text: string): string =>
  text.replace(/\p{C}/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
