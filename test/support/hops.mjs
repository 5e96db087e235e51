// Prints, as JSON, the built files that a request passes through: those in which a function runs during it.

import { mkdtemp, rm } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { createTintype } from '../../dist/index.js'
import { startHttpServer } from '../../dist/server/http-server.js'
import { createLogger } from '../../dist/telemetry/logger.js'

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))

const storageDir = await mkdtemp(join(tmpdir(), 'tintype-hops-'))
const tintype = createTintype({ storageDir, encoders: 1, log: createLogger({ level: 'warn' }) })
await tintype.ready
const options = { fetch: tintype.app.fetch, host: '127.0.0.1', port: 0, requestTimeoutMs: 30_000 }
const fast = await startHttpServer({ ...options, answerFast: tintype.answerFast })
const slow = await startHttpServer(options)

const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })

const filesOf = async (request) => {
  // Taking resets the counts.
  await session.post('Profiler.takePreciseCoverage')
  await request()
  const { result } = await session.post('Profiler.takePreciseCoverage')
  return result
    .filter(({ functions }) => functions.some(({ ranges }) => ranges.some(({ count }) => count > 0)))
    .filter(({ url }) => url.startsWith('file:'))
    .map(({ url }) => fileURLToPath(url))
    .filter((path) => path.startsWith(DIST))
    .map((path) => path.slice(DIST.length))
    .sort()
}

const send = async (server, path, init) => {
  const response = await fetch(`http://127.0.0.1:${server.port}/projects/shop/${path}`, init)
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
}

const photo = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#c08040' } })
  .jpeg()
  .toBuffer()
const body = new FormData()
body.set('file', new Blob([photo], { type: 'image/jpeg' }), 'photo.jpg')

const requests = {
  upload: () => send(slow, 'images', { method: 'POST', body }),
  'cover from memory': () => send(fast, 'cover.jpg'),
  'cover through the app': () => send(slow, 'cover.jpg'),
  transform: () => send(slow, 'cover.webp'),
}
const files = {}
for (const [name, request] of Object.entries(requests)) {
  // The first one makes what later ones find.
  await request()
  // What it began behind its response is not the next request's.
  await setTimeout(500)
  // Work in the background may fall into one of them: the fewest files count.
  for (let time = 0; time < 4; time++) {
    const found = await filesOf(request)
    if (!files[name] || found.length < files[name].length) files[name] = found
    await setTimeout(300)
  }
}
session.disconnect()
await Promise.all([fast.drain(), slow.drain()])
await tintype.close()
await rm(storageDir, { recursive: true })
process.stdout.write(JSON.stringify(files))
