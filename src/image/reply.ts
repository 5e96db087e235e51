// Schema of the replies that a worker process sends to the pool. The worker uses the types alone, so it never loads zod.
//
// Replies are data, errors included, because classes do not survive the channel. They are checked, because the decoder
// of a hostile picture may be under its control.

import { z } from 'zod'
import { type ErrorCode, FAILURES, TintypeError } from '../core/errors.ts'
import { imageSchema } from '../core/project/model.ts'
import { MAX_SIDE } from '../core/transform/transform.ts'
import { ACCEPTED_TYPES, type EncodedPicture, type RenderedPicture } from './encoder.ts'

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(FAILURES, code)

const failureSchema = z.object({
  code: z.string().refine(isErrorCode),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
  retryAfterSeconds: z.number().optional(),
  /** Stack of the underlying error, for the log. */
  cause: z.string().optional(),
})

export type EncoderFailure = z.infer<typeof failureSchema>

export type EncoderReply<Result> = { result: Result } | { failure: EncoderFailure }

/** The content in base64: the channel carries JSON. */
export type RenderReply = Omit<RenderedPicture, 'content'> & { content?: string }

const replySchema = <Result extends z.ZodType>(result: Result) =>
  z.union([z.object({ result }), z.object({ failure: failureSchema })])

const encodedReplySchema = replySchema(
  imageSchema
    .pick({ sha256: true, sizes: true, placeholder: true, color: true })
    .required()
    .extend({
      type: z.enum(ACCEPTED_TYPES),
      transparent: imageSchema.shape.transparent,
      takenAt: imageSchema.shape.taken_at,
    }),
)

const side = z.int().min(1).max(MAX_SIDE)
const renderedReplySchema = replySchema(
  z
    .object({ width: side, height: side, bytes: z.int().min(1), content: z.string().optional() })
    .transform(({ content, ...picture }) =>
      content === undefined ? picture : { ...picture, content: Buffer.from(content, 'base64') },
    )
    .refine(({ bytes, ...picture }) => !('content' in picture) || picture.content.length === bytes),
)

const turnReplySchema = replySchema(z.object({}))

/** @throws TintypeError as the worker failed; `internal` where the reply is invalid */
export const parseEncodedReply = (reply: unknown): EncodedPicture => resultOf(encodedReplySchema.safeParse(reply))

/** @throws TintypeError as {@link parseEncodedReply} */
export const parseRenderedReply = (reply: unknown): RenderedPicture => resultOf(renderedReplySchema.safeParse(reply))

/** Checks a reply without a result. @throws TintypeError as {@link parseEncodedReply} */
export const parseTurnReply = (reply: unknown): void => void resultOf(turnReplySchema.safeParse(reply))

const resultOf = <Result>({ data, error }: z.ZodSafeParseResult<EncoderReply<Result>>): Result => {
  if (!data) throw new TintypeError('internal', 'The encoder sent an invalid reply.', { cause: error })
  if ('result' in data) return data.result
  const { code, message, details, cause, retryAfterSeconds } = data.failure
  throw new TintypeError(code, message, { details, cause, retryAfterSeconds })
}
