// Creates accounts, for registration and for operators.

import { newAccountId, normalEmail, type User } from '../../core/auth/account.ts'
import { TintypeError } from '../../core/errors.ts'
import type { Users } from '../../stores/accounts/account-store.ts'
import type { Passwords } from './passwords.ts'

/** Input of a new account. */
export interface NewAccount {
  email: string
  password: string
  name?: string | null
}

export interface UserMaker {
  users: Users
  passwords: Passwords
  now(): number
}

/**
 * Hashes first, so that the time does not reveal whether the address is free. @throws TintypeError `email_taken`,
 * `busy`
 */
export const createUser = async (maker: UserMaker, account: NewAccount): Promise<User> => {
  const user = await newUser(maker, account)
  if (!(await maker.users.create(user))) throw emailTaken()
  return user
}

/** A user that is stored nowhere yet. @throws TintypeError `busy` */
export const newUser = async ({ passwords, now }: UserMaker, account: NewAccount): Promise<User> => {
  const at = new Date(now()).toISOString()
  return {
    id: newAccountId(),
    email: normalEmail(account.email),
    name: account.name ?? null,
    password_hash: await passwords.hash(account.password),
    generation: 0,
    disabled: false,
    created_at: at,
    updated_at: at,
  }
}

export const emailTaken = (): TintypeError =>
  new TintypeError('email_taken', 'There is an account with this e-mail address.')
