// JSON bodies of requests, of bounded size, parsed by a schema.

import type { z } from '@hono/zod-openapi'
import { messageOf, TintypeError } from '../../core/errors.ts'
import { bytesText, characters, clip } from '../../core/text.ts'
import { bodyChunks, type Context } from '../context.ts'

/** Marks a check of a schema whose refused values are no secrets and may be repeated in errors. */
export const QUOTED = { isQuoted: true } as const

const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i

/** Names of types in errors, by their names in zod. */
const KINDS = new Map([
  ['object', 'an object'],
  ['string', 'a text'],
  ['boolean', 'true or false'],
])

/**
 * @param maxBytes of the body
 * @throws TintypeError `invalid_body` where it is not JSON, `upload_too_large`, `upload_aborted`
 */
export const readJson = async (c: Context, maxBytes: number): Promise<unknown> => {
  requireJsonType(c)
  const bytes = await readBytes(c, maxBytes)
  if (bytes.length === 0) throw invalidBody('Expected a JSON object, received an empty body.')
  return jsonIn(bytes)
}

/** {@link readJson} of a body that may be missing, which stands for an empty object. */
export const readOptionalJson = async (c: Context, maxBytes: number): Promise<unknown> => {
  const bytes = await readBytes(c, maxBytes)
  if (bytes.length === 0) return {}
  requireJsonType(c)
  return jsonIn(bytes)
}

const requireJsonType = (c: Context): void => {
  const type = c.req.header('content-type')
  if (!JSON_TYPE.test(type ?? ''))
    throw invalidBody(`Expected a body of type application/json, received ${type ?? 'none'}.`)
}

const readBytes = async (c: Context, maxBytes: number): Promise<Uint8Array> => {
  if (Number(c.req.header('content-length')) > maxBytes) throw tooLarge(maxBytes)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of bodyChunks(c)) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const jsonIn = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw invalidBody(`Expected JSON in UTF-8: ${messageOf(error)}.`)
  }
}

/**
 * Parses a body by a schema, whose messages describe the expected value alone.
 *
 * @throws TintypeError `invalid_body`, which names the field, what was expected and what arrived. A text is repeated
 *   only where it stands for one of several words, or where its check is {@link QUOTED}: it can be a password.
 */
export const parseBody = <Schema extends z.ZodObject>(schema: Schema, body: unknown): z.infer<Schema> => {
  const parsed = schema.safeParse(body, { reportInput: true, error: expectedBy })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const unknown = issue?.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys[0] : undefined
  if (unknown !== undefined) {
    const expected = `one of ${Object.keys(schema.shape).join(', ')}`
    throw mismatch('body', expected, { text: clip(unknown), isQuoted: true }, clip(unknown))
  }
  const field = issue && issue.path.length > 0 ? clip(issue.path.join('.')) : undefined
  throw mismatch(field ?? 'body', issue?.message ?? 'an object', receivedBy(issue, body), field)
}

/** The received value, as errors show it. */
interface Received {
  text: string
  isQuoted: boolean
}

const mismatch = (where: string, expected: string, { text, isQuoted }: Received, field?: string): TintypeError =>
  invalidBody(`${where}: expected ${expected}, received ${isQuoted ? `"${text}"` : text}.`, {
    ...(field === undefined ? {} : { field }),
    expected,
    received: text,
  })

/** Describes the expected value where the schema has no message. */
const expectedBy = (issue: z.core.$ZodRawIssue): string | undefined => {
  if (issue.code === 'invalid_value') return `one of ${issue.values.join(', ')}`
  return issue.code === 'invalid_type' ? KINDS.get(issue.expected) : undefined
}

const receivedBy = (issue: z.core.$ZodIssue | undefined, body: unknown): Received => {
  // The received body, without defaults.
  const input = issue && issue.path.length > 0 ? issue.input : body
  const isWord = issue?.code === 'invalid_value' || (issue?.code === 'custom' && issue.params?.isQuoted === true)
  return isWord && typeof input === 'string' && input !== ''
    ? { text: clip(input), isQuoted: true }
    : { text: kindOf(input), isQuoted: false }
}

const kindOf = (input: unknown): string => {
  if (input === undefined) return 'nothing'
  if (input === null || typeof input === 'boolean') return String(input)
  if (Array.isArray(input)) return 'an array'
  if (typeof input === 'string') return input === '' ? 'an empty text' : `a text of ${characters(input)} characters`
  if (typeof input === 'number') return 'a number'
  const keys = Object.keys(input)
  return keys.length === 0 ? 'an empty object' : `an object with ${clip(keys.join(', '))}`
}

const invalidBody = (message: string, details?: Record<string, unknown>): TintypeError =>
  new TintypeError('invalid_body', message, { details })

const tooLarge = (maxBytes: number): TintypeError =>
  new TintypeError('upload_too_large', `Expected a body of at most ${bytesText(maxBytes)}.`, {
    details: { max_bytes: maxBytes },
  })
