// Password reset: a link by mail that sets a new password once, within an hour.
//
// The token of the link names the account and its generation, sealed by the secret of the store, so that nothing is
// stored: each change of the password is a new generation, which makes every token before it void.

import { createHash } from 'node:crypto'
import { RateLimiterRes } from 'rate-limiter-flexible'
import { normalEmail, type User } from '../../core/auth/account.ts'
import { isEqual } from '../../core/auth/constant-time.ts'
import { TintypeError } from '../../core/errors.ts'
import type { AccountStore } from '../../stores/accounts/account-store.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { type CountingOptions, createLimiter } from '../limits/limiter.ts'
import type { Mailer } from '../mail/mailer.ts'
import { type MailLanguage, passwordMail } from '../mail/password-mail.ts'
import type { Passwords } from './passwords.ts'
import { seal } from './session-tokens.ts'

export interface PasswordResetOptions {
  store: Pick<AccountStore, 'users' | 'secret' | 'ensureSecret'>
  passwords: Passwords
  /** @default passwords are not reset */
  mail?: {
    mailer: Mailer
    /** Address of the app, without a slash at the end. */
    publicUrl: string
  }
  counting: CountingOptions
  log: Logger
  /** Milliseconds since 1970. @default Date.now */
  now?(): number
}

export interface PasswordReset {
  /** Whether links are sent. */
  isOffered: boolean
  /**
   * Sends a link to the address, if it has an account. Returns before the account is looked up, so that neither the result
   * nor the time reveals one.
   *
   * @param language of the mail. @default en
   * @throws TintypeError `password_reset_closed`, `busy`
   */
  request(email: string, language?: MailLanguage): void
  /**
   * Sets the password, and ends all sessions of the user, and the sign-in by an identity whose address was not verified.
   *
   * @param network of the client, for the throttle of sign-ins; undefined where unknown
   * @throws TintypeError `reset_token_invalid`, `busy`
   */
  reset(token: string, password: string, network?: string): Promise<User>
  /** Waits for the mails under way. */
  close(): Promise<void>
}

/** Life of a link, in seconds. */
export const RESET_SECONDS = 3600

/** Most mails to one address in {@link RESET_SECONDS}; further requests send none. */
const MAX_MAILS = 3

/** Limit of mails under way; further requests are answered 503. */
const MAX_SENDING = 100

const TOKEN_FORM = /^ttw_([0-9a-z]{20})_(\d{1,9})_(\d{10})_([\w-]{43})$/

export const createPasswordReset = (options: PasswordResetOptions): PasswordReset => {
  const { store, passwords, mail, counting, log, now = Date.now } = options
  const mails = createLimiter({ keyPrefix: 'reset_mails', points: MAX_MAILS, duration: RESET_SECONDS }, counting)
  const sending = new Set<Promise<void>>()

  const tokenFor = async ({ id, generation }: User): Promise<string> => {
    const content = `${id}_${generation}_${Math.floor(now() / 1000) + RESET_SECONDS}`
    return `ttw_${content}_${seal('reset', content, await store.ensureSecret())}`
  }

  /** Counts a mail to the address. False where it has had enough. */
  const count = async (email: string): Promise<boolean> => {
    try {
      await mails.consume(createHash('sha256').update(email).digest('base64url'))
      return true
    } catch (error) {
      if (error instanceof RateLimiterRes) return false
      throw error
    }
  }

  const send = async (
    email: string,
    language: MailLanguage,
    { mailer, publicUrl }: NonNullable<typeof mail>,
  ): Promise<void> => {
    const user = await store.users.byEmail(email)
    if (!user || user.disabled || !(await count(email))) return
    // A fragment is sent to no server, and is in no log.
    const link = `${publicUrl}/#reset=${await tokenFor(user)}`
    await mailer.send(passwordMail({ email: user.email, publicUrl, link, language }))
  }

  /** The user and generation of a valid token. */
  const read = async (token: string): Promise<{ id: string; generation: number }> => {
    const [, id, generation, expires, sealed] = TOKEN_FORM.exec(token) ?? []
    const secret = await store.secret()
    if (!secret || id === undefined || sealed === undefined) throw invalidToken()
    const isOurs = isEqual(sealed, seal('reset', `${id}_${generation}_${expires}`, secret))
    if (!isOurs || now() >= Number(expires) * 1000) throw invalidToken()
    return { id, generation: Number(generation) }
  }

  return {
    isOffered: mail !== undefined,

    request(email, language = 'en') {
      if (!mail)
        throw new TintypeError('password_reset_closed', 'No mail is sent here: the operator sets new passwords.')
      if (sending.size >= MAX_SENDING)
        throw new TintypeError('busy', 'More mails are under way than can be sent soon.', { retryAfterSeconds: 10 })
      const work = send(normalEmail(email), language, mail)
        .catch((error: unknown) => log.error({ error }, 'could not send a link for a new password; sending none'))
        .finally(() => sending.delete(work))
      sending.add(work)
    },

    async reset(token, password) {
      const { id, generation } = await read(token)
      const isUsable = (user: User | undefined) => user?.generation === generation && !user.disabled
      if (!isUsable(await store.users.get(id))) throw invalidToken()
      const password_hash = await passwords.hash(password)
      const changed = await store.users.change(id, (newest) => {
        // Of two requests with one token, one is first.
        if (!isUsable(newest)) throw invalidToken()
        const updated_at = new Date(now()).toISOString()
        // A stranger could have registered the address by an identity that does not prove it.
        const identity = newest.identity?.email_verified ? newest.identity : undefined
        return { ...newest, identity, password_hash, generation: newest.generation + 1, updated_at }
      })
      if (!changed) throw invalidToken()
      return changed
    },

    async close() {
      await Promise.all(sending)
    },
  }
}

/** One error for all cases. */
const invalidToken = (): TintypeError =>
  new TintypeError('reset_token_invalid', 'The link was used, has expired, or is not complete. Request a new one.')
