// One line in the log for each request.

import type { Logger } from '../../telemetry/logger.ts'
import type { Client } from '../client.ts'
import type { FastOptions } from '../fast.ts'
import type { Context } from '../respond.ts'

/** Without the query: it can carry what a log must not keep. The time runs until the answer begins. */
export const requestLog =
  (log: Logger, client: Client) =>
  async (c: Context, next: () => Promise<void>): Promise<void> => {
    const startedMs = performance.now()
    await next()
    if (!log.isLevelEnabled('info')) return
    const ms = Math.round((performance.now() - startedMs) * 10) / 10
    log.info({ method: c.req.method, path: c.req.path, status: c.res.status, ms, from: client.addressOf(c) }, 'request')
  }

/** The same for answers that go out at once. */
export const logAnswers =
  (log: Logger, client: Client): NonNullable<FastOptions['onAnswer']> =>
  ({ method, url = '', rawHeaders, socket }, { status }) => {
    if (!log.isLevelEnabled('info')) return []
    const from = client.addressBehind(socket.remoteAddress, forwardedForIn(rawHeaders))
    log.info({ method, path: pathOf(url), status, ms: 0, from }, 'request')
    return []
  }

const forwardedForIn = (rawHeaders: readonly string[]): string | undefined => {
  const values = rawHeaders.filter((_, at) => rawHeaders[at - 1]?.toLowerCase() === 'x-forwarded-for' && at % 2 === 1)
  return values.length > 0 ? values.join(',') : undefined
}

const pathOf = (url: string): string => {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}
