// Policies of the app and the fast path: the same answer, for every setting, route and kind of request.

import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { TintypeOptions } from '../../../src/index.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { createTestApp, listen, type TestApp, uploadTo } from '../../support/app.ts'
import { ADMIN } from '../../support/auth/access.ts'
import { connectRaw } from '../../support/raw-client.ts'
import { LONG_MEMORY } from '../../support/store/here.ts'

const SHOP = 'https://shop.example'

const SETTINGS: Record<string, TintypeOptions> = {
  'none of them': {},
  'own hosts': { ownHostsOnly: true },
  'own hosts and a site': { ownHostsOnly: true, allowedOrigins: SHOP },
  'a site': { allowedOrigins: SHOP },
  'two sites': { allowedOrigins: ['https://other.example', SHOP] },
  'every site': { ownHostsOnly: true, allowedOrigins: '*' },
  'a trusted proxy': { trustProxy: 'loopback' },
  'a limit of reads': { rateLimit: 1000 },
  'a limit of reads and a key': { rateLimit: 1000, apiKeys: ADMIN, trustProxy: 'loopback' },
  'a limit of changes': { rateLimitWrites: 1000 },
  'a key': { apiKeys: ADMIN, ownHostsOnly: true },
  'authentication everywhere': { auth: 'required', apiKeys: ADMIN },
  'no authentication, with a key': { apiKeys: ADMIN, auth: 'none' },
  'signed URLs': { signingKeys: 'sixteen characters or more' },
}

/** Headers that policies read, besides `Host`. */
const REQUESTS: Record<string, string[]> = {
  plain: ['Host', 'localhost:8001'],
  'a foreign host': ['Host', 'evil.example'],
  'an allowed host': ['Host', 'shop.example'],
  'an allowed page': ['Host', 'localhost', 'Origin', SHOP],
  'a foreign page': ['Host', 'localhost', 'Origin', 'https://evil.example'],
  'a foreign page in lower case': ['host', 'localhost', 'origin', 'https://evil.example'],
  'a key': ['Host', 'localhost', 'X-API-Key', ADMIN],
  'an invalid key': ['Host', 'localhost', 'X-API-Key', 'tt_abcdefghijkl_x'],
  'an invalid token': ['Host', 'localhost', 'Authorization', 'Bearer nonsense'],
  'an old cookie': ['Host', 'localhost', 'Cookie', 'tintype_session=nonsense'],
  'a forwarded address': ['Host', 'localhost', 'X-Forwarded-For', '6.6.6.6, 9.9.9.9'],
}

const INVALID: ReadonlySet<string> = new Set(['an invalid key', 'an invalid token', 'an old cookie'])

type Answer = { status: number; headers: string[][]; from: unknown }

/** Headers that say how the response is transferred, or that differ by time and number. */
const SKIPPED = ['date', 'connection', 'keep-alive', 'x-request-id', 'transfer-encoding']

const parsed = (head: string): Omit<Answer, 'from'> => {
  const [status = '', ...lines] = head.slice(0, head.indexOf('\r\n\r\n')).split('\r\n')
  const headers = lines
    .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)])
    .filter(([name = '']) => !SKIPPED.includes(name))
    // Each request is counted.
    .map(([name = '', value = '']) => [name, name === 'ratelimit' ? value.replace(/r=\d+;t=\d+/, 'r;t') : value])
  return { status: Number(status.split(' ')[1]), headers: headers.sort() }
}

const linesOf = () => {
  const lines: Record<string, unknown>[] = []
  const log = createLogger({ level: 'info', destination: { write: (line) => void lines.push(JSON.parse(line)) } })
  return { log, from: () => lines.findLast(({ msg }) => msg === 'request')?.from }
}

const overHttp = async (
  port: number,
  url: string,
  headers: readonly string[],
  from: () => unknown,
): Promise<Answer> => {
  const client = await connectRaw(port)
  const lines = Array.from({ length: headers.length / 2 }, (_, at) => `${headers[at * 2]}: ${headers[at * 2 + 1]}\r\n`)
  client.send(`GET ${url} HTTP/1.1\r\n${lines.join('')}\r\n`)
  return { ...parsed(await client.until('\r\n\r\n')), from: from() }
}

const overFastPath = async (
  tintype: TestApp,
  url: string,
  headers: string[],
  from: () => unknown,
): Promise<Answer | undefined> => {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: '127.0.0.1' })
  const answer = await tintype.answerFast({ method: 'GET', url, rawHeaders: headers, socket })
  return answer && { ...parsed(answer.head), from: from() }
}

describe.each(Object.entries(SETTINGS))('with %s', (_, options) => {
  it('the fast path answers like the app, or passes the request on to it', async () => {
    const { log, from } = linesOf()
    const tintype = await createTestApp({ ...LONG_MEMORY, ...options, log })
    const ask = async (path: string, init?: RequestInit) =>
      tintype.app.request(path, { ...init, headers: { 'X-API-Key': ADMIN, ...init?.headers } })
    const uploader = { fetch: tintype.app.fetch, request: ask }
    const { image_id } = await uploadTo(uploader, 'shop')
    const hidden = await uploadTo(uploader, 'hidden')
    await ask('/projects/hidden', {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ visibility: 'private' }),
    })
    const open = [
      `/projects/shop/images/${image_id}/game.jpg`,
      `/projects/shop/images/${image_id}/thumb.webp`,
      '/projects/shop/cover.jpg',
      '/projects/shop/images',
    ]
    const closed = [`/projects/hidden/images/${hidden.image_id}/game.jpg`, '/projects/hidden/images']
    for (const url of [...open, ...closed]) await (await ask(url)).arrayBuffer()
    const { port } = await listen(tintype.app)
    // `Last-Modified` of a cover is a second earlier while the second of its last change lasts (coverShownMs).
    await sleep(1005 - (Date.now() % 1000))

    for (const url of [...open, ...closed])
      for (const [name, headers] of Object.entries(REQUESTS)) {
        const fast = await overFastPath(tintype, url, headers, from)
        const slow = await overHttp(port, url, headers, from)
        if (fast) expect(fast, `${name}: ${url}`).toEqual(slow)
        // The app finds the client that a request with invalid credentials is counted for.
        const isCountedByApp = INVALID.has(name) && options.rateLimit !== undefined && options.apiKeys !== undefined
        // With no setting is any other allowed request left to the app.
        expect(fast !== undefined, `${name}: ${url}`).toBe(slow.status === 200 && !isCountedByApp)
      }
  })
})
