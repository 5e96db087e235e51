// Conditional requests and ranges: RFC 9110 sections 13 and 14. No I/O.
//
// Not left to libraries: `range-parser` 1.3 refuses a suffix longer than the picture (416, where the RFC wants all of
// it), `fresh` 2 does not know If-Match, and both need whole header objects on a path of microseconds.

/** Reads a header of the request by its name in lower case. */
export type HeaderOf = (name: string) => string | undefined

/** Validators of a representation that a client may have cached. */
export interface Validators {
  /** Strong entity tag, with its quotes. */
  etag: string
  /** Milliseconds since 1970. */
  modifiedMs: number
  /** True where another representation of this URL may have the same date. @default false */
  dateIsWeak?: boolean
}

export type Decision = 'send' | 'not_modified' | 'precondition_failed'

/** First and last byte, inclusive. */
export interface ByteRange {
  start: number
  end: number
}

/** Evaluates the conditions of a GET or HEAD, in the order of RFC 9110 section 13.2.2. */
export const decide = (header: HeaderOf, { etag, modifiedMs }: Validators): Decision => {
  const match = header('if-match')
  if (match !== undefined) {
    if (!namesStrongly(match, etag)) return 'precondition_failed'
  } else {
    const unmodifiedSince = parseHttpDate(header('if-unmodified-since'))
    if (unmodifiedSince !== undefined && inSeconds(modifiedMs) > inSeconds(unmodifiedSince))
      return 'precondition_failed'
  }
  const noneMatch = header('if-none-match')
  if (noneMatch !== undefined) return namesWeakly(noneMatch, etag) ? 'not_modified' : 'send'
  const modifiedSince = parseHttpDate(header('if-modified-since'))
  return modifiedSince !== undefined && inSeconds(modifiedMs) <= inSeconds(modifiedSince) ? 'not_modified' : 'send'
}

/** True where `If-None-Match` names the tag: the weak comparison of RFC 9110 section 13.1.2. */
export const namesWeakly = (list: string, etag: string): boolean =>
  list === etag || list.trim() === '*' || tagsOf(list).some((tag) => tag.replace(/^W\//, '') === etag)

const namesStrongly = (list: string, etag: string): boolean => list.trim() === '*' || tagsOf(list).includes(etag)

/** Form of `If-Match`: one or more entity tags, or `*`. Empty elements of a list are allowed (RFC 9110 section 5.6.1.2). */
export const ENTITY_TAGS =
  /^(?:\*|(?:[ \t]*,)*[ \t]*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"[ \t]*(?:,[ \t]*(?:(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"[ \t]*)?)*)$/

const ENTITY_TAG = /[ \t]*(?:((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*)?(?:,|$)/y

/** The tags of an `If-Match`, or `*`. Undefined where it is malformed (RFC 9110 sections 8.8.3 and 13.1.1). */
export const parseEntityTags = (header: string): readonly string[] | '*' | undefined => {
  const text = header.trim()
  if (text === '*') return '*'
  const tags: string[] = []
  for (let at = 0; at < text.length; at = ENTITY_TAG.lastIndex) {
    ENTITY_TAG.lastIndex = at
    const match = ENTITY_TAG.exec(text)
    if (!match) return undefined
    if (match[1] !== undefined) tags.push(match[1])
  }
  return tags.length > 0 ? tags : undefined
}

// Tags made here hold no comma, so splitting a foreign tag at its comma cannot yield one of them.
const tagsOf = (list: string): string[] => list.split(',').map((tag) => tag.trim())

/**
 * The part of a representation that a GET gets. Whole without a range, for another unit, a malformed range or several of
 * them (RFC 9110 section 14.2 allows to ignore them), and where `If-Range` names another representation.
 *
 * @param bytes of the whole
 */
export const rangeOf = (
  header: HeaderOf,
  validators: Validators,
  bytes: number,
): ByteRange | 'whole' | 'unsatisfiable' => {
  const [, first, last] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header('range') ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return 'whole'
  if (first !== '' && last !== '' && Number(last) < Number(first)) return 'whole'
  const condition = header('if-range')
  if (condition !== undefined && !isSame(condition, validators)) return 'whole'
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  if (start >= bytes) return 'unsatisfiable'
  return { start, end: first === '' || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1) }
}

/** `If-Range`: a strong tag, or exactly the date where that is as strong (RFC 9110 section 13.1.5). */
const isSame = (condition: string, { etag, modifiedMs, dateIsWeak }: Validators): boolean =>
  condition === etag || (!dateIsWeak && condition === httpDate(modifiedMs))

/**
 * The `Last-Modified` of a representation that changes under its URL. Dates are in seconds, and another change may follow
 * within the same one: while that second lasts, the one before it is sent, so that no cache keeps the first of two.
 *
 * @param changedMs and `nowMs` in milliseconds since 1970
 */
export const coverShownMs = (changedMs: number, nowMs: number): number =>
  inSeconds(nowMs) > inSeconds(changedMs) ? changedMs : changedMs - 1000

/** Formatted dates, because formatting takes a microsecond. Cleared when full. */
const dates = new Map<number, string>()
const MAX_DATES = 10_000

/** Formats a date as RFC 9110 section 5.6.7 wants it. */
export const httpDate = (ms: number): string => {
  const known = dates.get(ms)
  if (known !== undefined) return known
  if (dates.size >= MAX_DATES) dates.clear()
  const text = new Date(ms).toUTCString()
  dates.set(ms, text)
  return text
}

const inSeconds = (ms: number): number => Math.floor(ms / 1000)

/** IMF-fixdate, and the two obsolete forms that must be accepted: `Sunday, 06-Nov-94 …`, `Sun Nov  6 08:49:37 1994`. */
const HTTP_DATE =
  /^[A-Z][a-z]{2,8},? (?:\d\d[ -][A-Z][a-z]{2}[ -](?:\d{4}|\d\d) \d\d:\d\d:\d\d GMT|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})$/

/** Milliseconds since 1970, undefined for a malformed date: its condition is ignored. */
const parseHttpDate = (text: string | undefined): number | undefined => {
  if (text === undefined || !HTTP_DATE.test(text)) return undefined
  const ms = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(ms) ? undefined : ms
}
