// Whether a store has keys or users, whoever made them: then it isn't everybody's.

import { lstatSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Their folders are made with the first key and the first user. */
const FOLDERS = ['keys', 'emails']

/**
 * Once there were some, there are: revoked keys and closed accounts leave their files. Synchronous and without a file
 * descriptor, because it is asked with every request of a store that has none: two looks of a microsecond.
 *
 * @throws the error of the system call where that can't be said
 */
export const anyStored = (storageDir: string): boolean => {
  const root = join(resolve(storageDir), '.accounts')
  return FOLDERS.some((name) => lstatSync(join(root, name), { throwIfNoEntry: false }) !== undefined)
}
