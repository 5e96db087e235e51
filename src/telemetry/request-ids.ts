// Request ids, by which the log line of a request is found.

import { randomBytes } from 'node:crypto'

/** Accepts the id that was sent with a request where it is plain, else makes a new one. */
export type RequestIds = (given: string | undefined) => string

/** Characters that have no special meaning in a log or a header. */
const PLAIN = /^[A-Za-z0-9._-]{1,128}$/

export const createRequestIds = (): RequestIds => {
  // A random prefix for each process and a counter: a random id for each request would cost a microsecond.
  const prefix = `${randomBytes(6).toString('hex')}-`
  let count = 0
  return (given) => (given !== undefined && PLAIN.test(given) ? given : prefix + (++count).toString(36))
}
