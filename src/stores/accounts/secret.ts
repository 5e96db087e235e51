// Secret from which the keys of tokens are derived: one for each store, made once.

import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import type { RecordFolder } from '../private/record-folder.ts'

const FILE = 'secret.json'

const secretSchema = z.object({ secret: z.base64url().length(43), created_at: z.iso.datetime() })

/** Reads the secret, undefined before it is made, when no token can be valid. */
export const readSecret = async (accounts: RecordFolder): Promise<Buffer | undefined> => {
  const found = await accounts.read(accounts.path(FILE), secretSchema)
  return found && Buffer.from(found.secret, 'base64url')
}

/** Reads the secret, or makes it: 32 random bytes. @param now milliseconds since 1970 */
export const ensureSecret = async (accounts: RecordFolder, now: number): Promise<Buffer> => {
  const found = await readSecret(accounts)
  if (found) return found
  const secret = { secret: randomBytes(32).toString('base64url'), created_at: new Date(now).toISOString() }
  await accounts.publish(await accounts.folder('.'), FILE, secret)
  // Of two that are made at once, the first one counts for both.
  return ensureSecret(accounts, now)
}

/** Part of {@link bootSecret} where the machine has no boot id. */
const OWN_BOOT = randomBytes(16).toString('hex')

/**
 * A secret that is stored nowhere, for a store that cannot be written: equal in all processes until the machine restarts,
 * and unknown outside of the machine. Without Linux it is the process's own.
 */
export const bootSecret = async (storageDir: string): Promise<Buffer> => {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => OWN_BOOT)
  return createHash('sha256')
    .update(`${boot}\n${resolve(storageDir)}`)
    .digest()
}
