// Streams of large pictures from their files, piece by piece.

import type { ReadableFile } from '../../stores/store.ts'
import { type Context, incomingOf } from '../context.ts'

/** Streams a part of an open file, which is closed at the end. */
export const streamOf = (c: Context, file: ReadableFile, start: number, end: number): ReadableStream<Uint8Array> => {
  const pieces = file.read(start, end + 1)[Symbol.asyncIterator]()
  let remaining = end + 1 - start
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { value: piece } = await pieces.next()
          if (piece) controller.enqueue(piece)
          remaining -= piece?.byteLength ?? remaining
          if (remaining > 0) return
          await file.close()
          controller.close()
        } catch (error) {
          await file.close()
          breakOff(c, error, 'a picture could not be read to its end; closing the connection')
        }
      },
      cancel: () => file.close(),
    },
    // Nothing is read before a piece is requested.
    { highWaterMark: 0 },
  )
}

/**
 * Ends a response that has begun: its length is sent already.
 *
 * @param message of the line in the log
 * @throws the error where there is no connection to close
 */
export const breakOff = (c: Context, error: unknown, message: string): void => {
  const outgoing = incomingOf(c) && c.env.outgoing
  if (!outgoing) throw error
  const [id, { path }] = [c.get('requestId'), c.req]
  c.get('log')?.error({ err: error, id, path }, message)
  outgoing.destroy()
}
