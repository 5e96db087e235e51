// Administration of users, for operators.

import { customAlphabet } from 'nanoid'
import { normalEmail, type User } from '../../core/auth/account.ts'
import { TintypeError } from '../../core/errors.ts'
import type { AccountStore } from '../../stores/accounts/account-store.ts'
import { createUser, type NewAccount } from './create-user.ts'
import { makeInvite } from './invites.ts'
import type { Passwords } from './passwords.ts'

export interface UserAdminOptions {
  store: AccountStore
  passwords: Passwords
  /** Milliseconds since 1970. @default Date.now */
  now?(): number
}

export interface UserAdmin {
  /** @throws TintypeError `email_taken` */
  create(account: NewAccount): Promise<User>
  /** Sorted by address. */
  list(): Promise<User[]>
  /** A disabled user can't sign in, and all sessions end at once. @throws TintypeError `invalid_parameter` */
  setDisabled(email: string, disabled: boolean): Promise<User>
  /**
   * Ends all sessions of the user, and the sign-in by an identity at a provider until it is linked again.
   *
   * @throws TintypeError `invalid_parameter` where no user has the address
   */
  setPassword(email: string, password: string): Promise<User>
  /** @param expiresAt milliseconds since 1970 @returns the code, which is stored nowhere */
  invite(email: string | null, expiresAt: number): Promise<string>
}

/** 20 unambiguous letters and digits, 99 random bits. */
export const newPassword: () => string = customAlphabet('23456789abcdefghjkmnpqrstuvwxyz', 20)

export const createUserAdmin = ({ store, passwords, now = Date.now }: UserAdminOptions): UserAdmin => {
  const { users, invites } = store

  const change = async (email: string, edit: (user: User) => Partial<User>): Promise<User> => {
    const user = await users.byEmail(normalEmail(email))
    const changed =
      user &&
      (await users.change(user.id, (newest) => ({
        ...newest,
        ...edit(newest),
        updated_at: new Date(now()).toISOString(),
      })))
    if (!changed) throw new TintypeError('invalid_parameter', `There is no user with the address "${email}".`)
    return changed
  }

  return {
    create: (account) => createUser({ users, passwords, now }, account),

    list: users.list,

    setDisabled: (email, disabled) =>
      change(email, ({ generation }) => ({ disabled, generation: disabled ? generation + 1 : generation })),

    async setPassword(email, password) {
      const password_hash = await passwords.hash(password)
      return change(email, ({ generation }) => ({ password_hash, identity: undefined, generation: generation + 1 }))
    },

    invite: (email, expiresAt) => makeInvite({ invites, now }, email, expiresAt),
  }
}
