// Invitations: a code that is good for one account, until it expires.

import { normalEmail, type User } from '../../core/auth/account.ts'
import { TintypeError } from '../../core/errors.ts'
import { randomIds } from '../../core/random-id.ts'
import type { Invites } from '../../stores/accounts/account-store.ts'

interface InviteOptions {
  invites: Invites
  /** Milliseconds since 1970. */
  now(): number
}

/** Code of 26 characters of `0-9 a-z`, 134 random bits. */
const newCode = randomIds(26)

/**
 * Creates an invitation. @returns its code, which is stored nowhere
 *
 * @param email address that the invitation is restricted to; null for any
 * @param expiresAt milliseconds since 1970
 */
export const makeInvite = async (
  { invites, now }: InviteOptions,
  email: string | null,
  expiresAt: number,
): Promise<string> => {
  const code = `tti_${newCode()}`
  await invites.add(code, {
    created_at: new Date(now()).toISOString(),
    expires_at: new Date(expiresAt).toISOString(),
    email: email === null ? null : normalEmail(email),
  })
  return code
}

/**
 * Runs `create` for a valid code. The code is claimed first, so that two requests with one code create one account, and
 * given back where none was created.
 *
 * @throws TintypeError `invite_invalid`, and what `create` throws
 */
export const registerByInvite = async (
  { invites, now }: InviteOptions,
  email: string,
  code: string | undefined,
  create: () => Promise<User>,
): Promise<User> => {
  if (code === undefined) throw invalid('Expected the code of an invitation in "invite".')
  const invite = await invites.read(code)
  const isGood =
    invite && now() < Date.parse(invite.expires_at) && (invite.email === null || invite.email === normalEmail(email))
  // One error for all cases, so that the address of an invitation is not revealed.
  if (!isGood || !(await invites.claim(code)))
    throw invalid('The invitation is unknown, used, expired or for another e-mail address.')
  const user = await create().catch(async (error: unknown) => {
    await invites.giveBack(code).catch(() => {})
    throw error
  })
  await invites.remove(code).catch(() => {})
  return user
}

const invalid = (message: string): TintypeError => new TintypeError('invite_invalid', message)
