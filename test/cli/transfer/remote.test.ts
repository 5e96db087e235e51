// Requests to servers that are busy, refuse, break off or are not there.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { parseAnswer } from '../../../src/cli/transfer/answer.ts'
import { createRemote, type RemoteOptions } from '../../../src/cli/transfer/remote.ts'

type Step = (request: IncomingMessage, response: ServerResponse) => void

/** A server that answers requests by these steps in turn, then 200. */
const serving = async (steps: readonly Step[], options: Partial<RemoteOptions> = {}) => {
  const requests: { method: string; url: string; key: unknown; body: string }[] = []
  const server = createServer(async (request, response) => {
    const step = steps[requests.length]
    const { method = '', url = '', headers } = request
    const seen = { method, url, key: headers['x-api-key'], body: '' }
    requests.push(seen)
    if (step) return step(request, response)
    seen.body = await text(request)
    response.end('{"answer":42}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const remote = createRemote({ url: `http://127.0.0.1:${port}/base/`, firstWaitMs: 1, ...options })
  onTestFinished(() => {
    remote.close()
    server.closeAllConnections()
    server.close()
  })
  return { remote, requests }
}

const problem =
  (status: number, code: string, headers: Record<string, string> = {}): Step =>
  (request, response) => {
    request.resume()
    response.writeHead(status, headers).end(JSON.stringify({ code, detail: `it is ${code}` }))
  }

const body = (content: string) => ({
  contentType: 'text/plain',
  bytes: content.length,
  async *open() {
    yield Buffer.from(content)
  },
})

describe('a request', () => {
  it('has the path below that of the server, the key, and its body', async () => {
    const { remote, requests } = await serving([], { key: 'secret' })
    const answer = await remote.send({ method: 'POST', path: '/projects/a?b=c', body: body('abc') })
    expect(parseAnswer(answer, z.object({ answer: z.number() }))).toEqual({ answer: 42 })
    expect(requests).toEqual([{ method: 'POST', url: '/base/projects/a?b=c', key: 'secret', body: 'abc' }])
  })

  it.each([
    [429, 'rate_limited', { 'Retry-After': '0' }],
    [503, 'busy', { 'Retry-After': '0' }],
    [502, 'status_502', {}],
    [409, 'idempotency_running', { 'Retry-After': '0' }],
  ])('is sent again, with its whole body, after %d %s', async (status, code, headers) => {
    const { remote, requests } = await serving([problem(status, code, headers), problem(status, code, headers)])
    expect(await remote.send({ method: 'PUT', path: '/x', body: body('abc') })).toMatchObject({ ok: true })
    expect(requests.map((request) => request.body)).toEqual(['', '', 'abc'])
  })

  it('is sent again where the connection breaks off', async () => {
    const { remote, requests } = await serving([(request) => void request.socket.destroy()])
    expect(await remote.send({ path: '/x' })).toMatchObject({ ok: true })
    expect(requests).toHaveLength(2)
  })

  it.each([
    [400, 'invalid_parameter'],
    [401, 'unauthenticated'],
    [409, 'project_exists'],
    [413, 'upload_too_large'],
    [503, 'encoder_failed'],
    [507, 'quota_exceeded'],
  ])('that is refused by %d %s is not sent again', async (status, code) => {
    const { remote, requests } = await serving([problem(status, code)])
    expect(await remote.send({ path: '/x' })).toEqual({ ok: false, status, code, detail: `it is ${code}` })
    expect(requests).toHaveLength(1)
  })

  it('ends after the most attempts', async () => {
    const busy = problem(503, 'busy')
    const { remote, requests } = await serving([busy, busy, busy, busy], { attempts: 4 })
    await expect(remote.send({ path: '/x' })).rejects.toThrow('it is busy')
    expect(requests).toHaveLength(4)
  })

  it('ends at once where the wait would be too long', async () => {
    const { remote, requests } = await serving([problem(503, 'read_only', { 'Retry-After': '300' })])
    await expect(remote.send({ path: '/x' })).rejects.toThrow('it is read_only')
    expect(requests).toHaveLength(1)
  })

  it('whose body cannot be read says so, and is not sent again', async () => {
    const { remote, requests } = await serving([(request) => void request.resume()])
    async function* open() {
      yield Buffer.from('a')
      throw new Error('the disk is gone')
    }
    const answer = await remote.send({ method: 'POST', path: '/x', body: { ...body('abc'), open } })
    expect(answer).toEqual({ ok: false, status: 0, code: 'unreadable', detail: 'the disk is gone' })
    expect(requests.length).toBeLessThanOrEqual(1)
  })

  it('to a server that is not there fails soon, with its URL', async () => {
    const remote = createRemote({ url: 'http://127.0.0.1:1', firstWaitMs: 1, attempts: 1000 })
    await expect(remote.send({ path: '/x' })).rejects.toThrow(
      'http://127.0.0.1:1 cannot be reached: connect ECONNREFUSED',
    )
  })

  it('ends with the reason of an abort, also while it waits', async () => {
    const stop = new AbortController()
    const step = problem(503, 'busy', { 'Retry-After': '50' })
    const { remote } = await serving(
      [
        (request, response) => {
          step(request, response)
          response.once('finish', () => setTimeout(() => stop.abort(new Error('stopped by hand')), 20))
        },
      ],
      { signal: stop.signal },
    )
    await expect(remote.send({ path: '/x' })).rejects.toThrow('stopped by hand')
  })
})

describe('a download', () => {
  const whole = async (pieces: AsyncIterable<Uint8Array>) => {
    const all: Uint8Array[] = []
    for await (const piece of pieces) all.push(piece)
    return Buffer.concat(all).toString()
  }

  it('is begun again where the server is busy', async () => {
    const { remote } = await serving([problem(503, 'busy', { 'Retry-After': '0' })])
    expect(await whole(remote.download('/x'))).toBe('{"answer":42}')
  })

  it('fails where the connection ends before the file, and for a problem', async () => {
    const { remote } = await serving([
      (_, response) => {
        response.writeHead(200, { 'Content-Length': '100' })
        response.write('half', () => response.destroy())
      },
      problem(404, 'image_not_found'),
    ])
    await expect(whole(remote.download('/x'))).rejects.toThrow()
    await expect(whole(remote.download('/x'))).rejects.toThrow('it is image_not_found')
  })
})
