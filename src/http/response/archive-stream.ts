// Streams of archives at the pace of the client: for as long as it takes, but not to a client that reads nothing.

import type { OpenArchive } from '../../services/transfer/archives.ts'
import type { Context } from '../context.ts'
import { breakOff } from './picture-stream.ts'

/** Longest time in which a client takes no piece, in milliseconds. Proxies may hold some megabytes for slow clients. */
const STALLED_MS = 300_000

/** @param stalledMs see {@link STALLED_MS} */
export const archiveStream = (
  c: Context,
  { pieces, close }: OpenArchive,
  stalledMs = STALLED_MS,
): ReadableStream<Uint8Array> => {
  let report: (bytes: number) => void = () => {}
  c.set(
    'streamedBytes',
    new Promise((resolve) => {
      report = resolve
    }),
  )
  let bytes = 0
  let isOver = false
  let stall: NodeJS.Timeout | undefined
  const end = async (): Promise<void> => {
    isOver = true
    clearTimeout(stall)
    await close()
    report(bytes)
  }
  const cut = async (controller: ReadableStreamDefaultController, error: unknown): Promise<void> => {
    await end()
    try {
      breakOff(c, error, 'an archive could not be sent to its end; closing the connection')
    } catch {
      // Without a connection, the reader of the stream gets the error.
      controller.error(error)
    }
  }
  const watch = (controller: ReadableStreamDefaultController): void => {
    clearTimeout(stall)
    const stalled = () => cut(controller, new Error(`the client took no byte in ${stalledMs} ms`))
    stall = setTimeout(() => void stalled(), stalledMs).unref()
  }
  return new ReadableStream(
    {
      start: watch,
      async pull(controller) {
        watch(controller)
        try {
          const { value: piece, done } = await pieces.next()
          if (piece && !isOver) {
            bytes += piece.byteLength
            controller.enqueue(piece)
          }
          if (!done || isOver) return
          await end()
          controller.close()
        } catch (error) {
          if (!isOver) await cut(controller, error)
        }
      },
      cancel: end,
    },
    // Nothing is read before a piece is requested.
    { highWaterMark: 0 },
  )
}
