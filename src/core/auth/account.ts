// Accounts of users: their record, and the rules for e-mail addresses, names and passwords.

import { z } from 'zod'
import { randomIds } from '../random-id.ts'
import { characters } from '../text.ts'

/** Form of {@link newAccountId}. */
const ACCOUNT_ID = /^[0-9a-z]{20}$/

/** Ids of users and sessions: 20 of `0-9 a-z`, 103 random bits, never used again. */
export const newAccountId: () => string = randomIds(20)

export const isAccountId = (value: string): boolean => ACCOUNT_ID.test(value)

/** Characters of a password. The upper bound keeps the work of a hash bounded. */
export const PASSWORD_LENGTH = { least: 10, most: 200 } as const

/** Limit on the display name of a user, in characters. */
export const MAX_NAME_LENGTH = 100

/** Characters of an e-mail address (RFC 5321 section 4.5.3.1.3, without the angle brackets). */
export const MAX_EMAIL_LENGTH = 254

/** Registration of new accounts: open to all, by invitation, or closed. */
export const REGISTRATIONS = ['open', 'invite', 'closed'] as const
export type Registration = (typeof REGISTRATIONS)[number]

/** An identity at an identity provider. */
export interface Identity {
  /** URL of the provider. */
  issuer: string
  /** Id of the person at the provider, never used again. */
  subject: string
}

const userIdentitySchema = z.object({
  issuer: z.string(),
  subject: z.string(),
  /** Whether the provider had verified the address when the identity was linked. */
  email_verified: z.boolean(),
})

/** The record of a user. */
export const userSchema = z.object({
  id: z.string().regex(ACCOUNT_ID),
  /** In the form of {@link normalEmail}. */
  email: z.string(),
  name: z.string().nullable(),
  /** Argon2id, as a PHC string; null where the account has no password, and is signed in to by its identity alone. */
  password_hash: z.string().nullable(),
  /** The only identity that signs in to the account; absent where none does. */
  identity: userIdentitySchema.optional(),
  /** Incremented to end all sessions: each belongs to the generation in which it began. */
  generation: z.int().min(0),
  /** True where the user may not sign in; all sessions are void. */
  disabled: z.boolean(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})

export type User = z.infer<typeof userSchema>

/** True for the user of an identity. */
export const isUserOf = ({ identity }: User, { issuer, subject }: Identity): boolean =>
  identity?.issuer === issuer && identity.subject === subject

/**
 * Normalizes an address for comparison. The part before the `@` could differ by case in theory (RFC 5321 section
 * 2.4), but no provider gives two users addresses that differ by case alone.
 */
export const normalEmail = (email: string): string => email.trim().toLowerCase()

/** Normalizes a password (NIST SP 800-63B section 5.1.1.2): keyboards differ in the code points of a character. */
export const normalPassword = (password: string): string => password.normalize('NFKC')

/**
 * Source of the pattern of an address, without anchors: the usual subset of RFC 5321, with neither quotes nor IP
 * addresses.
 */
export const EMAIL_SOURCE =
  "(?:[A-Za-z0-9_'+-]+\\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9-]*\\.)+[A-Za-z]{2,}"

const EMAIL = new RegExp(`^${EMAIL_SOURCE}$`)

export const isEmail = (text: string): boolean => text.length <= MAX_EMAIL_LENGTH && EMAIL.test(text)

/** Control characters, which a terminal or a log would interpret, are refused. */
export const isName = (text: string): boolean =>
  text.trim() !== '' && characters(text) <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(text)

export const PASSWORD_RULE = `${PASSWORD_LENGTH.least} to ${PASSWORD_LENGTH.most} characters`

/** Text of more than two code units for each allowed character is refused without counting. */
export const isPassword = (text: string): boolean =>
  text.length <= 2 * PASSWORD_LENGTH.most &&
  characters(text) >= PASSWORD_LENGTH.least &&
  characters(text) <= PASSWORD_LENGTH.most
