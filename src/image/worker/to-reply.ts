// Turns the outcome of a job into a reply for the pool.

import { TintypeError } from '../../core/errors.ts'
import type { EncoderFailure, EncoderReply } from '../reply.ts'

/** Never rejects. An unforeseen error becomes `internal`, with its stack for the log alone. */
export const toReply = async <Result>(work: Promise<Result>): Promise<EncoderReply<Result>> => {
  try {
    return { result: await work }
  } catch (error) {
    return { failure: failureOf(error) }
  }
}

const failureOf = (error: unknown): EncoderFailure => {
  if (!(error instanceof TintypeError))
    return { code: 'internal', message: 'The encoder failed.', cause: stackOf(error) }
  const { code, message, details, retryAfterSeconds, cause } = error
  return { code, message, details, retryAfterSeconds, cause: cause === undefined ? undefined : stackOf(cause) }
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))
