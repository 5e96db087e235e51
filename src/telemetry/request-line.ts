// The line of a request in the log, put together by hand: pino takes a tenth of the time of a small answer for it.

import type { Logger } from './logger.ts'

export interface RequestEntry {
  id: string
  method: string
  /** Without the query: it can carry what a log must not keep. */
  path: string
  status: number
  /** Until the answer began, in milliseconds. */
  ms: number
  /** Of the answer's body. */
  bytes: number
  /** Address of the client, where it is known; asked only for a line that is written. */
  from(): string | undefined
}

interface Lines {
  write(line: string): void
}

/** Where loggers that write plain JSON, with nothing added to a line, write it. */
const plain = new WeakMap<Logger, Lines>()

/** To be told of a logger whose lines can be written past it. */
export const writesPlainJson = (log: Logger, lines: Lines): void => void plain.set(log, lines)

/** Writes the line as `log.info(entry, 'request')` does. */
export const createRequestLines = (log: Logger): ((entry: RequestEntry) => void) => {
  const lines = plain.get(log)
  /** Many lines are of the same client. */
  let lastFrom: string | undefined
  let origin = ''
  return (entry) => {
    if (!log.isLevelEnabled('info')) return
    const { id, method, path, status, bytes } = entry
    const ms = Math.round(entry.ms * 10) / 10
    const from = entry.from()
    if (!lines) return log.info({ id, method, path, status, ms, bytes, from }, 'request')
    if (from !== lastFrom) {
      lastFrom = from
      origin = from === undefined ? '' : `,"from":${quoted(from)}`
    }
    lines.write(
      `{"level":30,"time":"${timeNow()}","id":"${id}","method":${method === 'GET' ? '"GET"' : quoted(method)},"path":${quoted(path)},"status":${status},"ms":${ms},"bytes":${bytes}${origin},"msg":"request"}\n`,
    )
  }
}

const PLAIN = /^[A-Za-z0-9/._:-]*$/

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text))

let timeMs = 0
let time = ''

/** Many lines are of the same millisecond. */
const timeNow = (): string => {
  const now = Date.now()
  if (now !== timeMs) {
    timeMs = now
    time = new Date(now).toISOString()
  }
  return time
}
