// Small pictures in front of the app: every answer is the app's own, and connections go on as they should.

import { once } from 'node:events'
import { connect, Socket } from 'node:net'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startHttpServer } from '../../../src/server/http-server.ts'
import { createTestApp, uploadTo } from '../../support/app.ts'
import { createCast } from '../../support/auth/access.ts'
import { countedFast } from '../../support/load/counted-fast.ts'
import { noise } from '../../support/pictures/pictures.ts'
import { connectRaw, postHead } from '../../support/raw-client.ts'
import { itInFolder, LONG_MEMORY, openStoreOf } from '../../support/store/here.ts'

/** One image, a server that asks the fast way first and counts what it answered, and one that never does. */
const twoServers = async () => {
  const tintype = await createTestApp(LONG_MEMORY)
  const photo = await noise(900, 700, 40).jpeg().toBuffer()
  const { image_id, sizes } = await uploadTo(tintype.app, 'Game', photo)
  const counts: { fast: number; socket?: Socket } = { fast: 0 }
  const options = { fetch: tintype.app.fetch, host: '127.0.0.1', port: 0, requestTimeoutMs: 30_000 }
  const fast = await startHttpServer({
    ...options,
    answerFast: countedFast(tintype.answerFast, ({ socket }) => {
      counts.fast++
      counts.socket = socket
    }),
  })
  const slow = await startHttpServer(options)
  onTestFinished(async () => {
    await Promise.all([fast.drain(), slow.drain()])
  })
  return { ...tintype, imageId: image_id, sizes, fast, slow, counts }
}

/** What comes back on a connection of its own, which is closed once every request has its whole answer. */
const exchange = async (port: number, requests: string): Promise<Buffer> => {
  const methods = [...requests.matchAll(/^([A-Z]+) \S+ HTTP\/1\.[01]$/gm)].map(([, method = '']) => method)
  const socket = connect({ port, host: '127.0.0.1' })
  let received = Buffer.alloc(0)
  socket.on('data', (piece) => {
    received = Buffer.concat([received, piece])
    if (isWhole(received, methods)) socket.end()
  })
  socket.write(requests.replaceAll('\n', '\r\n'), 'latin1')
  await once(socket, 'close')
  expect(isWhole(received, methods), requests).toBe(true)
  return received
}

/** True where there is a whole answer to each request. */
const isWhole = (received: Buffer, methods: readonly string[]): boolean => {
  let at = 0
  for (const method of methods) {
    const end = received.indexOf('\r\n\r\n', at)
    if (end < 0) return false
    const head = received.subarray(at, end).toString('latin1')
    const hasBody = method !== 'HEAD' && !head.startsWith('HTTP/1.1 304')
    at = end + 4 + (hasBody ? Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0) : 0)
  }
  return received.length >= at
}

/** Status, headers in one order and without the date, body. */
const parsed = (answer: Buffer) => {
  const end = answer.indexOf('\r\n\r\n')
  const [status, ...lines] = answer.subarray(0, end).toString('latin1').split('\r\n')
  const headers = lines
    .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)])
    .filter(([name = '']) => !['date', 'x-request-id'].includes(name))
    .sort()
  return { status, headers, body: answer.subarray(end + 4).toString('latin1') }
}

const conditions = (etag: string) => [
  '',
  `If-None-Match: ${etag}\n`,
  `If-None-Match: W/${etag}, "other"\n`,
  'If-None-Match: "other"\n',
  'If-None-Match: "other"\nIf-None-Match: *\n',
  'If-None-Match: *\n',
  'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\n',
  'If-Modified-Since: Thu, 01 Jan 2015 00:00:00 GMT\n',
  'If-Modified-Since: whenever\n',
  `If-Match: ${etag}\n`,
  'If-Match: "other"\n',
  'If-Unmodified-Since: Thu, 01 Jan 2015 00:00:00 GMT\n',
  'Range: bytes=10-19\n',
  'Range: bytes=-10\n',
  'Range: bytes=9999999-\n',
  'Range: bytes=0-1,5-6\n',
  `Range: bytes=10-19\nIf-Range: ${etag}\n`,
  'Range: bytes=10-19\nIf-Range: "other"\n',
  'Cache-Control: no-cache\n',
  'Accept-Encoding: gzip\nAccept: text/html\n',
]

describe('an answer from memory', () => {
  it('is equal to that of the app, for every kind of request', async () => {
    const { fast, slow, counts, imageId, sizes } = await twoServers()
    const image = `/projects/Game/images/${imageId}`
    const thumb = `"${imageId}-thumb-${sizes.thumb.bytes}"`
    const game = `"${imageId}-game-${sizes.game.bytes}"`
    const targets: [string, string][] = [
      [`${image}?size=thumb`, thumb],
      [`${image}/game.jpg`, game],
      ['/projects/Game/thumbnail', thumb],
      ['/projects/Game/cover.jpg?size=game', game],
      ['/projects/Game/cover.jpg', thumb],
    ]
    // Within the second of the upload the cover's date is still to change.
    await setTimeout(2100)
    for (const [target, etag] of targets)
      for (const method of ['GET', 'HEAD'])
        for (const condition of conditions(etag)) {
          const request = `${method} ${target} HTTP/1.1\nHost: test\n${condition}\n`
          const [answer, wanted] = await Promise.all([exchange(fast.port, request), exchange(slow.port, request)])
          expect(parsed(answer), request).toEqual(parsed(wanted))
        }
    expect(counts.fast).toBeGreaterThan(100)
  })

  it('is equal for lists and their pages too, while the project does not change', async () => {
    const { app, fast, slow, counts, storageDir } = await twoServers()
    const etag = (await app.request('/projects/Game/images')).headers.get('etag') ?? ''
    for (const target of ['/projects/Game/images', '/projects/Game/images?limit=1', '/projects/Game/images?limit=0']) {
      const first = `GET ${target} HTTP/1.1\nHost: test\n\n`
      await exchange(slow.port, first)
      for (const method of ['GET', 'HEAD'])
        for (const condition of conditions(etag)) {
          const request = `${method} ${target} HTTP/1.1\nHost: test\n${condition}\n`
          const [answer, wanted] = await Promise.all([exchange(fast.port, request), exchange(slow.port, request)])
          expect(parsed(answer), request).toEqual(parsed(wanted))
        }
    }
    expect(counts.fast).toBeGreaterThan(10)

    const before = counts.fast
    const other = await openStoreOf(storageDir)
    await other.commit('Game', { type: 'edit', title: 'another title' })
    const request = 'GET /projects/Game/images HTTP/1.1\nHost: test\n\n'
    const url = `http://127.0.0.1:${fast.port}/projects/Game/images`
    const changed = (await fetch(url)).headers.get('etag')
    expect(changed).toBe(etag.replace('"1', '"2'))
    expect(counts.fast).toBe(before)
    expect(parsed(await exchange(fast.port, request)).headers).toContainEqual(['etag', changed])
    expect(counts.fast).toBe(before + 1)
    await app.request('/projects/Game', { method: 'DELETE' })
    expect((await fetch(url)).status).toBe(404)
  })

  it('of a list is not given where the request has a key or token that is not valid', async () => {
    const { answerFast, app, people } = await createCast({ ...LONG_MEMORY, signInLimit: 0 })
    const url = '/projects/open/images'
    await app.request(url)
    const ask = async (...headers: string[]) =>
      answerFast({ method: 'GET', url, rawHeaders: ['Host', 'test', ...headers], socket: new Socket() })
    expect((await ask())?.status).toBe(200)
    expect(await ask('X-API-Key', 'nonsense')).toBeUndefined()
    expect(await ask('Authorization', 'Bearer nonsense')).toBeUndefined()
    expect((await ask('X-Other', 'nonsense'))?.status).toBe(200)
    await app.request(url, { headers: people.stranger })
    expect((await ask('Authorization', people.stranger?.Authorization ?? ''))?.status).toBe(200)
  })

  it('is not given where the request is unusual', async () => {
    const { fast, slow, counts, imageId } = await twoServers()
    const image = `/projects/Game/images/${imageId}`
    for (const request of [
      `GET ${image}?size=thumb HTTP/1.0\n\n`,
      `GET ${image}?size=thumb HTTP/1.1\nHost: te st\n\n`,
      `GET ${image}?size=thumb HTTP/1.1\nHost: test:99999\n\n`,
      `GET ${image}?size=thumb HTTP/1.1\n\n`,
      `GET ${image}?size=thumb&size=game HTTP/1.1\nHost: test\n\n`,
      `GET ${image}?size=Thumb HTTP/1.1\nHost: test\n\n`,
      `GET ${image}?size= HTTP/1.1\nHost: test\n\n`,
      `GET ${image}/thumb.jpeg HTTP/1.1\nHost: test\n\n`,
      `GET ${image}/thumb.png HTTP/1.1\nHost: test\n\n`,
      `GET ${image}/huge.jpg HTTP/1.1\nHost: test\n\n`,
      `GET ${image}/thumb.jpg/ HTTP/1.1\nHost: test\n\n`,
      `GET ${image}/../${imageId}?size=thumb HTTP/1.1\nHost: test\n\n`,
      `GET ${image.replace('Game', 'game')}?size=thumb HTTP/1.1\nHost: test\n\n`,
      `GET ${image.replace('Game', '%47ame')}?size=thumb HTTP/1.1\nHost: test\n\n`,
      `GET http://test${image}?size=thumb HTTP/1.1\nHost: test\n\n`,
      `PUT ${image} HTTP/1.1\nHost: test\nContent-Length: 0\n\n`,
      `GET ${image}?size=thumb HTTP/1.1\nHost: test\nContent-Length: 3\n\nabc`,
    ]) {
      const before = counts.fast
      const [answer, wanted] = await Promise.all([exchange(fast.port, request), exchange(slow.port, request)])
      expect(parsed(answer), request).toEqual(parsed(wanted))
      expect(counts.fast, request).toBe(before)
    }
  })

  it('is given on connections that end with it, as by a proxy that speaks HTTP/1.0', async () => {
    const { fast, slow, counts, imageId } = await twoServers()
    for (const end of ['HTTP/1.0\nHost: test\n\n', 'HTTP/1.1\nHost: test\nConnection: close\n\n']) {
      const request = `GET /projects/Game/images/${imageId}?size=thumb ${end}`
      const before = counts.fast
      const [answer, wanted] = await Promise.all([exchange(fast.port, request), exchange(slow.port, request)])
      expect(parsed(answer), request).toEqual(parsed(wanted))
      expect(counts.fast, request).toBe(before + 1)
    }
  })

  it('may be followed by requests of the app on the same connection', async () => {
    const { fast, counts, imageId } = await twoServers()
    const client = await connectRaw(fast.port)
    const image = `/projects/Game/images/${imageId}`
    let answers = ''
    for (const [at, target] of [`${image}/game.jpg`, '/health', `${image}/thumb.jpg`, `${image}/game.jpg`].entries()) {
      const mark = `"${imageId}-${target.includes('thumb') ? 'thumb' : 'game'}-`
      client.send(`HEAD ${target} HTTP/1.1\r\nHost: test\r\nX-Number: ${at}\r\n\r\n`)
      await expect.poll(() => client.received().split('HTTP/1.1 200 OK').length - 1).toBe(at + 1)
      answers = client.received()
      if (target !== '/health') expect(answers.slice(answers.lastIndexOf('HTTP/1.1'))).toContain(mark)
    }
    expect(counts.fast).toBe(3)
  })

  it('may be followed by a request in pieces, and by an upload', async () => {
    const { fast, counts, imageId } = await twoServers()
    const client = await connectRaw(fast.port)
    const image = `/projects/Game/images/${imageId}`
    const answers = () => [...client.received().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)
    client.send(`HEAD ${image}/game.jpg HTTP/1.1\r\nHost: test\r\n\r\n`)
    await expect.poll(answers).toEqual(['200'])
    await client.send(`HEAD ${image}/thumb.jpg HTTP/1.1\r\nHo`)
    await setTimeout(50)
    client.send('st: test\r\nIf-None-Match: *\r\n\r\n')
    await expect.poll(answers).toEqual(['200', '304'])
    client.send(postHead('/projects/Game/images', 3))
    client.send('abc')
    await expect.poll(answers).toEqual(['200', '304', '400'])
    expect(counts.fast).toBeGreaterThan(0)
  })

  itInFolder('stale', 'follows a deletion by another worker, on a connection that had the image', async () => {
    const { app, fast, imageId, storageDir } = await twoServers()
    const client = await connectRaw(fast.port)
    const request = `HEAD /projects/Game/images/${imageId}/game.jpg HTTP/1.1\r\nHost: test\r\n\r\n`
    const answers = () => [...client.received().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)
    client.send(request)
    await expect.poll(answers).toEqual(['200'])
    const other = await openStoreOf(storageDir)
    await other.commit('Game', { type: 'delete_image', imageId })
    client.send(request)
    await expect.poll(answers).toEqual(['200', '404'])
    expect((await app.request(`/projects/Game/images/${imageId}/game.jpg`)).status).toBe(404)
  })

  it('stays in memory over changes of its project by any worker', async () => {
    const { fast, counts, imageId, storageDir } = await twoServers()
    const urls = [`/projects/Game/images/${imageId}/game.jpg`, '/projects/Game/thumbnail']
    const ask = async () => {
      for (const url of urls) expect((await fetch(`http://127.0.0.1:${fast.port}${url}`)).status).toBe(200)
    }
    await ask()
    const other = await openStoreOf(storageDir)
    await other.commit('Game', { type: 'edit', title: 'another title' })
    const before = counts.fast
    await ask()
    expect(counts.fast).toBe(before + urls.length)
  })

  it('of a cover and a list follows a change by another worker at once', async () => {
    const { app, fast, slow, imageId, storageDir } = await twoServers()
    const { image_id: second } = await uploadTo(app, 'Game', await noise(90, 70, 40).jpeg().toBuffer())
    const urls = ['/projects/Game/thumbnail', '/projects/Game/images']
    const tagsAt = (port: number) =>
      Promise.all(urls.map(async (url) => (await fetch(`http://127.0.0.1:${port}${url}`)).headers.get('etag')))
    await tagsAt(fast.port)
    const other = await openStoreOf(storageDir)
    const seen = new Set<string | null>()
    for (const shown of [second, imageId, second]) {
      await other.commit('Game', { type: 'set_primary', imageId: shown })
      const tags = await tagsAt(fast.port)
      expect(tags).toEqual(await tagsAt(slow.port))
      for (const tag of tags) seen.add(tag)
    }
    // Two covers, and three states of the list.
    expect(seen.size).toBe(5)
  })

  it('keeps the order of requests that are sent all at once', async () => {
    const { fast, imageId } = await twoServers()
    const sizes = ['game', 'thumb', 'original', 'game', 'thumb', 'game']
    const requests = sizes.map((size) => `HEAD /projects/Game/images/${imageId}?size=${size} HTTP/1.1\nHost: test\n\n`)
    const answers = (await exchange(fast.port, requests.join(''))).toString('latin1')
    const tags = [...answers.matchAll(/etag: "\w+-(\w+)-\d+"/gi)].map(([, size]) => size)
    expect(tags).toEqual(sizes)
  })

  it('reaches a slow reader completely, also while the server shuts down', async () => {
    const { app, fast, imageId, counts } = await twoServers()
    const wanted = Buffer.from(await (await app.request(`/projects/Game/images/${imageId}?size=thumb`)).arrayBuffer())
    const socket = connect({ port: fast.port, host: '127.0.0.1' })
    socket.pause()
    const request = `GET /projects/Game/images/${imageId}?size=thumb HTTP/1.1\r\nHost: test\r\n\r\n`
    let sent = 0
    // One after the other, until so much lies unread that the server has to keep some of it.
    while (!counts.socket?.writableLength) {
      socket.write(request)
      sent++
      while (counts.fast < sent) await setImmediate()
      await setImmediate()
    }
    const drained = fast.drain()
    const pieces: Buffer[] = []
    socket.on('data', (piece) => pieces.push(piece)).resume()
    await once(socket, 'close')
    await drained
    const all = Buffer.concat(pieces)
    let at = 0
    for (let answer = 0; answer < sent; answer++) {
      const start = all.indexOf('\r\n\r\n', at) + 4
      expect(all.subarray(start, start + wanted.length).equals(wanted), `answer ${answer}`).toBe(true)
      at = start + wanted.length
    }
    expect(at).toBe(all.length)
  })
})
