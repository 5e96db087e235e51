// Accounts as every store keeps them: users, their identities at a provider, their sessions, invitations, and the secret
// of the tokens.
// test/contracts/accounts.ts checks these promises.
//
// Every call throws TintypeError `store_unavailable` or `storage_full` where the store fails. Such a change was made whole
// or not at all, and can be repeated.

import type { Identity, User } from '../../core/auth/account.ts'

export interface AccountStore {
  users: Users
  identities: Identities
  sessions: Sessions
  invites: Invites
  /** 32 bytes from which the keys of all tokens are derived. Undefined before the first call of `ensureSecret`. */
  secret(): Promise<Buffer | undefined>
  /** Reads the secret, or makes it: the same for all processes. */
  ensureSecret(): Promise<Buffer>
  /** Removes expired sessions and leftovers of crashes. @param endedMs age from which they are removed, in milliseconds */
  sweep(endedMs: number): Promise<void>
}

export interface Users {
  /** The newest state, with every change that any process has acknowledged. */
  get(id: string): Promise<User | undefined>
  /**
   * State of a user in memory, without a wait. Undefined says nothing.
   *
   * @param share see {@link Store.current}
   * @throws errors of the system
   */
  current(id: string, share?: boolean): Pick<User, 'disabled' | 'generation'> | undefined
  /**
   * Makes as many reads for an address without an account as for one with, so that the time does not reveal which.
   *
   * @param email as `normalEmail` writes it
   */
  byEmail(email: string): Promise<User | undefined>
  /** False where the address is taken. Of two users with one address, one is created. */
  create(user: User): Promise<boolean>
  /** Writes a user that no address leads to: as good as none before `announce`. */
  draft(user: User): Promise<void>
  /**
   * Leads the address to a drafted user; can be repeated by any process.
   *
   * @returns false where the address leads to another user, for good
   */
  announce(user: Pick<User, 'id' | 'email'>): Promise<boolean>
  /** Removes a draft that no process will announce. */
  drop(id: string): Promise<void>
  /**
   * Commits the result of `change` for the newest state. `change` runs again where another change came first; a
   * TintypeError of it changes nothing.
   *
   * @returns undefined where there is no such user
   */
  change(id: string, change: (user: User) => User): Promise<User | undefined>
  /** All users, sorted by address. */
  list(): Promise<User[]>
}

/** Users by their identities at a provider. A user's record decides whether the identity still signs in to it. */
export interface Identities {
  /** Id of the user that an identity leads to; undefined for an unknown identity. */
  userId(identity: Identity): Promise<string | undefined>
  /** Leads an identity to a user, in the place of another one; can be repeated. Of concurrent calls, one is last. */
  lead(identity: Identity, userId: string): Promise<void>
}

export interface Session {
  user_id: string
  /** Generation of the user when the session began. */
  generation: number
  /** ISO 8601, in UTC. */
  created_at: string
}

/** A session counts its refresh tokens from 1; the newest number is the only valid one. */
export interface Sessions {
  /** Begins a session with token number 1. @returns its id */
  begin(session: Session): Promise<string>
  /** Undefined where the session has ended, or this is not its newest number. */
  read(id: string, number: number): Promise<Session | undefined>
  /**
   * Replaces the number by the next one. True for only one of concurrent callers; false where the session has ended.
   *
   * @param at time that {@link Sessions.renewed} returns: ISO 8601, in UTC. @default none
   */
  advance(id: string, number: number, at?: string): Promise<boolean>
  /** The session and the time at which this number was replaced by its newest one. Undefined for any other number. */
  renewed(id: string, number: number): Promise<{ session: Session; at: string } | undefined>
  isAlive(id: string): Promise<boolean>
  /**
   * {@link Sessions.isAlive} without a wait, for a session in memory. False says nothing.
   *
   * @param share see {@link Store.current}
   * @throws errors of the system
   */
  isAliveNow(id: string, share?: boolean): boolean
  /** Ends a session for good, in every process at once. Does nothing where it has ended. */
  end(id: string): Promise<void>
}

export interface Invite {
  /** ISO 8601, in UTC. */
  created_at: string
  /** ISO 8601, in UTC. */
  expires_at: string
  /** The only address that may use it; null for any. */
  email: string | null
}

/** The drafted user for whom an invitation is claimed. */
export interface Claim {
  user_id: string
  email: string
}

/** Invitations by their code, which is never stored. */
export interface Invites {
  add(code: string, invite: Invite): Promise<void>
  /** Undefined where the code is unknown, or its account exists. */
  read(code: string): Promise<Invite | undefined>
  /**
   * Binds an invitation to the account that it is for. True for only one of concurrent callers, false where the code is
   * unknown or used, also by this claim: where another caller has settled it meanwhile. A claim stays: where its process
   * stopped, the next one settles it first.
   *
   * @param settle completes the account of an earlier claim. False where it can never exist: that claim is void
   */
  claim(code: string, claim: Claim, settle: (earlier: Claim) => Promise<boolean>): Promise<boolean>
  /** Ends an invitation whose account exists. */
  remove(code: string): Promise<void>
}
