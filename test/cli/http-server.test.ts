// Ending the server without breaking anybody off, on real sockets.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { Hono } from 'hono'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type HttpServer, startHttpServer } from '../../src/cli/http-server.ts'

const BIG_BYTES = 32 * 1024 * 1024

/** `/echo` answers the body when all of it is there, `/big` more than the kernel holds for a slow reader. */
const start = async (port = 0): Promise<HttpServer> => {
  const app = new Hono()
    .get('/', (c) => c.text('hello'))
    .post('/echo', async (c) => c.text(await c.req.text()))
    .get('/big', (c) => c.body(new Uint8Array(BIG_BYTES)))
  const server = await startHttpServer({ fetch: app.fetch, host: '127.0.0.1', port, requestTimeoutMs: 30_000 })
  onTestFinished(() => server.drain().catch(() => {}))
  return server
}

const open = async ({ port }: HttpServer, request = ''): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => {
    socket.destroy()
  })
  await once(socket, 'connect')
  socket.write(request)
  return socket
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

describe('a server that drains', () => {
  it('finishes a request whose body is still coming, and says that the connection ends', async () => {
    const server = await start()
    const client = await open(server, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc')
    // An answer on a second connection shows that the first request has arrived.
    await once(await open(server, GET), 'data')
    const drained = server.drain()
    const answer = text(client)
    client.write('def')
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*connection: close\r\n[\s\S]*\r\n\r\nabcdef$/i)
    await drained
  })

  it('closes connections that wait between requests, and those that never sent one', async () => {
    const server = await start()
    const between = await open(server, GET)
    const never = await open(server)
    await once(between, 'data')
    const closed = Promise.all([once(between, 'close'), once(never.resume(), 'close')])
    await server.drain()
    await closed
  })

  it('sends all of an answer to a slow reader', async () => {
    const server = await start()
    const client = await open(server, 'GET /big HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(client, 'readable')
    const drained = server.drain()
    let bytes = 0
    for await (const chunk of client) bytes += chunk.length
    expect(bytes).toBeGreaterThan(BIG_BYTES)
    await drained
  })

  it('accepts nobody any more', async () => {
    const server = await start()
    await server.drain()
    await expect(open(server)).rejects.toThrow('ECONNREFUSED')
  })
})

describe('a port', () => {
  it('that is taken rejects the start', async () => {
    const { port } = await start()
    await expect(start(port)).rejects.toThrow('EADDRINUSE')
  })
})

describe('a server with answers in front of the app', () => {
  it('leaves to the app what they fail at', async () => {
    const app = new Hono().get('/', (c) => c.text('hello'))
    const answerFast = () => {
      throw new Error('EIO: i/o error, stat')
    }
    const server = await startHttpServer({
      fetch: app.fetch,
      answerFast,
      host: '127.0.0.1',
      port: 0,
      requestTimeoutMs: 30_000,
    })
    onTestFinished(() => server.drain())
    const client = await open(server)
    for (let time = 0; time < 2; time++) {
      client.write(GET)
      const [answer] = await once(client, 'data')
      expect(String(answer)).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*hello$/)
    }
  })
})
