// What an encoder process answers, as plain data: errors too, because a class does not survive the way.

import { type ErrorCode, TintypeError } from '../../core/errors.ts'

export interface EncoderFailure {
  code: ErrorCode
  message: string
  details?: Record<string, unknown>
  /** The stack of what lay behind it, for the log. */
  cause?: string
}

export type EncoderAnswer<Result> = { result: Result } | { failure: EncoderFailure }

/** Never rejects. */
export const answerOf = async <Result>(work: Promise<Result>): Promise<EncoderAnswer<Result>> => {
  try {
    return { result: await work }
  } catch (error) {
    return { failure: failureOf(error) }
  }
}

const failureOf = (error: unknown): EncoderFailure => {
  if (!(error instanceof TintypeError))
    return { code: 'internal', message: 'The encoder failed.', cause: describe(error) }
  const { code, message, details, cause } = error
  return { code, message, details, cause: cause === undefined ? undefined : describe(cause) }
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))
