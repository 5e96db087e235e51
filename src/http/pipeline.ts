// Pipeline: the steps of every request in one function, in their order: log, checks, route, error. As middleware of Hono,
// each step would take a microsecond and two promises.

import type { Check, Context, Handler } from './context.ts'
import type { RequestLog } from './middleware/request-log.ts'

export interface PipelineOptions {
  requestLog: RequestLog
  /** Run in their order before each route. */
  checks: readonly Check[]
  /** Responds to an error. */
  fail(c: Context, error: Error): Promise<Response>
}

/** Makes the whole handler of a route. Undefined is the response of a route that has called the next handler. */
export type Pipeline = (route: Handler) => Handler

export const createPipeline = ({ requestLog, checks, fail }: PipelineOptions): Pipeline => {
  const check = inOrder(checks)

  return (route) => async (c, next) => {
    const startedMs = requestLog.begin(c)
    let response: Response | undefined
    try {
      const answer = check(c)
      response = (answer instanceof Promise ? await answer : answer) ?? (await route(c, next))
    } catch (thrown) {
      // A request whose client has disconnected rejects with a text as the reason.
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      // As Hono does: middleware of a program that mounts the app may read it.
      c.error = error
      response = await fail(c, error)
    }
    return requestLog.end(c, response, startedMs)
  }
}

/** Runs checks in order, up to the first that answers. Waits only for those that return a promise. */
export const inOrder = (checks: readonly Check[]): Check => {
  const answerOf = (c: Context, first: number): ReturnType<Check> => {
    for (let at = first; at < checks.length; at++) {
      const answer = checks[at]?.(c)
      if (answer instanceof Promise) return answer.then((response) => response ?? answerOf(c, at + 1))
      if (answer) return answer
    }
    return undefined
  }
  return (c) => answerOf(c, 0)
}

/** A route behind a check of its own. */
export const checkedBy =
  (check: Check, route: Handler): Handler =>
  async (c, next) =>
    (await check(c)) ?? route(c, next)
