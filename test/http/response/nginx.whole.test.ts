// nginx.conf and nginx-tls.conf of this folder with Debian's nginx in front of Tintype: stored pictures sent by nginx,
// and a proxy with TLS. Also the settings that nginx has by default.

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Agent, request as requestTls } from 'node:https'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest'
import { bulkSchema } from '../../../src/http/schemas/images/bulk.ts'
import { uploadSchema } from '../../../src/http/schemas/images/images.ts'
import type { TintypeOptions } from '../../../src/index.ts'
import { startHttpServer } from '../../../src/server/http-server.ts'
import { createTestApp, problemOf, uploadTo } from '../../support/app.ts'
import { moveAndLink } from '../../support/attacks/linked.ts'
import { ADMIN } from '../../support/auth/access.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { readStream } from '../../support/event-stream.ts'
import { freePort } from '../../support/net/ports.mjs'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { hasNginx, startNginx } from '../../support/processes/nginx.mjs'
import { skipWithout } from '../../support/skip.ts'
import { formOf } from '../../support/upload.ts'

const STORED = /X-Accel-Redirect/i

/** Parts of a configuration that a test sets. */
interface Places {
  /** Port of Tintype, and the one that nginx listens on. */
  server: number
  port: number
  storageDir: string
}

/** Tintype behind nginx with a configuration, and the connections that nginx opened to it. */
const startBehind = async (context: TestContext, options: TintypeOptions, configOf: (places: Places) => string) => {
  if (!hasNginx()) skipWithout(context, 'nginx')
  const tintype = await createTestApp(options)
  const { app, answerFast, storageDir } = tintype
  const connections = new Set<unknown>()
  const server = await startHttpServer({
    fetch(request, env) {
      connections.add(env.incoming.socket)
      return app.fetch(request, env)
    },
    answerFast(request) {
      connections.add(request.socket)
      return answerFast(request)
    },
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs: 30_000,
  })
  onTestFinished(() => server.drain())
  const [folder, port] = [await temporaryFolder(), await freePort()]
  const nginx = await startNginx({ folder, port, http: configOf({ server: server.port, port, storageDir }) })
  onTestFinished(() => nginx.stop())
  const direct = `http://127.0.0.1:${server.port}`
  return { ...tintype, connections, direct, port, url: `http://127.0.0.1:${port}` }
}

const configIn = (name: string) => readFile(new URL(name, import.meta.url), 'utf8')

/** The configuration as users have it but for the addresses and the folder. */
const behindNginx = async (context: TestContext) => {
  const text = await configIn('./nginx.conf')
  return startBehind(context, { allowedOrigins: '*', accelRedirect: '/stored' }, ({ server, port, storageDir }) =>
    text
      .replace('127.0.0.1:8001', `127.0.0.1:${server}`)
      .replace('127.0.0.1:8080', `127.0.0.1:${port}`)
      .replaceAll('/srv/tintype/storage/', `${storageDir}/`),
  )
}

const withDefaults = ({ server, port }: Places): string =>
  `server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${server}; } }`

/** A stream stays open meanwhile: a buffer would hold an event back until it is full or the stream ends. */
const expectEachEvent = async ({ app, url }: Awaited<ReturnType<typeof startBehind>>): Promise<void> => {
  await uploadTo(app, 'Game', await photo('#a05030'))
  const answer = await fetch(`${url}/projects/Game/events`)
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  const stream = readStream(answer)
  await expect.poll(stream.lastEventId, { timeout: 60_000 }).toBe('1')
  for (let count = 1; count <= 3; count++) {
    const response = await fetch(`${url}/projects/Game`, {
      method: 'PATCH',
      body: JSON.stringify({ title: `title ${count}` }),
      headers: { 'Content-Type': 'application/json' },
    })
    expect(response.status).toBe(200)
    expect((await stream.until(count)).map(({ type }) => type)).toEqual(Array(count).fill('project.changed'))
  }
  await stream.cancel()
}

const photo = (background: string) => plainJpeg(1000, 700, background)

/** Headers that are others in each answer, or said by each server for itself. */
const OF_ONE_ANSWER = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'last-modified',
  'transfer-encoding',
  'x-accel-redirect',
  'x-request-id',
])

describe('behind nginx', () => {
  it('the bytes are the stored ones, with the headers of Tintype alone', async (context) => {
    const { app, url, direct, storageDir } = await behindNginx(context)
    const { image_id } = await uploadTo(app, 'Game', await photo('#a05030'))
    for (const target of [`images/${image_id}?size=medium`, `images/${image_id}/game.jpg`, 'thumbnail', 'cover.jpg']) {
      const path = `/projects/Game/${target}`
      const told = await fetch(direct + path)
      expect(told.headers.get('x-accel-redirect'), path).toMatch(/^\/stored\/projects\/!game\/\w+\/\w+\.jpg$/)
      expect(await told.text(), path).toBe('')
      const sent = await fetch(url + path)
      const size = /medium|game\.jpg/.exec(target)?.[0].replace('.jpg', '') ?? 'thumb'
      const stored = await readFile(join(storageDir, 'projects', '!game', size, `${image_id}.jpg`))
      expect(Buffer.from(await sent.arrayBuffer()).equals(stored), path).toBe(true)
      expect(sent.headers.get('content-length')).toBe(String(stored.length))
      for (const [name, value] of told.headers)
        if (!OF_ONE_ANSWER.has(name)) expect([name, sent.headers.get(name)], path).toEqual([name, value])
      expect(sent.headers.get('accept-ranges')).toBe('bytes')
      expect(Math.abs(Date.parse(sent.headers.get('last-modified') ?? '') - Date.now())).toBeLessThan(60_000)
      for (const [name] of sent.headers) expect(name).not.toMatch(STORED)
    }
  })

  it('conditions, ranges and HEAD are answered as without nginx', async (context) => {
    const { app, url } = await behindNginx(context)
    const { image_id, sizes } = await uploadTo(app, 'game', await photo('#205030'))
    const { bytes } = sizes.original
    const etag = `"${image_id}-original-${bytes}"`
    const read = async (headers: Record<string, string>, method = 'GET') => {
      const response = await fetch(`${url}/projects/game/images/${image_id}`, { headers, method })
      return [response.status, (await response.arrayBuffer()).byteLength, response.headers.get('etag')]
    }
    expect(await read({})).toEqual([200, bytes, etag])
    expect(await read({}, 'HEAD')).toEqual([200, 0, etag])
    expect(await read({ 'If-None-Match': etag })).toEqual([304, 0, etag])
    expect(await read({ 'If-None-Match': '"other"' })).toEqual([200, bytes, etag])
    expect(await read({ 'If-Modified-Since': new Date(Date.now() + 5000).toUTCString() })).toEqual([304, 0, etag])
    expect(await read({ 'If-Match': etag })).toEqual([200, bytes, etag])
    expect((await read({ 'If-Match': '"other"' }))[0]).toBe(412)
    expect(await read({ Range: 'bytes=10-19' })).toEqual([206, 10, etag])
    expect(await read({ Range: 'bytes=-10' })).toEqual([206, 10, etag])
    expect(await read({ Range: 'bytes=10-19', 'If-Range': etag })).toEqual([206, 10, etag])
    expect(await read({ Range: 'bytes=10-19', 'If-Range': '"other"' })).toEqual([200, bytes, etag])
    expect((await read({ Range: `bytes=${bytes}-` }))[0]).toBe(416)
  })

  it('a new cover is served at once, and the old tag does not match', async (context) => {
    const { app, url } = await behindNginx(context)
    const first = await uploadTo(app, 'game', await photo('#000010'))
    const second = await uploadTo(app, 'game', await photo('#000020'))
    const cover = (headers?: Record<string, string>) => fetch(`${url}/projects/game/thumbnail`, { headers })
    const before = await cover()
    expect(before.headers.get('etag')).toBe(`"${first.image_id}-thumb-${first.sizes.thumb.bytes}"`)
    await app.request(`/projects/game/primary/${second.image_id}`, { method: 'PUT' })
    const conditions = {
      'If-None-Match': before.headers.get('etag') ?? '',
      'If-Modified-Since': before.headers.get('last-modified') ?? '',
    }
    const after = await cover(conditions)
    expect([after.status, after.headers.get('etag')]).toEqual([
      200,
      `"${second.image_id}-thumb-${second.sizes.thumb.bytes}"`,
    ])
    const byDate = await cover({ 'If-Modified-Since': conditions['If-Modified-Since'] })
    expect(byDate.status).toBe(200)
  })

  it('each event of a stream is passed on at once', async (context) => {
    await expectEachEvent(await behindNginx(context))
  })

  it('many images of one form are larger than a single upload may be', async (context) => {
    const { url } = await behindNginx(context)
    const form = new FormData()
    // Two of 20 MB are more than `client_max_body_size` of the server.
    const large = new Blob([Buffer.alloc(20 * 2 ** 20)])
    for (const content of [large, large, new Blob([new Uint8Array(await photo('#a05030'))])])
      form.append('file', content, 'a.jpg')
    const answer = await fetch(`${url}/projects/Game/images/bulk`, { method: 'POST', body: form })
    const { results } = bulkSchema.parse(await answer.json())
    expect(results.map(({ status }) => status)).toEqual([415, 415, 201])
    expect((await fetch(`${url}/projects/Game/images`, { method: 'POST', body: form })).status).toBe(413)
  })

  it('the folder is not accessible, deleted images are gone, and uploads are passed on', async (context) => {
    const { url, storageDir } = await behindNginx(context)
    const body = formOf(await photo('#a0a0a0'))
    const response = await fetch(`${url}/projects/game/images`, { method: 'POST', body })
    expect(response.status).toBe(201)
    const image = `${url}${response.headers.get('location')}`
    expect((await fetch(image)).status).toBe(200)
    expect((await fetch(`${url}/stored/projects/game/meta.json`)).status).toBe(404)
    // Tintype answers from memory, and nginx does not follow the link.
    const linked = await moveAndLink(storageDir, 'projects/game/original')
    expect((await fetch(image)).status).toBe(404)
    await linked.putBack()
    await fetch(image, { method: 'DELETE' })
    expect(await problemOf(fetch(image))).toMatchObject({ status: 404, code: 'image_not_found' })
  })
})

describe('nginx with TLS, as the guide shows it', () => {
  /** A certificate of its own for the host. */
  const certify = async (context: TestContext, folder: string) => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
    await promisify(execFile)('openssl', [
      ...['req', '-x509', ...kind, '-subj', '/CN=img.example.com', '-keyout', key, '-out', cert],
    ]).catch(() => skipWithout(context, 'openssl'))
    return { key, cert }
  }

  const behindTls = async (context: TestContext) => {
    const [text, { key, cert }] = [await configIn('./nginx-tls.conf'), await certify(context, await temporaryFolder())]
    const options = { auth: 'required', apiKeys: ADMIN, trustProxy: 'loopback', rateLimit: 1000 } as const
    const tintype = await startBehind(context, options, ({ server, port }) =>
      text
        .replace('127.0.0.1:8001', `127.0.0.1:${server}`)
        .replace('listen 443', `listen 127.0.0.1:${port}`)
        .replace(/\/etc\S+privkey.pem/, key)
        .replace(/\/etc\S+fullchain.pem/, cert),
    )
    const agent = new Agent({ keepAlive: true, rejectUnauthorized: false })
    onTestFinished(() => agent.destroy())
    const ask = async (path: string, init: RequestInit = {}) => {
      const { method, headers, body } = new Request(`https://img.example.com${path}`, init)
      const sent = requestTls({
        ...{ host: '127.0.0.1', port: tintype.port, path, method, agent, servername: 'img.example.com' },
        headers: { ...Object.fromEntries(headers), host: 'img.example.com' },
      })
      sent.end(body ? Buffer.from(await new Response(body).arrayBuffer()) : undefined)
      const [answer] = await once(sent, 'response')
      const pieces: Buffer[] = []
      for await (const piece of answer) pieces.push(piece)
      return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces) }
    }
    return { ...tintype, ask }
  }

  it('passes requests on, over connections that it keeps', async (context) => {
    const { ask, connections } = await behindTls(context)
    const body = formOf(await photo('#305070'))
    const upload = await ask('/projects/shop/images', { method: 'POST', body, headers: { 'X-API-Key': ADMIN } })
    expect(upload.status).toBe(201)
    const { image_id, sizes } = uploadSchema.parse(JSON.parse(upload.body.toString()))
    for (let time = 0; time < 20; time++) {
      const { status, headers, body: sent } = await ask('/projects/shop/cover.jpg')
      expect([status, headers.etag, sent.length]).toEqual([
        200,
        `"${image_id}-thumb-${sizes.thumb.bytes}"`,
        sizes.thumb.bytes,
      ])
      expect(headers.ratelimit).toContain(`"read";r=${999 - time};`)
    }
    expect(connections.size).toBe(1)
  })
})

describe('nginx with its default settings', () => {
  // Over HTTP/1.0 it gathers the parts of an answer, but for the header of Tintype.
  it('passes on each event of a stream at once', async (context) => {
    await expectEachEvent(await startBehind(context, {}, withDefaults))
  })

  it('gets whole answers over HTTP/1.0, each on a connection of its own', async (context) => {
    const { app, url, direct, connections } = await startBehind(context, {}, withDefaults)
    const { image_id } = await uploadTo(app, 'game', await photo('#602050'))
    for (const path of ['cover.jpg', `images/${image_id}`, `images/${image_id}/thumb.webp`, 'images', 'nothing']) {
      const [told, sent] = [await fetch(`${direct}/projects/game/${path}`), await fetch(`${url}/projects/game/${path}`)]
      expect([path, sent.status]).toEqual([path, told.status])
      const [there, here] = [await told.arrayBuffer(), await sent.arrayBuffer()]
      expect(Buffer.from(here).equals(Buffer.from(there)), path).toBe(true)
      for (const [name, value] of told.headers)
        if (!OF_ONE_ANSWER.has(name)) expect([name, sent.headers.get(name)], path).toEqual([name, value])
    }
    connections.clear()
    for (let time = 0; time < 3; time++) await (await fetch(`${url}/projects/game/cover.jpg`)).arrayBuffer()
    expect(connections.size).toBe(3)
  })
})
