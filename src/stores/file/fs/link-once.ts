// Creates a file under a name only where that is free, and recognizes its own lost answer.

import { readFile } from 'node:fs/promises'
import { isMissing, linkNew } from './durable.ts'

/** `gone`: the name was taken, and its file was removed or emptied before it could be compared. */
export type Linked = { outcome: 'ours' | 'gone' } | { outcome: 'taken' } | { outcome: 'unknown'; cause: unknown }

/**
 * Links a draft to its final name. A link can be made and its answer lost (NFS repeats a request, and answers EEXIST to the
 * second one), so a name that is taken, or a failure, is decided by the bytes that are there.
 *
 * @param text content of the draft, which no other writer has
 * @throws the error of the system call where the name is still free
 */
export const linkOnce = async (draft: string, path: string, text: string): Promise<Linked> => {
  let failure: unknown
  try {
    if (await linkNew(draft, path)) return { outcome: 'ours' }
  } catch (error) {
    failure = error
  }
  try {
    const found = await readFile(path, 'utf8')
    if (found === text) return { outcome: 'ours' }
    return found === '' ? { outcome: 'gone' } : { outcome: 'taken' }
  } catch (cause) {
    if (!isMissing(cause)) return { outcome: 'unknown', cause: failure ?? cause }
    if (failure === undefined) return { outcome: 'gone' }
    throw failure
  }
}
