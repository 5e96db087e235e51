// Failures: counts and logs the errors of requests, and makes their problem documents.

import type { ErrorCode } from '../../core/errors.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Observer } from '../../telemetry/observer.ts'
import type { Context } from '../context.ts'
import { loggedPath } from '../middleware/request-log.ts'
import { type Problem, problemOf, toTintypeError } from './problem.ts'

/** Problem document of anything that was thrown, which is counted and, where it is not expected, logged. */
export type Failures = (c: Context, thrown: unknown) => Problem

export interface FailuresOptions {
  log: Logger
  observer: Pick<Observer, 'failed'>
}

/** Errors of status 500 and over that are not logged here: they are expected, or logged at their origin. */
const EXPECTED: readonly ErrorCode[] = ['busy', 'read_only', 'shutting_down', 'quota_exceeded', 'issuer_unavailable']

export const createFailures =
  ({ log, observer }: FailuresOptions): Failures =>
  (c, thrown) => {
    const error = toTintypeError(thrown, c.req.raw)
    const problem = problemOf(error)
    const { status, body } = problem
    observer.failed(error.code)
    if (status >= 500 && !EXPECTED.includes(error.code)) {
      const id = c.get('requestId')
      log.error(
        { err: error, id, method: c.req.method, path: loggedPath(c.req.url) },
        `${error.code}; answering ${status}`,
      )
      body.request_id = id
    }
    return problem
  }
