// Checks whether a store has keys or users: then access to it is not open.

import { lstatSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { TintypeError } from '../../core/errors.ts'
import { storeError } from '../file/fs/durable.ts'
import { describeLink } from '../file/fs/no-follow.ts'

/** Made with the first key and with the first user. */
const FOLDERS = ['keys', 'emails']

/**
 * True once there was a key or a user: revoked keys and closed accounts keep their files. Synchronous and without a file
 * descriptor, because every request of an open store calls it: up to three `lstat` calls of a microsecond.
 *
 * @throws TintypeError `store_unavailable` where that is unknown
 */
export const hasKeysOrUsers = (storageDir: string): boolean => {
  const root = join(resolve(storageDir), '.accounts')
  try {
    const accounts = lstatSync(root, { throwIfNoEntry: false })
    if (!accounts) return false
    // Its target says nothing about this store: access must not be open by mistake.
    if (accounts.isSymbolicLink()) throw new TintypeError('store_unavailable', describeLink(dirname(root), root))
    return FOLDERS.some((name) => lstatSync(join(root, name), { throwIfNoEntry: false }) !== undefined)
  } catch (error) {
    throw storeError(error)
  }
}

/** Returns a check that is true until the store has keys or users, and false for good from then on. */
export const createIsUnclaimed = (storageDir: string): (() => boolean) => {
  let isClaimed = false
  return () => {
    isClaimed ||= hasKeysOrUsers(storageDir)
    return !isClaimed
  }
}
