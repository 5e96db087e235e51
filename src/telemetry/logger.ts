// Logger: pino, one JSON line for each event, secrets redacted.

import { type DestinationStream, type Logger, pino } from 'pino'
import { bufferedDestination } from './buffered.ts'
import { writesPlainJson } from './requests.ts'

export type { Logger }

export interface LoggerOptions {
  /** @default 'info' */
  level?: string
  /** File descriptor of the lines: 1 is standard output, 2 standard error. @default 1 */
  fd?: number
  /** Replaces `fd`, for example to format the lines. @default JSON to `fd` */
  destination?: DestinationStream
}

/** Redacted fields, also in logged objects. */
const SECRETS = ['authorization', 'cookie', 'set-cookie', 'x-api-key', 'password', 'token', 'signingKeys']

/** Objects that may contain them. Listed, because a wildcard makes each line take ten times as long. */
const PARENTS = ['', 'headers', 'req.headers', 'request.headers']

const SECRET_PATHS = PARENTS.flatMap((parent) =>
  [...SECRETS, 'Authorization', 'Cookie', 'Set-Cookie', 'X-API-Key'].map((name) => `${parent}["${name}"]`),
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
