// The ordinary path in this process: CPU time of a request through the listener of @hono/node-server and the app, from
// a parsed request to the bytes for the socket, in turn with plain Hono that answers the same cover.
//
//   npm run bench -- app [rounds] [requests of a round]

import { openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { createTintype } from '../../dist/index.js'
import { createRequestListener } from '../../dist/server/request-listener.js'
import { createLogger } from '../../dist/telemetry/logger.js'
import { photo } from '../support/pictures/photo.mjs'
import { median, spread } from './measure/statistics.mjs'

const IMAGES = 20
const KEY = 'a-key-of-the-benchmark'

/** Headers of a browser, as nginx passes them on. */
const BROWSER = {
  Host: 'img.example.com',
  'X-Forwarded-For': '203.0.113.7',
  'X-Forwarded-Proto': 'https',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  Accept: 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5',
  'Accept-Language': 'en-US,en;q=0.5',
  'Accept-Encoding': 'gzip, deflate, br',
  Referer: 'https://www.example.com/',
  'Sec-Fetch-Dest': 'image',
  'Sec-Fetch-Mode': 'no-cors',
  'Sec-Fetch-Site': 'cross-site',
}

/** What a server is started with: nothing, and what the guide tells operators to set. */
const SETTINGS = {
  defaults: {},
  'as in production': { auth: 'required', apiKeys: `admin:${KEY}`, trustProxy: 'loopback', rateLimit: 1e9 },
}

/** @param {readonly string[]} args */
export const run = async ([rounds = '15', requests = '1000']) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const log = createLogger({ level: 'info', fd: openSync(join(folder, 'tintype.log'), 'w') })
  try {
    for (const [name, settings] of Object.entries(SETTINGS)) {
      const tintype = createTintype({ storageDir: join(folder, name), isWholeSite: true, log, ...settings })
      await tintype.ready
      try {
        const tasks = await tasksOf(tintype.app)
        console.log(`\nCPU of a request, microseconds (${name}; medians of ${rounds} rounds in turn):`)
        console.table(await inTurn(tasks, Number(rounds), Number(requests)))
      } finally {
        await tintype.close()
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const tasksOf = async (app) => {
  const { imageId, body, headers } = await fill(app)
  const listener = createRequestListener(app.fetch)
  const byTintype = (what, url, { status = 200, ...more } = {}) => ({ what, listener, url, status, headers: more })
  const cover = '/projects/wall/cover.jpg'
  return [
    { what: 'plain Hono', listener: plainHono(body, { 'Content-Type': 'image/jpeg' }), url: cover },
    { what: 'plain Hono, headers of a cover', listener: plainHono(body, headers), url: cover },
    byTintype('health', '/health'),
    byTintype('cover', cover),
    byTintype('304 of a cover', cover, { status: 304, 'If-None-Match': headers.etag }),
    byTintype('icon by its id', `/projects/wall/images/${imageId}/game.jpg`),
    byTintype('cover of a private project', '/projects/private/cover.jpg', { 'X-API-Key': KEY }),
    byTintype('project', '/projects/wall'),
    byTintype(`list of ${IMAGES} images`, '/projects/wall/images'),
    byTintype('404', '/projects/nothing/cover.jpg', { status: 404 }),
  ]
}

/** A program of ten lines with the same routes. */
const plainHono = (body, headers) => {
  const app = new Hono()
  app.get('/health', (c) => c.json({ status: 'ok' }))
  app.get('/projects/:project_id', (c) => c.json({}))
  app.get('/projects/:project_id/images', (c) => c.json([]))
  app.get('/projects/:project_id/images/:image_id', (c) => c.body(body, 200, headers))
  app.get('/projects/:project_id/:file{cover\\.[^/]+}', (c) => c.body(body, 200, headers))
  return getRequestListener(app.fetch, { hostname: 'localhost' })
}

const inTurn = async (tasks, rounds, requests) => {
  const results = tasks.map(() => [])
  const socket = openSocket()
  for (let round = -2; round < rounds; round++)
    for (const [at, task] of tasks.entries()) {
      const { user, system } = process.cpuUsage()
      for (let sent = 0; sent < requests; sent++) await send(task, socket)
      const now = process.cpuUsage()
      // The first rounds warm up.
      if (round >= 0) results[at].push((now.user - user + now.system - system) / requests)
    }
  const [base] = results
  return tasks.map(({ what }, at) => ({
    what,
    µs: median(results[at]).toFixed(1),
    'min-max': spread(results[at], 1),
    'of plain Hono': median(results[at].map((each, round) => each / base[round])).toFixed(2),
  }))
}

/** Sends a request as Node's HTTP server gives it to its listener. */
const send = async ({ what, listener, url, status = 200, headers = {} }, socket) => {
  const request = new IncomingMessage(socket)
  request.httpVersionMajor = 1
  request.httpVersionMinor = 1
  request.httpVersion = '1.1'
  request.method = 'GET'
  request.url = url
  const lines = Object.entries({ ...BROWSER, ...headers }).flat()
  request._addHeaderLines(lines, lines.length)
  request.complete = true
  request.push(null)
  const response = new ServerResponse(request)
  response.assignSocket(socket)
  await listener(request, response)
  if (!response.writableFinished) await new Promise((resolve) => response.once('finish', resolve))
  response.detachSocket(socket)
  response.emit('close')
  if (response.statusCode !== status) throw new Error(`${what}: expected ${status}, got ${response.statusCode}`)
}

/** A connection whose bytes go nowhere. */
const openSocket = () => {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  return Object.assign(socket, { remoteAddress: '127.0.0.1', setTimeout: () => socket })
}

/** A public project of some images and a private one, and the cover of the first. */
const fill = async (app) => {
  const bytes = await photo({ width: 1200, height: 900 })
  const headers = { 'X-API-Key': KEY }
  const upload = async (project) => {
    const body = new FormData()
    body.append('file', new Blob([bytes], { type: 'image/jpeg' }), 'photo.jpg')
    const response = await app.request(`/projects/${project}/images`, { method: 'POST', body, headers })
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`)
    return response.json()
  }
  const { image_id: imageId } = await upload('wall')
  for (let left = IMAGES - 1; left > 0; left--) await upload('wall')
  await upload('private')
  const hidden = await app.request('/projects/private', {
    method: 'PATCH',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify({ visibility: 'private' }),
  })
  if (hidden.status !== 200) throw new Error(`${hidden.status} ${await hidden.text()}`)
  const cover = await app.request('/projects/wall/cover.jpg')
  return { imageId, headers: Object.fromEntries(cover.headers), body: Buffer.from(await cover.arrayBuffer()) }
}
