// The server's side of an encoder's answer: checked, because a process that read a hostile picture may say anything.

import { z } from 'zod'
import { type ErrorCode, FAILURES, TintypeError } from '../core/errors.ts'
import { imageSchema } from '../core/model.ts'
import { ACCEPTED_TYPES, type EncodedPicture } from './encoder.ts'

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(FAILURES, code)

const answerSchema = z.union([
  z.object({ picture: imageSchema.pick({ sha256: true, sizes: true }).extend({ type: z.enum(ACCEPTED_TYPES) }) }),
  z.object({
    failure: z.object({
      code: z.string().refine(isErrorCode),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
      cause: z.string().optional(),
    }),
  }),
])

/** @throws TintypeError what the encoder answered; `internal` where that makes no sense */
export const pictureOf = (answer: unknown): EncodedPicture => {
  const { success, data, error } = answerSchema.safeParse(answer)
  if (!success) throw new TintypeError('internal', 'The encoder gave no sensible answer.', { cause: error })
  if ('picture' in data) return data.picture
  const { code, message, details, cause } = data.failure
  throw new TintypeError(code, message, { details, cause })
}
