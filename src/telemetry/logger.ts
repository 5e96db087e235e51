// The log: pino, one line an event.

import { type DestinationStream, type Logger, pino } from 'pino'
import { bufferedDestination } from './buffered.ts'
import { writesPlainJson } from './request-line.ts'

export type { Logger }

export interface LoggerOptions {
  /** @default 'info' */
  level?: string
  /** File descriptor that the lines go to: 1 is standard output, 2 standard error. @default 1 */
  fd?: number
  /** Takes the lines instead, such as one that makes them readable. @default JSON to `fd` */
  destination?: DestinationStream
}

/** No line is meant to have any of these. Should an object be logged whole that has one, its value is not written. */
const SECRETS = ['authorization', 'cookie', 'set-cookie', 'x-api-key', 'password', 'token', 'signingKeys']

/** Where they would be. By name: a pattern for any place makes each line take ten times as long. */
const HOLDERS = ['', 'headers', 'req.headers', 'request.headers']

const SECRET_PATHS = HOLDERS.flatMap((holder) =>
  [...SECRETS, 'Authorization', 'Cookie', 'Set-Cookie', 'X-API-Key'].map((name) => `${holder}["${name}"]`),
)

export const createLogger = ({ level, fd, destination }: LoggerOptions = {}): Logger => {
  const lines = destination ?? bufferedDestination(fd ?? 1)
  const log = pino(
    {
      level: level ?? 'info',
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: pino.stdSerializers.err },
      redact: { paths: SECRET_PATHS, censor: '[secret]' },
    },
    lines,
  )
  if (!destination) writesPlainJson(log, lines)
  return log
}
