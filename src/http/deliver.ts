// A stored picture as an answer, sent from the descriptor that was opened for it.

import type { OpenFile } from '../stores/store.ts'
import { BASE_HEADERS, type Context, hasEtag, notModified } from './respond.ts'

/** Up to this size a file is read at once and sent as one piece: an icon or a small cover. */
const WHOLE_BYTES = 64 * 1024

/** Bytes of one piece of a larger file; a slow reader holds no more than one of them, and what the socket holds. */
const CHUNK_BYTES = 128 * 1024

/** A variant never changes, so whoever has it may keep it for ever. */
export const IMMUTABLE = 'public, max-age=31536000, immutable'

export interface Delivery {
  /** Strong entity tag, with its quotes. */
  etag: string
  cacheControl: string
}

/** The file as `image/jpeg`. It is closed when the answer has been sent, given up or found not to be needed. */
export const deliver = async (c: Context, file: OpenFile, { etag, cacheControl }: Delivery): Promise<Response> => {
  const validators = {
    ETag: etag,
    'Last-Modified': new Date(file.modifiedMs).toUTCString(),
    'Cache-Control': cacheControl,
  }
  if (hasEtag(c, etag)) {
    await file.handle.close()
    return notModified(c, validators)
  }
  const headers = {
    ...BASE_HEADERS,
    ...validators,
    'Content-Type': 'image/jpeg',
    'Content-Length': String(file.bytes),
    'Content-Security-Policy': "sandbox; default-src 'none'",
  }
  // Hono drops the body of an answer to HEAD without telling its source.
  if (c.req.method === 'HEAD') {
    await file.handle.close()
    return c.body(null, 200, headers)
  }
  if (file.bytes > WHOLE_BYTES) return c.body(streamOf(file), 200, headers)
  return c.body(await readWhole(file), 200, headers)
}

const readWhole = async (file: OpenFile): Promise<Uint8Array<ArrayBuffer>> => {
  const bytes = new Uint8Array(file.bytes)
  try {
    for (let at = 0; at < bytes.length; ) at += await readAt(file, bytes.subarray(at), at)
    return bytes
  } finally {
    await file.handle.close()
  }
}

const streamOf = (file: OpenFile): ReadableStream<Uint8Array> => {
  let at = 0
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const piece = new Uint8Array(Math.min(CHUNK_BYTES, file.bytes - at))
          const count = await readAt(file, piece, at)
          at += count
          controller.enqueue(piece.subarray(0, count))
          if (at < file.bytes) return
          await file.handle.close()
          controller.close()
        } catch (error) {
          await file.handle.close()
          throw error
        }
      },
      cancel: () => file.handle.close(),
    },
    // Nothing is read before somebody asks for it.
    { highWaterMark: 0 },
  )
}

const readAt = async (file: OpenFile, into: Uint8Array, at: number): Promise<number> => {
  const { bytesRead } = await file.handle.read(into, 0, into.length, at)
  if (bytesRead === 0) throw new Error(`the file ends at byte ${at}, when it was opened it had ${file.bytes}`)
  return bytesRead
}
