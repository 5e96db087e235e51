// Long bodies: the deadline follows the pace of the client, and the server's own does not end them.

import { setTimeout } from 'node:timers/promises'
import { Hono } from 'hono'
import { describe, expect, it, type TestContext } from 'vitest'
import { TintypeError } from '../../../src/core/errors.ts'
import type { Env } from '../../../src/http/context.ts'
import { openLongBody } from '../../../src/http/request/long-body.ts'
import { answerEarly } from '../../../src/http/response/early-response.ts'
import { startHttpServer } from '../../../src/server/http-server.ts'
import { connectRaw } from '../../support/raw-client.ts'

interface Options {
  /** Allowed wait for the client, in milliseconds. */
  graceMs?: number
  /** Pause behind each chunk, in milliseconds. */
  pauseMs?: number
  requestTimeoutMs?: number
}

/** Answers the number of bytes, or the code of the error that ended the body. `begun` resolves at its first chunk. */
const start = async (
  { onTestFinished }: TestContext,
  { graceMs, pauseMs = 0, requestTimeoutMs = 30_000 }: Options = {},
) => {
  let begin = (): void => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const read = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
    let bytes = 0
    try {
      for await (const chunk of chunks) {
        begin()
        bytes += chunk.length
        await setTimeout(pauseMs)
      }
      return `${bytes} bytes`
    } catch (error) {
      return error instanceof TintypeError ? error.code : String(error)
    }
  }
  const app = new Hono<Env>().post('/', async (c) =>
    answerEarly(c, { status: 200, headers: {}, text: await read(openLongBody(c, graceMs).chunks) }),
  )
  const server = await startHttpServer({ fetch: app.fetch, host: '127.0.0.1', port: 0, requestTimeoutMs })
  onTestFinished(() => server.drain().catch(() => {}))
  return { port: server.port, drain: server.drain, begun }
}

const head = (bytes: number): string => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`

// Beside each other: most of them wait for seconds.
describe.concurrent('a long body', () => {
  it('that pauses for longer than its grace is ended, and its connection closed', async (test) => {
    const { port } = await start(test, { graceMs: 50 })
    const client = await connectRaw(port, test)
    await client.send(`${head(10)}12345`)
    const answer = await client.end
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\nconnection: close\r\n[\s\S]*request_timeout$/i)
  })

  it('that drips is ended too: pauses add up', async (test) => {
    const { port } = await start(test, { graceMs: 200 })
    const client = await connectRaw(port, test)
    await client.send(head(1000))
    const drip = setInterval(() => client.send('x'), 20)
    test.onTestFinished(() => clearInterval(drip))
    expect(await client.end).toMatch(/request_timeout$/)
  })

  it('has the time that its bytes take on a slow line besides', async (test) => {
    const { port, begun } = await start(test, { graceMs: 3000 })
    const client = await connectRaw(port, test)
    // 32 bytes a millisecond: 64 seconds.
    await client.send(head(2 ** 21 + 1))
    await client.send('x'.repeat(2 ** 21))
    await begun
    await setTimeout(4000)
    await client.send('x')
    expect(await client.until('bytes')).toMatch(/2097153 bytes$/)
  })

  it('is not ended for the time that the server takes', async (test) => {
    const { port, begun } = await start(test, { graceMs: 2000, pauseMs: 3000 })
    const client = await connectRaw(port, test)
    await client.send(`${head(2)}x`)
    await begun
    await client.send('y')
    expect(await client.until('bytes')).toMatch(/2 bytes$/)
  })

  it('is not ended by the timeout of the server', async (test) => {
    const { port, begun } = await start(test, { requestTimeoutMs: 1000 })
    const client = await connectRaw(port, test)
    await client.send(`${head(2)}x`)
    await begun
    await setTimeout(2000)
    await client.send('y')
    expect(await client.until('bytes')).toMatch(/2 bytes$/)
  })

  it('is ended when the server stops', async (test) => {
    const server = await start(test)
    const client = await connectRaw(server.port, test)
    await client.send(`${head(10)}12345`)
    await server.begun
    const drained = server.drain()
    expect(await client.end).toMatch(/\r\nconnection: close\r\n[\s\S]*shutting_down$/i)
    await drained
  })

  it('of a runtime without sockets has no deadline', async () => {
    const app = new Hono<Env>().post('/', async (c) => {
      let bytes = 0
      for await (const chunk of openLongBody(c, 0).chunks) bytes += chunk.length
      return c.text(String(bytes))
    })
    const response = await app.request('/', { method: 'POST', body: 'x'.repeat(10) })
    expect(await response.text()).toBe('10')
  })
})
