// An id for each request, by which its line in the log is found again.

import { randomBytes } from 'node:crypto'

/** Takes the id that came with a request where it is plain, else makes a new one. */
export type RequestIds = (given: string | undefined) => string

/** Whatever is in a log or a header because somebody sent it must not be able to mean something there. */
const PLAIN = /^[A-Za-z0-9._-]{1,128}$/

export const createRequestIds = (): RequestIds => {
  // Random for each process and counted in it: a random one for each request costs a microsecond.
  const prefix = `${randomBytes(6).toString('hex')}-`
  let count = 0
  return (given) => (given !== undefined && PLAIN.test(given) ? given : prefix + (++count).toString(36))
}
