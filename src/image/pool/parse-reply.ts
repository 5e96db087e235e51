// The server's side of an encoder's answer: checked, because a process that read a hostile picture may say anything.

import { z } from 'zod'
import { type ErrorCode, FAILURES, TintypeError } from '../../core/errors.ts'
import { imageSchema } from '../../core/project/model.ts'
import { MAX_SIDE } from '../../core/transform/transform.ts'
import { ACCEPTED_TYPES, type EncodedPicture, type RenderedPicture } from '../encoder.ts'

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(FAILURES, code)

const failureSchema = z.object({
  failure: z.object({
    code: z.string().refine(isErrorCode),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
    cause: z.string().optional(),
  }),
})

const answerWith = <Result extends z.ZodType>(result: Result) => z.union([z.object({ result }), failureSchema])

const pictureSchema = answerWith(
  imageSchema
    .pick({ sha256: true, sizes: true, placeholder: true, color: true })
    .required()
    .extend({ type: z.enum(ACCEPTED_TYPES) }),
)

const side = z.int().min(1).max(MAX_SIDE)
const renderedSchema = answerWith(z.object({ width: side, height: side, bytes: z.int().min(1) }))

/** @throws TintypeError what the encoder answered; `internal` where that makes no sense */
export const pictureOf = (answer: unknown): EncodedPicture => {
  const { data, error } = pictureSchema.safeParse(answer)
  if (data && 'result' in data) return data.result
  throw data ? failureOf(data) : senseless(error)
}

/** @throws TintypeError as {@link pictureOf} */
export const renderedOf = (answer: unknown): RenderedPicture => {
  const { data, error } = renderedSchema.safeParse(answer)
  if (data && 'result' in data) return data.result
  throw data ? failureOf(data) : senseless(error)
}

const failureOf = ({ failure: { code, message, details, cause } }: z.infer<typeof failureSchema>): TintypeError =>
  new TintypeError(code, message, { details, cause })

const senseless = (cause: unknown): TintypeError =>
  new TintypeError('internal', 'The encoder gave no sensible answer.', { cause })
