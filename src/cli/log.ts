// The log of a process that goes on, to standard error: standard output is for its banner.

import { isatty } from 'node:tty'
import type { Config } from '../config/load.ts'
import { createLogger, type Logger } from '../telemetry/logger.ts'

const STDERR = 2

export const openLog = async ({ logLevel: level, logFormat, workers }: Config): Promise<Logger> => {
  const isTerminal = isatty(STDERR)
  const output = { level, fd: STDERR, isShared: workers > 1 }
  if (logFormat === 'json' || (logFormat === 'auto' && !isTerminal)) return createLogger(output)
  const { createPrettyFormat } = await import('../telemetry/pretty.ts')
  return createLogger({ ...output, gatherMs: isTerminal ? 0 : undefined, format: createPrettyFormat(isTerminal) })
}
