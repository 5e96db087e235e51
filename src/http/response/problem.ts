// Problem documents (RFC 9457) of errors: the only file that reads their statuses.

import { type ErrorCode, FAILURES, TintypeError } from '../../core/errors.ts'

/** Default `Retry-After`, in seconds. */
const DEFAULT_RETRY_AFTER_SECONDS = 5

/** Codes whose messages are internal, for the log alone. */
type InnerCode = { [Code in ErrorCode]: (typeof FAILURES)[Code]['status'] extends 500 ? Code : never }[ErrorCode]

/** Public details of errors with internal messages. */
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
  /** Id of the request in the log, where its error is logged. */
  request_id?: string
}

export interface Problem {
  status: (typeof FAILURES)[ErrorCode]['status']
  headers: Record<string, string>
  body: ProblemDocument
}

/**
 * Identifier of a code (RFC 9457 `type`). No URL, because it is equal on every host and under every path; `GET /docs`
 * lists the codes.
 */
const problemType = (code: ErrorCode): string => `urn:tintype:problem:${code}`

/**
 * Converts anything thrown to a {@link TintypeError}: `busy` where the process lacks descriptors or memory; unexpected
 * errors become `internal` without details.
 *
 * @param request its abort signal recognizes errors caused by a disconnected client
 */
export const toTintypeError = (error: unknown, request: Request): TintypeError => {
  if (error instanceof TintypeError) return error
  const { method, signal } = request
  if (signal.aborted) {
    const code = method === 'GET' || method === 'HEAD' ? 'client_gone' : 'upload_aborted'
    return new TintypeError(code, 'The client has gone.', { cause: error })
  }
  if (isExhausted(error))
    return new TintypeError('busy', 'The server has no free file descriptor or memory now.', { cause: error })
  return new TintypeError('internal', INNER.internal, { cause: error })
}

/** Codes of system calls that succeed again once other requests are finished. */
const EXHAUSTED = ['EMFILE', 'ENFILE', 'ENOMEM']

const isExhausted = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && EXHAUSTED.some((code) => code === error.code)

/** Problem document of an error; one of status 500 shows nothing but its code. */
export const problemOf = (error: TintypeError): Problem => {
  const { status, title } = FAILURES[error.code]
  const headers: Record<string, string> = { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' }
  const retryAfter = error.retryAfterSeconds ?? (status === 503 ? DEFAULT_RETRY_AFTER_SECONDS : undefined)
  if (retryAfter !== undefined) headers['Retry-After'] = String(Math.ceil(retryAfter))
  // RFC 9110 section 15.5.2: a 401 names an authentication scheme.
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer realm="tintype"'
  // RFC 9110 section 15.5.6: a 405 names the allowed methods.
  const allow = error.details?.allow
  if (Array.isArray(allow)) headers.Allow = allow.join(', ')
  // Section 15.5.17: a 416 names the length of the representation.
  if (error.code === 'range_not_satisfiable') headers['Content-Range'] = `bytes */${error.details?.bytes}`
  const { code } = error
  const shown = isInner(code) ? { detail: INNER[code] } : { detail: error.message, details: error.details }
  const document = { type: problemType(code), title, status, detail: shown.detail, code }
  // First in the text, and never overwritten by a detail.
  return { status, headers, body: Object.assign({}, document, shown.details, document) }
}

const isInner = (code: ErrorCode): code is InnerCode => FAILURES[code].status === 500
