// Refusals of requests that are no valid HTTP, on real sockets: in order, with a problem document, counted and logged.

import { once } from 'node:events'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { problemSchema } from '../../src/http/schemas/problem.ts'
import type { TintypeOptions } from '../../src/index.ts'
import { type HttpServerOptions, startHttpServer } from '../../src/server/http-server.ts'
import { metricsText } from '../../src/telemetry/snapshot.ts'
import { openApp, uploadTo } from '../support/app.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { connectRaw } from '../support/raw-client.ts'

const lineSchema = z.looseObject({ id: z.string(), method: z.string(), path: z.string(), status: z.number() })

const start = async (options: TintypeOptions = {}, server: Partial<HttpServerOptions> = {}) => {
  const lines: z.infer<typeof lineSchema>[] = []
  const log = pino(
    { level: 'info' },
    new Writable({
      write(line: Buffer, _, done) {
        const entry = z.looseObject({ msg: z.string() }).parse(JSON.parse(String(line)))
        if (entry.msg === 'request') lines.push(lineSchema.parse(entry))
        done()
      },
    }),
  )
  const tintype = await openApp(await temporaryFolder(), { ...options, log })
  const { port, drain } = await startHttpServer({
    fetch: tintype.app.fetch,
    answerFast: tintype.answerFast,
    refuse: tintype.refuse,
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs: 30_000,
    ...server,
  })
  onTestFinished(async () => {
    await drain()
    await tintype.close()
  })
  /** Sends bytes, and returns everything that came until the server closed the connection. */
  const send = async (bytes: string): Promise<string> => {
    const client = await connectRaw(port)
    await client.send(bytes)
    return client.end
  }
  return { ...tintype, lines, port, send }
}

/** Responses that follow each other, each with its body by its length. */
const responsesIn = (text: string) => {
  const responses: { status: number; headers: Headers; body: string }[] = []
  for (let rest = text; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n')
    const [first = '', ...fields] = rest.slice(0, end).split('\r\n')
    const headers = new Headers(
      fields.map((field): [string, string] => [
        field.slice(0, field.indexOf(':')),
        field.slice(field.indexOf(':') + 1),
      ]),
    )
    const length = Number(headers.get('content-length'))
    responses.push({ status: Number(first.split(' ')[1]), headers, body: rest.slice(end + 4, end + 4 + length) })
    rest = rest.slice(end + 4 + length)
  }
  return responses
}

const refusalIn = (text: string) => {
  const response = responsesIn(text).at(-1)
  return { ...response, problem: problemSchema.parse(JSON.parse(response?.body ?? '')) }
}

const HOST = 'Host: localhost\r\n'

const MALFORMED: readonly (readonly [title: string, bytes: string, method: string, path: string])[] = [
  ['a backslash in the target', `GET /projects\\x?a HTTP/1.1\r\n${HOST}\r\n`, 'GET', '/projects\\x'],
  ['an odd host', 'GET /health HTTP/1.1\r\nHost: a b\r\n\r\n', 'GET', '/health'],
  ['a host with a path', 'GET /health HTTP/1.1\r\nHost: a/b\r\n\r\n', 'GET', '/health'],
  ['two hosts', `GET /health HTTP/1.1\r\n${HOST}${HOST}\r\n`, 'GET', '/health'],
  [
    'two hosts for a picture',
    `GET /projects/a/cover.jpg HTTP/1.1\r\n${HOST}host: b\r\n\r\n`,
    'GET',
    '/projects/a/cover.jpg',
  ],
  ['no host', 'GET /health HTTP/1.1\r\n\r\n', 'GET', '/health'],
  ['an asterisk as target', `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, 'OPTIONS', '*'],
  ['an authority as target', `CONNECT a.example:443 HTTP/1.1\r\n${HOST}\r\n`, 'CONNECT', 'a.example:443'],
  ['another scheme', `GET ftp://localhost/health?secret HTTP/1.1\r\n${HOST}\r\n`, 'GET', '/health'],
  ['a scheme without a host', `GET http:///health HTTP/1.1\r\n${HOST}\r\n`, 'GET', '/health'],
  ['an unknown method', `FETCH / HTTP/1.1\r\n${HOST}\r\n`, '-', '-'],
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01', '-', '-'],
  ['a header without a colon', `GET / HTTP/1.1\r\n${HOST}x\r\n\r\n`, '-', '-'],
  ['two lengths', `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, '-', '-'],
]

describe('a request that is no valid HTTP', () => {
  it('is answered 400 with a problem document and an id, logged once, and counted', async () => {
    const { send, lines, metrics } = await start()
    for (const [title, bytes, method, path] of MALFORMED) {
      lines.length = 0
      const { status, headers, problem } = refusalIn(await send(bytes))
      expect([title, status, problem.code]).toEqual([title, 400, 'malformed_request'])
      expect(headers?.get('content-type')).toBe('application/problem+json')
      expect(headers?.get('connection')).toBe('close')
      expect(headers?.get('x-content-type-options')).toBe('nosniff')
      expect([title, lines]).toEqual([
        title,
        [expect.objectContaining({ id: headers?.get('x-request-id'), method, path, status: 400, from: '127.0.0.1' })],
      ])
    }
    const counts = [
      ...(await metricsText([await metrics()])).matchAll(
        /^tintype_http_requests_total\{method="(\w+)",route="none",status="400"\} (\d+)$/gm,
      ),
    ]
    expect(counts.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(MALFORMED.length)
    expect(counts.map(([, method]) => method)).toContain('other')
  })

  it('keeps the id that it has, where its head can be read', async () => {
    const { send } = await start()
    const { headers } = refusalIn(await send(`GET /\\ HTTP/1.1\r\n${HOST}X-Request-Id: abc\r\n\r\n`))
    expect(headers?.get('x-request-id')).toBe('abc')
  })

  it('has no body for HEAD', async () => {
    const { send } = await start()
    expect(await send(`HEAD /\\ HTTP/1.1\r\n${HOST}\r\n`)).toMatch(/^HTTP\/1\.1 400 [\s\S]*\r\n\r\n$/)
  })

  it('counts for the limit of its address, and is answered 429 beyond it', async () => {
    const { send } = await start({ rateLimit: 2 })
    const statuses: (number | undefined)[] = []
    for (const bytes of ['FETCH / HTTP/1.1\r\n\r\n', `GET /\\ HTTP/1.1\r\n${HOST}\r\n`, 'FETCH / HTTP/1.1\r\n\r\n']) {
      const { status, headers } = refusalIn(await send(bytes))
      statuses.push(status)
      expect(headers?.get('ratelimit-policy')).toBe('"read";q=2;w=60')
    }
    expect(statuses).toEqual([400, 400, 429])
    expect(responsesIn(await send(`GET /projects HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`))[0]?.status).toBe(429)
  })

  it('comes after the pending responses of its connection, and ends it', async () => {
    const { app, send, lines } = await start()
    await uploadTo(app, 'demo')
    lines.length = 0
    const get = (path: string) => `GET ${path} HTTP/1.1\r\n${HOST}\r\n`
    for (const bad of [`GET /\\ HTTP/1.1\r\n${HOST}\r\n`, 'garbage\r\n\r\n']) {
      const text = await send(
        `${get('/projects')}${get('/projects/demo/cover.jpg')}${get('/health')}${bad}${get('/health')}DELETE /projects/demo HTTP/1.1\r\n${HOST}\r\n`,
      )
      expect(responsesIn(text).map(({ status }) => status)).toEqual([200, 200, 200, 400])
    }
    expect(lines.map(({ status }) => status)).toEqual([200, 200, 200, 400, 200, 200, 200, 400])
    expect((await app.request('/projects/demo')).status).toBe(200)
  })
})

describe('other refusals of the parser', () => {
  it('are 431 for a large head, and 417 for an unknown expectation', async () => {
    const { send, lines } = await start()
    const large = refusalIn(await send(`GET / HTTP/1.1\r\n${HOST}X: ${'x'.repeat(17_000)}\r\n\r\n`))
    expect([large.status, large.problem.code, large.problem.max_bytes]).toEqual([431, 'headers_too_large', 16_384])
    const expecting = refusalIn(
      await send(`POST /auth/login HTTP/1.1\r\n${HOST}Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}`),
    )
    expect([expecting.status, expecting.problem.code]).toEqual([417, 'expectation_failed'])
    expect(lines.map(({ status }) => status)).toEqual([431, 417])
  })

  it('are 408 for a slow head, and for a slow body by the response of its route', async () => {
    const times = { headersTimeoutMs: 1500, requestTimeoutMs: 2000, timeoutsCheckedMs: 50 }
    const { send, lines } = await start({ registration: 'open' }, times)
    const [head, body] = await Promise.all([
      send('GET / HTTP/1.1\r\nHo'),
      send(`POST /auth/login HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a"`),
    ])
    for (const text of [head, body]) expect(refusalIn(text).problem.code).toBe('request_timeout')
    expect(lines.map(({ path, status }) => [path, status]).sort()).toEqual([
      ['-', 408],
      ['/auth/login', 408],
    ])
  })

  it('are no lines for a connection without a request', async () => {
    const { port, lines } = await start({}, { headersTimeoutMs: 100, timeoutsCheckedMs: 50, answerFast: undefined })
    const { socket } = await connectRaw(port)
    await once(socket, 'close')
    expect(lines).toEqual([])
  })
})

describe('a body that is no valid HTTP', () => {
  const post = (body: string) =>
    `POST /auth/login HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${body}`

  it('is refused by its route, though what came before is a whole document', async () => {
    const { send, lines } = await start({ registration: 'open' })
    const text = await send(post('2\r\n{}\r\nnot a length\r\n'))
    expect(responsesIn(text)).toHaveLength(1)
    expect(refusalIn(text).problem.code).toBe('malformed_request')
    expect(lines.map(({ path, status }) => [path, status])).toEqual([['/auth/login', 400]])
  })

  it('is refused in its turn, behind another request', async () => {
    const { send } = await start({ registration: 'open' })
    const text = await send(`GET /projects HTTP/1.1\r\n${HOST}\r\n${post('2\r\n{}\r\nnot a length\r\n')}`)
    expect(responsesIn(text).map(({ status }) => status)).toEqual([200, 400])
    expect(refusalIn(text).problem.code).toBe('malformed_request')
  })

  it('that its client ends too early is answered', async () => {
    const { port } = await start({ registration: 'open' })
    const client = await connectRaw(port)
    client.socket.end(post('2\r\n{}\r\n'))
    expect(refusalIn(await client.end).problem.code).toBe('upload_aborted')
  })
})

describe('a valid request in an unusual form', () => {
  it.each([
    ['Host with an empty port', '/health', 'Host: localhost:'],
    ['a host in capitals', '/health', 'Host: LOCALHOST:80'],
    ['an IPv6 host', '/health', 'Host: [0:0::1]:8001'],
    ['an encoded host', '/health', 'Host: local%68ost'],
    ['an empty host', '/health', 'Host:'],
    ['a scheme in capitals', 'HTTP://localhost/health', 'Host: localhost'],
    ['a scheme in small letters', 'http://localhost/health', 'Host: other.example'],
    ['a backslash in the query', '/health?\\', 'Host: localhost'],
  ])('is answered: %s', async (_, target, host) => {
    const { send } = await start()
    const text = await send(`GET ${target} HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`)
    expect(responsesIn(text)[0]?.status).toBe(200)
  })

  it('of HTTP/1.0 needs no host', async () => {
    const { send } = await start()
    expect(responsesIn(await send('GET /health HTTP/1.0\r\n\r\n'))[0]?.status).toBe(200)
  })
})
