// Errors as RFC 9457 problem documents: the only file that knows statuses.

import { type ErrorCode, FAILURES, TintypeError } from '../../core/errors.ts'

/** `Retry-After` of errors that have none, in seconds. */
const DEFAULT_RETRY_AFTER_SECONDS = 5

/** Codes whose message is about the inside of the server, and so for the log alone. */
type InnerCode = { [Code in ErrorCode]: (typeof FAILURES)[Code]['status'] extends 500 ? Code : never }[ErrorCode]

/** Details of errors whose message is not public. */
const INNER: Record<InnerCode, string> = {
  internal: 'The server met an error that it did not expect. It was written to the log.',
  project_damaged: 'The files of the project are damaged on disk. What is wrong with them was written to the log.',
}

interface ProblemDocument {
  type: string
  title: string
  status: number
  detail: string
  code: ErrorCode
  /** Of a request whose error is in the log. */
  request_id?: string
}

export interface Problem {
  status: (typeof FAILURES)[ErrorCode]['status']
  headers: Record<string, string>
  body: ProblemDocument
}

/**
 * The identifier of a code (RFC 9457 `type`). It names the same thing on every host and under every path, so it is no
 * URL; `GET /docs` lists the codes.
 */
const problemType = (code: ErrorCode): string => `urn:tintype:problem:${code}`

/**
 * Any error as a {@link TintypeError}; of one that nobody foresaw, nothing is shown.
 *
 * @param request what is broken off because its client has gone fails in many ways
 */
export const toTintypeError = (error: unknown, { method, signal }: Request): TintypeError => {
  if (error instanceof TintypeError) return error
  if (signal.aborted) {
    const code = method === 'GET' || method === 'HEAD' ? 'client_gone' : 'upload_aborted'
    return new TintypeError(code, 'The client has gone.', { cause: error })
  }
  return new TintypeError('internal', INNER.internal, { cause: error })
}

/** Of an error with status 500 nothing is shown but its code. */
export const problemOf = (error: TintypeError): Problem => {
  const { status, title } = FAILURES[error.code]
  const headers: Record<string, string> = { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' }
  const retryAfter = error.retryAfterSeconds ?? (status === 503 ? DEFAULT_RETRY_AFTER_SECONDS : undefined)
  if (retryAfter !== undefined) headers['Retry-After'] = String(Math.ceil(retryAfter))
  // RFC 9110 section 15.5.2: a 401 says how to sign in.
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer realm="tintype"'
  // RFC 9110 section 15.5.6: a 405 names the methods that there are.
  const allow = error.details?.allow
  if (Array.isArray(allow)) headers.Allow = allow.join(', ')
  // Section 15.5.17: a 416 names the size that there is.
  if (error.code === 'range_not_satisfiable') headers['Content-Range'] = `bytes */${error.details?.bytes}`
  const { code } = error
  const shown = isInner(code) ? { detail: INNER[code] } : { detail: error.message, details: error.details }
  const document = { type: problemType(code), title, status, detail: shown.detail, code }
  // First in the text, and never replaced by a detail.
  return { status, headers, body: { ...document, ...shown.details, ...document } }
}

const isInner = (code: ErrorCode): code is InnerCode => FAILURES[code].status === 500
