// The log: pino, one line an event.

import { type Logger, pino } from 'pino'
import { bufferedDestination } from './buffered.ts'

export type { Logger }

export interface LoggerOptions {
  /** @default 'info' */
  level?: string
  /** File descriptor that the lines go to: 1 is standard output, 2 standard error. @default 1 */
  fd?: number
}

export const createLogger = ({ level, fd }: LoggerOptions = {}): Logger =>
  pino(
    { level: level ?? 'info', base: undefined, timestamp: pino.stdTimeFunctions.isoTime },
    bufferedDestination(fd ?? 1),
  )
