// `Expect: 100-continue` on real sockets (RFC 9110 section 10.1.1).

import { expect, it, onTestFinished } from 'vitest'
import { createTintype } from '../../src/index.ts'
import { startHttpServer } from '../../src/server/http-server.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { connectRaw } from '../support/raw-client.ts'

const MAX_UPLOAD_BYTES = 100_000
const FORM_BYTES = 64 * 1024

const serve = async (options: { rateLimitWrites?: number; rateLimit?: number } = {}) => {
  const tintype = createTintype({
    storageDir: await temporaryFolder(),
    encoders: 1,
    maxUploadBytes: MAX_UPLOAD_BYTES,
    apiKeys: 'writer:writer-of-the-test',
    ...options,
  })
  await tintype.ready
  const { app, answerFast } = tintype
  const server = await startHttpServer({
    fetch: app.fetch,
    answerFast,
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs: 30_000,
  })
  onTestFinished(async () => {
    await server.drain()
    await tintype.close()
  })
  return server.port
}

const head = (bytes: number, more = 'X-API-Key: writer-of-the-test\r\n', type = 'multipart/form-data; boundary=edge') =>
  `POST /projects/demo/images HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n${more}` +
  `Content-Type: ${type}\r\nContent-Length: ${bytes}\r\n\r\n`

/** All that a server sends to a request whose body never comes, until the end of the connection. */
const answerTo = async (port: number, request: string): Promise<string> => {
  const client = await connectRaw(port)
  await client.send(request)
  return client.until('\r\n\r\n')
}

it.each([
  ['one byte more than the largest form', 413, head(MAX_UPLOAD_BYTES + FORM_BYTES + 1)],
  ['no key', 401, head(1000, '')],
  ['another type', 415, head(1000, undefined, 'image/jpeg')],
])('a request with %s is refused by its header alone, without 100 Continue', async (_, status, request) => {
  const answer = await answerTo(await serve(), request)
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(answer).toMatch(/\r\nconnection: close\r\n/i)
})

it('a request beyond the rate limit is refused without 100 Continue', async () => {
  const port = await serve({ rateLimit: 100, rateLimitWrites: 1 })
  expect(await answerTo(port, head(1000, undefined, 'image/jpeg'))).toMatch(/^HTTP\/1\.1 415 /)
  expect(await answerTo(port, head(1000))).toMatch(/^HTTP\/1\.1 429 /)
})

it('the largest form gets 100 Continue, once, and then its answer', async () => {
  const port = await serve()
  expect(await answerTo(port, head(MAX_UPLOAD_BYTES + FORM_BYTES))).toBe('HTTP/1.1 100 Continue\r\n\r\n')

  const client = await connectRaw(port)
  const body = Buffer.concat([
    Buffer.from('--edge\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'),
    await smallPhoto(),
    Buffer.from('\r\n--edge--\r\n'),
  ])
  await client.send(head(body.length))
  expect(await client.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  await client.send(body)
  expect(await client.until('image_id')).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 Created\r\n/)
})
