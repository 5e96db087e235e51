// Logger: pino, one JSON line for each event, secrets redacted.

import { type DestinationStream, type Logger, pino } from 'pino'
import { createLogOutput, type LogOutput, type LogOutputOptions } from './log-output.ts'
import { writesPlainJson } from './requests.ts'

export type { Logger }

export interface LoggerOptions extends Partial<LogOutputOptions> {
  /** @default 'info' */
  level?: string
  /** Formats each line. @default JSON, as it is */
  format?: (line: string) => string
  /** Replaces the file descriptor `fd`. @default JSON to `fd`, which is 1 by default */
  destination?: DestinationStream
}

/** Redacted fields, also in logged objects. */
const SECRETS = ['authorization', 'cookie', 'set-cookie', 'x-api-key', 'password', 'token', 'signingKeys']

/** Objects that may contain them. Listed, because a wildcard makes each line take ten times as long. */
const PARENTS = ['', 'headers', 'req.headers', 'request.headers']

const SECRET_PATHS = PARENTS.flatMap((parent) =>
  [...SECRETS, 'Authorization', 'Cookie', 'Set-Cookie', 'X-API-Key'].map((name) => `${parent}["${name}"]`),
)

export const createLogger = ({ level, format, destination, fd = 1, ...options }: LoggerOptions = {}): Logger => {
  const output = destination ? undefined : createLogOutput({ fd, ...options })
  const log = pino(
    {
      level: level ?? 'info',
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: pino.stdSerializers.err },
      redact: { paths: SECRET_PATHS, censor: '[secret]' },
    },
    destination ?? (output && format ? formatted(output, format) : output),
  )
  if (!output) return log
  if (!format) writesPlainJson(log, output)
  output.onCaughtUp = (dropped) => {
    const report = log.isLevelEnabled('warn') ? 'warn' : 'error'
    log[report]({ dropped }, 'the reader of the log stalled; lines were dropped')
  }
  return log
}

const formatted = (output: LogOutput, format: (line: string) => string): DestinationStream => ({
  write: (line) => output.write(format(line)),
})
