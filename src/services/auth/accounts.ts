// Accounts service: register, sign in, refresh and end sessions, change the password.

import { unauthenticated } from '../../core/auth/access.ts'
import { normalEmail, type Registration, type User } from '../../core/auth/account.ts'
import { TintypeError } from '../../core/errors.ts'
import type { AccountStore, Session as StoredSession } from '../../stores/accounts/account-store.ts'
import { createUser, type NewAccount } from './create-user.ts'
import { type ProviderIdentity, userOfIdentity } from './identities.ts'
import { registerByInvite } from './invites.ts'
import type { Passwords } from './passwords.ts'
import { createSessionTokens, REFRESH_SECONDS, type Session, type SessionTokens } from './session-tokens.ts'

export interface AccountServiceOptions {
  store: AccountStore
  passwords: Passwords
  registration: Registration
  /** Milliseconds since 1970. @default Date.now */
  now?(): number
}

export interface SignedIn {
  user: User
  sessionId: string
  accessToken: string
  refreshToken: string
  csrfToken: string
}

/** `network` is the client's network, for the throttle of attempts; undefined where unknown. */
export interface AccountService {
  tokens: SessionTokens
  /** @throws TintypeError `registration_closed`, `invite_invalid`, `email_taken`, `busy` */
  register(account: NewAccount & { invite?: string }, network?: string): Promise<SignedIn>
  /**
   * One answer for an unknown address, a wrong password and a disabled user. @throws TintypeError `wrong_credentials`,
   * `busy`
   */
  signIn(credentials: { email: string; password: string }, network?: string): Promise<SignedIn>
  /**
   * Signs in to the account of an identity at a provider, see {@link userOfIdentity}.
   *
   * @throws TintypeError `registration_closed`, `email_taken`, `identity_without_email`, `account_disabled`
   */
  signInByIdentity(identity: ProviderIdentity, network?: string): Promise<SignedIn>
  /**
   * Exchanges a refresh token for the next one. A token that was used before ends the session with its newer token:
   * either holder could be the thief. Within {@link REUSE_MS} of its use, it gives the newer token again: tabs of one
   * browser renew their session at the same moment.
   *
   * @throws TintypeError `unauthenticated`
   */
  refresh(refreshToken: string, network?: string): Promise<SignedIn>
  /** Ends a session. Does nothing where it has ended. */
  signOut(sessionId: string): Promise<void>
  /** Ends all sessions of the user, and begins a new one. @throws TintypeError `wrong_credentials`, `busy` */
  changePassword(userId: string, change: { current: string; next: string }): Promise<SignedIn>
  /**
   * Returns the session of an access token; undefined where it has ended, or its user is disabled.
   *
   * @param atMs time at which the token must be valid, in milliseconds since 1970. @default now
   */
  sessionOf(accessToken: string, atMs?: number): Promise<Session | undefined>
  /**
   * {@link AccountService.sessionOf} without a wait, for a token that was verified before. Undefined says nothing.
   *
   * @param share see {@link Store.current}
   */
  sessionNow(accessToken: string, share?: boolean): Session | undefined
  user(id: string): Promise<User | undefined>
  /** Waits for a sweep in the background. */
  close(): Promise<void>
}

/** Time in which a refresh token that was used gives the same next one again, in milliseconds. */
const REUSE_MS = 10_000

/** Interval between sweeps of ended sessions, in milliseconds. */
const SWEEP_MS = 3_600_000
/** Age at which ended sessions are swept: life of a refresh token and a day, in milliseconds. */
const ENDED_MS = (REFRESH_SECONDS + 86_400) * 1000

export const createAccountService = (options: AccountServiceOptions): AccountService => {
  const { store, passwords, registration, now = Date.now } = options
  const { users, sessions } = store
  const tokens = createSessionTokens({ secret: store.secret, ensureSecret: store.ensureSecret, now })
  let sweptAt = Number.NEGATIVE_INFINITY
  let sweeping = Promise.resolve()

  const sweepIfDue = () => {
    if (now() - sweptAt < SWEEP_MS) return
    sweptAt = now()
    // A failed sweep is retried by the next one.
    sweeping = store.sweep(ENDED_MS).catch(() => {})
  }

  const signedIn = async (user: User, sessionId: string, number: number): Promise<SignedIn> => {
    const session = { id: sessionId, userId: user.id, generation: user.generation }
    const [accessToken, refreshToken, csrfToken] = await Promise.all([
      tokens.access(session),
      tokens.refresh(sessionId, number),
      tokens.csrf(sessionId),
    ])
    return { user, sessionId, accessToken, refreshToken, csrfToken }
  }

  /** The user of a session, where neither has ended it. */
  const currentUser = async (session: StoredSession | undefined): Promise<User | undefined> => {
    const user = session && (await users.get(session.user_id))
    return user && isCurrent(user, session.generation) ? user : undefined
  }

  /** The user of a session whose token was renewed a moment ago, by another tab. */
  const sharedUser = async (sessionId: string, number: number): Promise<User | undefined> => {
    const renewed = await sessions.renewed(sessionId, number)
    return renewed && now() - Date.parse(renewed.at) < REUSE_MS ? currentUser(renewed.session) : undefined
  }

  const begin = async (user: User): Promise<SignedIn> => {
    sweepIfDue()
    const { id, generation } = user
    const sessionId = await sessions.begin({ user_id: id, generation, created_at: new Date(now()).toISOString() })
    return signedIn(user, sessionId, 1)
  }

  return {
    tokens,

    async register({ invite, ...account }) {
      if (registration === 'closed')
        throw new TintypeError('registration_closed', 'Registration is closed: the operator creates accounts.')
      const maker = { users, passwords, now }
      if (registration === 'open') return begin(await createUser(maker, account))
      return begin(await registerByInvite({ ...maker, invites: store.invites }, account, invite))
    },

    async signIn({ email, password }) {
      const user = await users.byEmail(normalEmail(email))
      const fits = await passwords.verify(user?.password_hash ?? undefined, password)
      if (!user || !fits || user.disabled) throw wrongCredentials('Expected an e-mail address and its password.')
      return begin(user)
    },

    async signInByIdentity(identity) {
      return begin(await userOfIdentity({ store, registration, now }, identity))
    },

    async refresh(refreshToken) {
      const token = await tokens.readRefresh(refreshToken)
      if (!token || now() >= token.expiresAt) throw sessionEnded()
      const { sessionId, number } = token
      const found = await sessions.read(sessionId, number)
      const user = await currentUser(found)
      const isNext = user && (await sessions.advance(sessionId, number, new Date(now()).toISOString()))
      const shared = isNext ? user : await sharedUser(sessionId, number)
      if (shared) return signedIn(shared, sessionId, number + 1)
      await sessions.end(sessionId)
      throw sessionEnded()
    },

    signOut: (sessionId) => sessions.end(sessionId),

    async changePassword(userId, { current, next }) {
      const user = await users.get(userId)
      const fits = await passwords.verify(user?.password_hash ?? undefined, current)
      if (!user || !fits) throw wrongCredentials('Expected the password that is to be changed in "current".')
      const password_hash = await passwords.hash(next)
      const changed = await users.change(userId, (newest) => {
        // Changed meanwhile: the password that was verified is not the current one.
        if (newest.password_hash !== user.password_hash || newest.disabled)
          throw wrongCredentials('The password was changed at the same time.')
        const updated_at = new Date(now()).toISOString()
        return { ...newest, password_hash, generation: newest.generation + 1, updated_at }
      })
      if (!changed) throw sessionEnded()
      return begin(changed)
    },

    async sessionOf(accessToken, atMs) {
      const session = await tokens.readAccess(accessToken, atMs)
      if (!session || !(await sessions.isAlive(session.id))) return undefined
      const user = await users.get(session.userId)
      return user && isCurrent(user, session.generation) ? session : undefined
    },

    sessionNow(accessToken, share) {
      const session = tokens.recallAccess(accessToken)
      if (!session || !sessions.isAliveNow(session.id, share)) return undefined
      const user = users.current(session.userId, share)
      return user && isCurrent(user, session.generation) ? session : undefined
    },

    user: users.get,

    close: () => sweeping,
  }
}

const isCurrent = (user: Pick<User, 'disabled' | 'generation'>, generation: number): boolean =>
  !user.disabled && user.generation === generation

const wrongCredentials = (message: string): TintypeError => new TintypeError('wrong_credentials', message)

const sessionEnded = (): TintypeError => unauthenticated('The session has ended: sign in again.')
