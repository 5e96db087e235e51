// Prints, as JSON, the built files that a request passes through: those in which a function runs during it.

import { mkdtemp, rm } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import timers from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const { setTimeout, setInterval } = globalThis
const sleep = timers.setTimeout

/** Polls of the background have longer timers than anything that a request waits for. */
const POLL_MS = 500
/** Polls that are due while a request is measured: they are not of it, however long it takes. Undefined between requests. */
let held

const holding = (run, ms) => (ms >= POLL_MS && held ? void held.push(run) : run())
globalThis.setTimeout = (run, ms, ...args) => setTimeout(() => holding(() => run(...args), ms), ms)
globalThis.setInterval = (run, ms, ...args) => setInterval(() => holding(() => run(...args), ms), ms)
timers.setTimeout = async (ms, value, options) => {
  await sleep(ms, undefined, options)
  await new Promise((resolve) => holding(resolve, ms))
  return value
}
syncBuiltinESMExports()

const { createTintype } = await import('../../dist/index.js')
const { startHttpServer } = await import('../../dist/server/http-server.js')
const { createLogger } = await import('../../dist/telemetry/logger.js')

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))

/** A time in which no code of ours runs: the work behind a response has ended. */
const QUIET_MS = 100
/** A limit against hanging: polls for changes of other processes come once a second, with quiet between them. */
const MOST_WAITS = 100

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

/** Files of which code ran since the last call. */
const filesRun = async () => {
  // Taking resets the counts.
  const { result } = await session.post('Profiler.takePreciseCoverage')
  return result
    .filter(({ functions }) => functions.some(({ ranges }) => ranges.some(({ count }) => count > 0)))
    .filter(({ url }) => url.startsWith('file:'))
    .map(({ url }) => fileURLToPath(url))
    .filter((path) => path.startsWith(DIST))
    .map((path) => path.slice(DIST.length))
    .sort()
}

/** Until nothing runs that a request began behind its response: it is not the next one's. */
const untilQuiet = async () => {
  for (let time = 0; time < MOST_WAITS; time++) {
    await sleep(QUIET_MS)
    if ((await filesRun()).length === 0) return
  }
}

const filesOf = async (request) => {
  await untilQuiet()
  held = []
  await request()
  const files = await filesRun()
  const due = held
  held = undefined
  for (const run of due) run()
  return files
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
  // Work in the background may fall into one of them: the fewest files count.
  for (let time = 0; time < 4; time++) {
    const found = await filesOf(request)
    if (!files[name] || found.length < files[name].length) files[name] = found
  }
}
session.disconnect()
await Promise.all([fast.drain(), slow.drain()])
await tintype.close()
await rm(storageDir, { recursive: true })
process.stdout.write(JSON.stringify(files))
