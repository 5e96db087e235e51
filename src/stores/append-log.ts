// Logs of numbered entries, each created only where its number is free: the primitive under revisions, users, sessions
// and the quota ledger. test/contracts/append-log.ts checks these promises.
//
// Of two writers that follow the same entry one gets `taken` and starts again on the newer one, so correctness needs no
// lock. Kept logs never free a number. Pruned logs remove old entries, so a writer that was stopped can reuse a number;
// after creating, the newest entry decides (see {@link outcomeOf}).

import { createHash } from 'node:crypto'
import { TintypeError } from '../core/errors.ts'

export interface NumberedEntry<Entry> {
  /** Counts from 1. */
  number: number
  entry: Entry
}

export interface Appended {
  /**
   * `ours`: durable, and part of the log. `taken`: not part of it, now or ever; another writer has the number. `unknown`:
   * either; nothing was removed. The outcome of a lost answer is read back, never guessed.
   */
  outcome: 'ours' | 'taken' | 'unknown'
  /** Why the outcome is unknown. */
  cause?: unknown
}

/** @typeParam Entry carries its writer's token, see {@link LogFormat.tokensOf} */
export interface AppendLog<Entry> {
  /** The newest entry; every append that any process has acknowledged is in it. Undefined where the log is empty. */
  newest(log: string): Promise<NumberedEntry<Entry> | undefined>

  /**
   * Creates an entry under its number, where that is free. An entry is repeated only with the same number and bytes.
   *
   * @param number one more than the newest that the entry follows; 1 begins the log
   * @param beside work that runs beside the preparation of the entry, and ends before it is created
   * @returns `taken` too where the log was removed meanwhile
   * @throws errors of the medium, and of `beside`, where nothing was created, now or ever
   */
  append(log: string, number: number, entry: Entry, beside?: () => Promise<void>): Promise<Appended>

  /** Removes a whole log that no writer continues, because its last entry says so or was never announced. */
  remove(log: string): Promise<void>
}

export interface LogFormat<Entry> {
  /** Two different writers never encode the same bytes: their tokens differ. */
  encode(entry: Entry): string
  /** @throws Error where the text is damaged, or of another log or number */
  decode(text: string, log: string, number: number): Entry
  /** Tokens of the writers of this entry and of those before it, newest last; none in entries of older versions. */
  tokensOf(entry: Entry): readonly string[]
}

/** Tokens that an entry remembers: its own and those of the entries before it. */
export const REMEMBERED_TOKENS = 64

/** @param before tokens of the entry that is followed, none for the first */
export const tokensAfter = (before: readonly string[], token: string): string[] =>
  [...before, token].slice(-REMEMBERED_TOKENS)

/**
 * Decides by the tokens of the newest entry whether an entry that was or may have been created is part of the log. Unknown
 * where the newest one is too far ahead to remember the token.
 */
export const outcomeOf = (
  number: number,
  token: string | undefined,
  newest: { number: number; tokens: readonly string[] } | undefined,
): Appended['outcome'] => {
  if (!newest || newest.number < number || token === undefined) return 'unknown'
  if (newest.tokens.includes(token)) return 'ours'
  return newest.number - number < newest.tokens.length ? 'taken' : 'unknown'
}

/**
 * Error for an unknown outcome: the cause, where the medium failed.
 *
 * @param subject such as `project "shop"`
 */
export const unknownOutcome = (subject: string, cause: unknown): unknown =>
  cause ??
  new TintypeError('store_unavailable', `The outcome of the change to ${subject} is unknown.`, {
    retryAfterSeconds: 1,
  })

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const CHECKSUM = '  "checksum": "'

/** Completes the fields of a JSON file by a checksum. @param body lines of fields, without braces */
export const seal = (body: string): string => {
  const text = `{\n${body},\n`
  return `${text}${CHECKSUM}${sha256(text)}"\n}\n`
}

/** Returns a sealed text. @throws Error where it does not match its checksum */
export const unseal = (text: string): string => {
  const body = text.slice(0, Math.max(0, text.lastIndexOf(CHECKSUM)))
  if (text !== `${body}${CHECKSUM}${sha256(body)}"\n}\n`) throw new Error('the checksum does not match')
  return text
}
