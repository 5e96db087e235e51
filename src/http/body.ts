// Request bodies: their bytes as they arrive, and JSON of bounded size.

import { TintypeError } from '../core/errors.ts'
import { type Context, incomingOf } from './respond.ts'

/**
 * The body, chunk by chunk, at the pace of whoever reads it. Stopping early leaves the connection open, so that an
 * answer can still be sent.
 *
 * @throws TintypeError `upload_aborted` where the client breaks off
 */
export async function* bodyChunks(c: Context): AsyncGenerator<Uint8Array, void, void> {
  try {
    const incoming = incomingOf(c)
    // Where a program that mounts the app has begun to read, only the web stream still has all of it.
    if (incoming && incoming.readableFlowing === null && !incoming.readableDidRead)
      yield* incoming.iterator({ destroyOnReturn: false })
    else if (c.req.raw.body) yield* c.req.raw.body
  } catch (error) {
    throw new TintypeError('upload_aborted', 'The connection ended before the request was complete.', { cause: error })
  }
}

/**
 * @param maxBytes of the body
 * @throws TintypeError `invalid_body` where it is not JSON, `upload_too_large`, `upload_aborted`
 */
export const readJson = async (c: Context, maxBytes: number): Promise<unknown> => {
  const type = c.req.header('content-type')
  if (!JSON_TYPE.test(type ?? ''))
    throw invalidBody(`Expected a body of type application/json, received ${type ?? 'none'}.`)
  if (Number(c.req.header('content-length')) > maxBytes) throw tooLarge(maxBytes)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of bodyChunks(c)) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  if (bytes === 0) throw invalidBody('Expected a JSON object, received an empty body.')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)))
  } catch (error) {
    throw invalidBody(`Expected JSON in UTF-8: ${error instanceof Error ? error.message : error}.`)
  }
}

export const invalidBody = (message: string, details?: Record<string, unknown>): TintypeError =>
  new TintypeError('invalid_body', message, { details })

const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i

const tooLarge = (maxBytes: number): TintypeError =>
  new TintypeError('upload_too_large', `Expected a body of at most ${maxBytes} bytes.`, {
    details: { max_bytes: maxBytes },
  })
