// `Expect: 100-continue` (RFC 9110 section 10.1.1): the client waits for "100 Continue" before it sends the body.
//
// Node sends it before the application runs. Here it is sent when the body is first read: a request that is refused by
// its headers (too large, not authorized, too many) gets the error alone and never sends its body.

import type { IncomingMessage, ServerResponse } from 'node:http'

const waiting = new WeakSet<IncomingMessage>()

/** Sends "100 Continue" once the body is read, unless the response has begun by then. */
export const continueOnRead = (request: IncomingMessage, response: ServerResponse): void => {
  waiting.add(request)
  const read = request._read
  request._read = (size) => {
    request._read = read
    if (waiting.delete(request) && !response.headersSent) response.writeContinue()
    read.call(request, size)
  }
}

/** Prevents "100 Continue" for a refused request, whose remaining bytes are discarded. */
export const refuseContinue = (request: IncomingMessage): void => void waiting.delete(request)
