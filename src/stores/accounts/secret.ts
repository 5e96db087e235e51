// The secret that tokens are made with: one for the store, made once, whoever comes first.

import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { AccountsFolder } from './folder.ts'
import { readRecord } from './records.ts'

const FILE = 'secret.json'

const secretSchema = z.object({ secret: z.base64url().length(43), created_at: z.iso.datetime() })

/** Reads it. Undefined where none was made, so that no token can be good. */
export const readSecret = async (accounts: AccountsFolder): Promise<Buffer | undefined> => {
  const found = await readRecord(accounts.path(FILE), secretSchema)
  return found && Buffer.from(found.secret, 'base64url')
}

/** Reads it, and makes it first where there is none: 32 random bytes. @param now milliseconds since 1970 */
export const ensureSecret = async (accounts: AccountsFolder, now: number): Promise<Buffer> => {
  const found = await readSecret(accounts)
  if (found) return found
  const secret = { secret: randomBytes(32).toString('base64url'), created_at: new Date(now).toISOString() }
  await accounts.publish(await accounts.folder('.'), FILE, secret)
  // Of two that made one, the first counts for both.
  return ensureSecret(accounts, now)
}
