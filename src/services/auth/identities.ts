// Accounts of identities at a provider: finds the account of an identity, links one, or creates one.

import { type Identity, isUserOf, newAccountId, type Registration, type User } from '../../core/auth/account.ts'
import { TintypeError } from '../../core/errors.ts'
import type { AccountStore } from '../../stores/accounts/account-store.ts'

/** A person, as the provider describes them. */
export interface ProviderIdentity extends Identity {
  /** In the form of `normalEmail`; undefined where the provider gave none that is valid. */
  email: string | undefined
  isEmailVerified: boolean
  name: string | null
}

interface IdentityUsersOptions {
  store: Pick<AccountStore, 'users' | 'identities'>
  registration: Registration
  now(): number
}

/**
 * Returns the user that an identity signs in to. A known identity has its account. Else a verified address links the
 * account with it. Else an account is created, where registration is open.
 *
 * A stranger could have registered the address, by a password or by an identity whose address was not verified. So linking
 * ends the password, the other identity and all sessions. An identity that was linked by a verified address is not replaced
 * by another one of its provider: the address may have been given to another person.
 *
 * @param isRepeated true where another request came first
 * @throws TintypeError `registration_closed`, `email_taken`, `identity_without_email`, `account_disabled`
 */
export const userOfIdentity = async (
  options: IdentityUsersOptions,
  found: ProviderIdentity,
  isRepeated = false,
): Promise<User> => {
  const { users, identities } = options.store
  const { email } = found
  const id = await identities.userId(found)
  const known = id === undefined ? undefined : await users.get(id)
  if (known && isUserOf(known, found)) return verified(options, enabled(known), found)
  if (email === undefined)
    throw new TintypeError(
      'identity_without_email',
      'The identity provider gave no e-mail address, which an account needs.',
    )
  const owner = await users.byEmail(email)
  const user = owner ? await link(options, owner, found) : await create(options, email, found)
  if (!user) {
    if (isRepeated) throw emailTaken('The account with this e-mail address cannot be read: ask the operator.')
    // Created at the same time by another request, whose account is linked.
    return userOfIdentity(options, found, true)
  }
  // Last: before it, an identity leads to no account that its former owner can enter.
  await identities.lead(found, user.id)
  return user
}

/** Notes an address that was verified after the link: no other identity of the provider replaces this one then. */
const verified = async ({ store, now }: IdentityUsersOptions, known: User, found: ProviderIdentity): Promise<User> => {
  if (known.identity?.email_verified || !found.isEmailVerified || found.email !== known.email) return known
  const changed = await store.users.change(known.id, (newest) =>
    isUserOf(newest, found)
      ? { ...newest, identity: identityOf(found), updated_at: new Date(now()).toISOString() }
      : newest,
  )
  // The former generation, whose sessions are void, where another identity was linked meanwhile.
  return changed && isUserOf(changed, found) ? enabled(changed) : known
}

/** Where a process stopped before the identity led to its account, the account names it already. */
const link = async (
  { store, now }: IdentityUsersOptions,
  owner: User,
  found: ProviderIdentity,
): Promise<User | undefined> => {
  if (isUserOf(owner, found)) return enabled(owner)
  if (!found.isEmailVerified)
    throw emailTaken('There is an account with this e-mail address, which the identity provider has not verified.')
  return store.users.change(owner.id, (newest) => {
    if (isUserOf(enabled(newest), found)) return newest
    if (newest.identity?.issuer === found.issuer && newest.identity.email_verified)
      throw emailTaken('The account with this e-mail address belongs to another identity of the provider.')
    return {
      ...newest,
      identity: identityOf(found),
      password_hash: null,
      generation: newest.generation + 1,
      updated_at: new Date(now()).toISOString(),
    }
  })
}

/** Undefined where the address was taken meanwhile. */
const create = async (
  { store, registration, now }: IdentityUsersOptions,
  email: string,
  found: ProviderIdentity,
): Promise<User | undefined> => {
  if (registration !== 'open')
    throw new TintypeError('registration_closed', 'Registration is closed: the operator creates accounts.')
  const at = new Date(now()).toISOString()
  const user: User = {
    id: newAccountId(),
    email,
    name: found.name,
    password_hash: null,
    identity: identityOf(found),
    generation: 0,
    disabled: false,
    created_at: at,
    updated_at: at,
  }
  return (await store.users.create(user)) ? user : undefined
}

const identityOf = ({ issuer, subject, isEmailVerified }: ProviderIdentity) => ({
  issuer,
  subject,
  email_verified: isEmailVerified,
})

const enabled = (user: User): User => {
  if (user.disabled) throw new TintypeError('account_disabled', 'The operator has disabled the account.')
  return user
}

const emailTaken = (message: string): TintypeError => new TintypeError('email_taken', message)
