// Invitations: a code that is good for one account, until it expires.

import { normalEmail, type User } from '../../core/auth/account.ts'
import { TintypeError } from '../../core/errors.ts'
import { randomIds } from '../../core/random-id.ts'
import type { Claim, Invites } from '../../stores/accounts/account-store.ts'
import { emailTaken, type NewAccount, newUser, type UserMaker } from './create-user.ts'

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
 * Creates the account of a valid code. The account is drafted, the code is claimed for it, and only then is it announced: so
 * of all requests with one code one creates an account, and a claim whose request stopped, or had an unknown outcome, is
 * settled by the next request with the code.
 *
 * @throws TintypeError `invite_invalid`, `email_taken`, `busy`
 */
export const registerByInvite = async (
  { invites, ...maker }: InviteOptions & UserMaker,
  account: NewAccount,
  code: string | undefined,
): Promise<User> => {
  const { users, now } = maker
  if (code === undefined) throw invalid('Expected the code of an invitation in "invite".')
  const email = normalEmail(account.email)
  const invite = await invites.read(code)
  const isGood = invite && now() < Date.parse(invite.expires_at) && (invite.email === null || invite.email === email)
  if (!isGood) throw unusable()
  const user = await newUser(maker, account)
  if (await users.byEmail(email)) throw emailTaken()
  await users.draft(user)
  const settle = ({ user_id, email }: Claim) => users.announce({ id: user_id, email })
  if (!(await invites.claim(code, { user_id: user.id, email }, settle))) {
    // Another request with the code may have settled this claim before it was answered.
    if ((await users.byEmail(email))?.id === user.id) return user
    await users.drop(user.id)
    throw unusable()
  }
  if (!(await users.announce(user))) {
    // The claim is void, and the code good for another address.
    await users.drop(user.id)
    throw emailTaken()
  }
  // Where this fails, the claim shows that the code is used.
  await invites.remove(code).catch(() => {})
  return user
}

/** One error for all cases, so that the address of an invitation is not revealed. */
const unusable = (): TintypeError => invalid('The invitation is unknown, used, expired or for another e-mail address.')

const invalid = (message: string): TintypeError => new TintypeError('invite_invalid', message)
