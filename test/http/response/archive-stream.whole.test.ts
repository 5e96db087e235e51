// Archives on real sockets: slow clients, clients that read nothing, images that go away.

import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OpenAPIHono } from '@hono/zod-openapi'
import { pino } from 'pino'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Env } from '../../../src/http/context.ts'
import { archiveStream } from '../../../src/http/response/archive-stream.ts'
import { startHttpServer } from '../../../src/server/http-server.ts'
import type { OpenArchive } from '../../../src/services/transfer/archives.ts'
import { createTestApp, listen, uploadTo } from '../../support/app.ts'
import { connectRaw } from '../../support/raw-client.ts'
import { PATIENCE } from '../../support/vitest/patience.ts'

/** More than the kernel keeps for a client that does not read. */
const BYTES = 16 * 2 ** 20

const GET = 'GET /projects/shop/archive HTTP/1.1\r\nHost: a\r\nX-Request-Id: cut\r\n\r\n'

it('an image that is deleted while its archive is sent ends the connection, and is one line in the log', async () => {
  const lines: Record<string, unknown>[] = []
  const log = pino({ level: 'warn' }, { write: (line) => void lines.push(JSON.parse(line)) })
  const { app, storageDir } = await createTestApp({ log })
  const first = await uploadTo(app, 'shop')
  const last = await uploadTo(app, 'shop')
  await appendFile(join(storageDir, 'projects', 'shop', 'original', `${first.image_id}.jpg`), Buffer.alloc(BYTES))
  const { port } = await listen(app)
  const client = await connectRaw(port)
  client.socket.pause()
  await client.send(GET)
  await vi.waitFor(() => expect(client.socket.readableLength + client.socket.bytesRead).toBeGreaterThan(0), PATIENCE)
  expect((await app.request(`/projects/shop/images/${last.image_id}`, { method: 'DELETE' })).status).toBe(200)
  client.socket.resume()
  const text = await client.end.catch(() => client.received())

  expect(text).toMatch(/^HTTP\/1\.1 200 OK/)
  expect(text.length).toBeLessThan(Number(/content-length: (\d+)/i.exec(text)?.[1]))
  expect(lines).toEqual([
    expect.objectContaining({ level: 50, id: 'cut', msg: expect.stringContaining('closing the connection') }),
  ])
})

it('an archive is sent to a client that takes longer than a request may take', async () => {
  const { app, storageDir } = await createTestApp()
  const { image_id } = await uploadTo(app, 'shop')
  await appendFile(join(storageDir, 'projects', 'shop', 'original', `${image_id}.jpg`), Buffer.alloc(BYTES))
  const server = await startHttpServer({
    fetch: app.fetch,
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs: 1500,
    headersTimeoutMs: 1500,
    timeoutsCheckedMs: 50,
  })
  onTestFinished(() => server.drain())
  const { body, headers } = await fetch(`http://127.0.0.1:${server.port}/projects/shop/archive`, {
    headers: { Connection: 'close' },
  })
  let bytes = 0
  if (!body) throw new Error('expected a body')
  for await (const piece of body) {
    // Beyond the deadline, while most of it is still to be read.
    if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 3000))
    bytes += piece.byteLength
  }
  expect(bytes).toBe(Number(headers.get('content-length')))
})

/** An archive without end, in a server of its own. */
const endless = async (stalledMs: number) => {
  let isClosed = false
  const archive: OpenArchive = {
    pieces: { next: async () => ({ value: new Uint8Array(2 ** 16), done: false }) },
    async close() {
      isClosed = true
    },
  }
  const app = new OpenAPIHono<Env>()
  app.get('/projects/shop/archive', (c) => new Response(archiveStream(c, archive, stalledMs)))
  const { port } = await listen(app)
  const client = await connectRaw(port)
  client.socket.pause()
  await client.send(GET)
  return { client, isClosed: () => isClosed }
}

it('a client that reads nothing for too long is let go, with all that its archive holds', async () => {
  const { client, isClosed } = await endless(50)
  await vi.waitFor(() => expect(isClosed()).toBe(true), { timeout: 60_000 })
  client.socket.resume()
  await client.end.catch(() => {})
  expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK/)
})

it('a client that leaves gives up its archive', async () => {
  const { client, isClosed } = await endless(3_600_000)
  await vi.waitFor(() => expect(client.socket.readableLength + client.socket.bytesRead).toBeGreaterThan(0), PATIENCE)
  client.socket.destroy()
  await vi.waitFor(() => expect(isClosed()).toBe(true), { timeout: 60_000 })
})
