// The error of the client, made of a problem document (RFC 9457) or of a request without a readable answer.

import type { components } from './schema.ts'

type Problem = NonNullable<components['schemas']['Problem']>

/**
 * A code of the API, `connection_failed` where no whole answer arrived, or `unexpected_response` where the answer is not one
 * of Tintype: that of a proxy, for example.
 */
export type ClientErrorCode = Problem['code'] | 'connection_failed' | 'unexpected_response'

export interface ClientErrorParts {
  code: ClientErrorCode
  title: string
  detail: string
  status?: number | undefined
  requestId?: string | undefined
  retryAfter?: number | undefined
  problem?: Readonly<Record<string, unknown>> | undefined
  cause?: unknown
}

/** Every failure but an abort, which rejects with the reason of its signal, and wrong arguments, which are a `TypeError`. */
export class TintypeClientError extends Error {
  override readonly name = 'TintypeClientError'
  readonly code: ClientErrorCode
  /** HTTP status. Undefined where no whole answer arrived. */
  readonly status: number | undefined
  /** The constant summary of the code. */
  readonly title: string
  /** What was expected and what arrived. */
  readonly detail: string
  /** Id of the request in the log of the server. */
  readonly requestId: string | undefined
  /** Time after which it makes sense to try again, in seconds. */
  readonly retryAfter: number | undefined
  /** The whole problem document, with `expected`, `received` and others where its code has them. Empty without one. */
  readonly problem: Readonly<Record<string, unknown>>

  constructor({ code, title, detail, status, requestId, retryAfter, problem = {}, cause }: ClientErrorParts) {
    super(detail || title, { cause })
    this.code = code
    this.status = status
    this.title = title
    this.detail = detail
    this.requestId = requestId
    this.retryAfter = retryAfter
    this.problem = problem
  }
}

/** The error of a request that got no whole answer. */
export const connectionFailed = (cause: unknown): TintypeClientError =>
  new TintypeClientError({
    code: 'connection_failed',
    title: 'The connection failed',
    detail: 'The server did not answer: it cannot be reached, or the connection was lost.',
    cause,
  })

/** `Retry-After` in seconds; undefined without one. A date, which Tintype never sends, counts as none. */
export const retryAfterOf = ({ headers }: Pick<Response, 'headers'>): number | undefined => {
  const text = headers.get('Retry-After')
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined
}

/** The error of an answer. @param body its problem document, parsed, or whatever a proxy sent */
export const errorOf = (response: Pick<Response, 'status' | 'headers'>, body: unknown): TintypeClientError => {
  const { status, headers } = response
  const common = {
    status,
    requestId: headers.get('X-Request-Id') ?? undefined,
    retryAfter: retryAfterOf(response),
  }
  if (isProblem(body)) return new TintypeClientError({ ...common, ...body, status, problem: { ...body } })
  return new TintypeClientError({
    ...common,
    code: 'unexpected_response',
    title: 'The answer is not one of Tintype',
    detail: `Expected an answer of Tintype, received status ${status} without a problem document.`,
  })
}

/**
 * The text of an answer.
 *
 * @throws TintypeClientError `connection_failed` where the connection is lost within it, or the reason of the signal
 */
export const textOf = (response: Response, signal?: AbortSignal | null): Promise<string> =>
  response.text().catch((error: unknown) => {
    if (signal?.aborted) throw signal.reason
    throw connectionFailed(error)
  })

/** The error of an answer whose body was not read yet. @throws like {@link textOf} */
export const readError = async (response: Response, signal?: AbortSignal | null): Promise<TintypeClientError> =>
  errorOf(response, parsed(await textOf(response, signal)))

/** The value of a JSON text; undefined for another text. */
export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'title' in body && 'detail' in body
