// Receivers of webhooks: plain HTTP servers on loopback.

import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { onTestFinished } from 'vitest'

/** Ends a server and its connections. */
export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const PATH = '/hook'

/** A receiver that remembers what it got, closed at the end of the test. */
export const openReceiver = async (status = 204) => {
  const received: { headers: IncomingHttpHeaders; body: string; status: number }[] = []
  const receiver = {
    status,
    /** Next requests that are answered 500 instead. */
    refusals: 0,
  }
  const server = createServer(async (request, response) => {
    // Of a client of an ended server, whose port this one was given.
    if (request.url !== PATH) return void response.writeHead(404).end()
    const chunks: Buffer[] = await request.toArray()
    const answered = receiver.refusals > 0 ? 500 : receiver.status
    receiver.refusals = Math.max(0, receiver.refusals - 1)
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), status: answered })
    response.writeHead(answered).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => closeServer(server))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { received, receiver, url: `http://127.0.0.1:${port}${PATH}` }
}
