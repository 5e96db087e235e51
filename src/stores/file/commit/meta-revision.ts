// Which revision a meta.json says it is a copy of, from its first bytes.

import { closeSync, openSync, readSync } from 'node:fs'
import { codeOf } from '../fs/durable.ts'

/** The number stands in the third line; this is far more. */
export const CLAIM_BYTES = 1024

/** @param text the first {@link CLAIM_BYTES} or more */
export const claimOf = (text: string): number | undefined => {
  const number = Number(/^ {2}"revision": ([1-9]\d*),$/m.exec(text)?.[1])
  return Number.isSafeInteger(number) ? number : undefined
}

/** Undefined where there is no such file, or none that says it. Synchronous: a few microseconds. */
export const claimIn = (path: string): number | undefined => {
  try {
    const file = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(CLAIM_BYTES)
      return claimOf(buffer.toString('utf8', 0, readSync(file, buffer, 0, CLAIM_BYTES, 0)))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}
