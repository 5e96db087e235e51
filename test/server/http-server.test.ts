// Ending the server without breaking anybody off, and hanging up on those who are too slow, on real sockets.

import { once } from 'node:events'
import { createServer, IncomingMessage } from 'node:http'
import { connect, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { Hono } from 'hono'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Env, viewOf } from '../../src/http/context.ts'
import { type HttpServer, type HttpServerOptions, startHttpServer } from '../../src/server/http-server.ts'

vi.mock('node:http', async (original) => {
  const real = await original<typeof import('node:http')>()
  return { ...real, createServer: vi.fn(real.createServer) }
})

const BIG_BYTES = 32 * 1024 * 1024

/** `/echo` answers the body when all of it is there, `/big` more than the kernel holds for a slow reader. */
const start = async (options: Partial<HttpServerOptions> = {}): Promise<HttpServer> => {
  const app = new Hono()
    .get('/', (c) => c.text('hello'))
    .post('/echo', async (c) => c.text(await c.req.text()))
    .get('/big', (c) => c.body(new Uint8Array(BIG_BYTES)))
  const server = await startHttpServer({
    fetch: app.fetch,
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs: 30_000,
    ...options,
  })
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
  it('finishes a request whose body still arrives, and closes the connection', async () => {
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

  it('closes connections between requests, and those without a request', async () => {
    const server = await start()
    const between = await open(server, GET)
    const never = await open(server)
    await once(between, 'data')
    const closed = Promise.all([once(between, 'close'), once(never.resume(), 'close')])
    await server.drain()
    await closed
  })

  it('sends a complete answer to a slow reader', async () => {
    const server = await start()
    const client = await open(server, 'GET /big HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(client, 'readable')
    const drained = server.drain()
    let bytes = 0
    for await (const chunk of client) bytes += chunk.length
    expect(bytes).toBeGreaterThan(BIG_BYTES)
    await drained
  })

  it('accepts no more connections', async () => {
    const server = await start()
    await server.drain()
    await expect(open(server)).rejects.toThrow('ECONNREFUSED')
  })
})

describe.each([
  ['by Node’s server', undefined],
  ['in front of it', () => undefined],
])('a slow client, received %s', (_, answerFast) => {
  it('is disconnected where it is silent or sends a header slowly, not where it sends a body slowly', async () => {
    const server = await start({ answerFast, headersTimeoutMs: 1500, timeoutsCheckedMs: 50 })
    const body = await open(server, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc')
    const silent = await open(server)
    const head = await open(server, 'GET / HTTP/1.1\r\n')
    // One that is hung up on while it writes is closed like the others.
    head.on('error', () => {})
    const drip = setInterval(() => head.write('a'), 20)
    onTestFinished(() => clearInterval(drip))
    const closed = Promise.all([silent, head].map((socket) => new Promise((end) => socket.resume().once('close', end))))
    const [answer] = await once(await open(server, GET), 'data')
    expect(String(answer)).toMatch(/hello$/)
    await closed
    expect(body.closed).toBe(false)
    body.write('def')
    const [echoed] = await once(body, 'data')
    expect(String(echoed)).toMatch(/abcdef$/)
  })

  it('has 20 s for a header by default, checked every 5 s', async () => {
    const limit = vi.spyOn(Socket.prototype, 'setTimeout')
    onTestFinished(() => limit.mockRestore())
    const server = await start({ answerFast })
    const expected = { headersTimeout: 20_000, requestTimeout: 0, connectionsCheckingInterval: 5000 }
    expect(createServer).toHaveBeenLastCalledWith(expect.objectContaining(expected), expect.any(Function))
    await once(await open(server, GET), 'data')
    if (answerFast) expect(limit.mock.calls[0]).toEqual([20_000])
  })
})

describe('a port', () => {
  it('that is in use rejects the start', async () => {
    const { port } = await start()
    await expect(start({ port })).rejects.toThrow('EADDRINUSE')
  })
})

describe('a server with a fast path', () => {
  it('passes requests on to the app where the fast path fails', async () => {
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

describe('an answer from memory', () => {
  const body = Buffer.alloc(200_000, 'b')
  const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=65\r\n\r\n`

  it.each([
    ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
    ['a client that closes', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  ])('is whole for %s, and ends the connection', async (_, request) => {
    const fetch = vi.fn(() => new Response('the app'))
    const server = await start({ fetch, answerFast: () => ({ status: 200, route: '/', head, body }) })
    const answer = await text(await open(server, request))
    expect(answer).toBe(
      `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body.toString()}`,
    )
    expect(fetch).not.toHaveBeenCalled()
  })

  it('leaves the connection open where it says so', async () => {
    const server = await start({ answerFast: () => ({ status: 200, route: '/', head, body: undefined }) })
    const client = await open(server, 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
    for (let time = 0; time < 2; time++) {
      const [piece] = await once(client, 'data')
      expect(String(piece)).toBe(head)
      client.write('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
    }
  })
})

describe('the headers that policies read', () => {
  const NAMES = ['host', 'x-api-key', 'authorization', 'cookie', 'x-forwarded-for', 'if-none-match', 'range', 'x-empty']
  const app = new Hono<Env>().get('/', (c) =>
    c.json(NAMES.map((name) => ({ name, read: viewOf(c).header(name), given: c.req.header(name) }))),
  )

  it('are those of the request that the app gets: in any spelling, repeated, empty and absent', async () => {
    const lines = [
      'HOST: a',
      'X-API-Key: key ',
      'Authorization: Bearer one',
      'authorization:   Bearer two',
      'x-forwarded-for: 192.0.2.1',
      'X-Forwarded-For: 192.0.2.2, 192.0.2.3',
      'if-None-match: "a"',
      'If-None-Match: "b"',
      'X-Empty:',
      'Connection: close',
    ]
    const client = await open(await start({ fetch: app.fetch }), `GET / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    const [, body = ''] = (await text(client)).split('\r\n\r\n')
    const read = [
      'a',
      'key',
      'Bearer one, Bearer two',
      undefined,
      '192.0.2.1, 192.0.2.2, 192.0.2.3',
      '"a", "b"',
      undefined,
      '',
    ]
    expect(JSON.parse(body)).toEqual(NAMES.map((name, at) => ({ name, read: read[at], given: read[at] })))
  })

  it('are those of a program that passes on a request of its own', async () => {
    const incoming = new IncomingMessage(new Socket())
    incoming.httpVersionMajor = 1
    incoming.rawHeaders.push('X-API-Key', 'received')
    const request = new Request('http://test/', { headers: { 'X-API-Key': 'changed' } })
    const response = await app.fetch(request, { incoming })
    expect(await response.json()).toContainEqual({ name: 'x-api-key', read: 'changed', given: 'changed' })
  })
})
