// Long bodies: requests with a deadline of their own, by the pace of the client instead of a fixed time, which end early
// when the server stops.
//
// A fixed time for 4 GiB on a slow line would be a day, for which thousands of clients could hold a connection with a byte
// a minute. So only the time counts in which the server waits for the client: a minute, and what the bytes that came take
// on the slowest supported line. While the server is busy with what came before, the client does not run out of time.

import type { IncomingMessage } from 'node:http'
import { TintypeError } from '../../core/errors.ts'
import { bodyChunks, type Context, incomingOf } from '../context.ts'

/** Time of a request besides its bytes, in milliseconds. */
export const REQUEST_GRACE_MS = 60_000
/** Slowest supported connection, in bytes a millisecond: 256 kbit/s. */
export const SLOWEST_BYTES_PER_MS = 32

export interface LongBody {
  /**
   * The body, with backpressure. Ending early leaves the connection open for the response.
   *
   * @throws TintypeError those of {@link bodyChunks}, `request_timeout`, `shutting_down`
   */
  chunks: AsyncGenerator<Uint8Array, void, void>
  /** Aborts with `shutting_down` when the server stops. */
  stop: AbortSignal
}

const open = new WeakMap<IncomingMessage, AbortController>()

/** True for a request whose route watches its pace, so that the server needs no deadline for it. */
export const hasOwnDeadline = (request: IncomingMessage): boolean => open.has(request)

/** Ends the body of a request early, where its route has opened it as a long one. */
export const stopLongBody = (request: IncomingMessage): void =>
  open
    .get(request)
    ?.abort(
      new TintypeError('shutting_down', 'The server is shutting down. Send the rest again.', { retryAfterSeconds: 5 }),
    )

/** @param graceMs see {@link REQUEST_GRACE_MS} */
export const openLongBody = (c: Context, graceMs = REQUEST_GRACE_MS): LongBody => {
  const incoming = incomingOf(c)
  const stopping = new AbortController()
  if (incoming) open.set(incoming, stopping)
  const stop = stopping.signal
  return { chunks: pacedChunks(c, { stop, graceMs: incoming ? graceMs : Number.POSITIVE_INFINITY }), stop }
}

interface Pace {
  stop: AbortSignal
  graceMs: number
}

async function* pacedChunks(c: Context, { stop, graceMs }: Pace): AsyncGenerator<Uint8Array, void, void> {
  const chunks = bodyChunks(c)
  let bytes = 0
  let waitedMs = 0
  let isAbandoned = false
  try {
    for (;;) {
      const begin = performance.now()
      const next = chunks.next()
      const result = await within(next, stop, graceMs + bytes / SLOWEST_BYTES_PER_MS - waitedMs).catch(
        (error: unknown) => {
          // The read is still under way, and would hold up its end.
          isAbandoned = true
          next.catch(() => {})
          throw error
        },
      )
      if (result.done) return
      waitedMs += performance.now() - begin
      bytes += result.value.length
      yield result.value
    }
  } finally {
    if (!isAbandoned) await chunks.return()
  }
}

/** The longest delay of a timer of Node. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

const within = <Result>(work: Promise<Result>, stop: AbortSignal, ms: number): Promise<Result> =>
  new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      stop.removeEventListener('abort', onStop)
    }
    const onStop = () => {
      end()
      reject(stop.reason)
    }
    const timer = setTimeout(
      () => {
        end()
        reject(tooSlow())
      },
      Math.min(ms, LONGEST_TIMER_MS),
    )
    if (stop.aborted) return onStop()
    stop.addEventListener('abort', onStop, { once: true })
    work.then(resolve, reject).finally(end)
  })

const tooSlow = (): TintypeError => {
  const [grace, rate] = [REQUEST_GRACE_MS / 1000, (SLOWEST_BYTES_PER_MS * 8000) / 1000]
  return new TintypeError(
    'request_timeout',
    `Expected the request at ${rate} kbit/s or faster, with pauses of at most ${grace} seconds together.`,
  )
}
