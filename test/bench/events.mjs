// Event streams of one worker: memory, and the time until a change has reached all of them; and the time from a change on one
// worker to the streams of another.
//
//   npm run bench -- events [streams] [changes]

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startInProduction } from '../support/processes/production.mjs'
import { median } from './measure/statistics.mjs'

/** Bounds of the design: bytes of a stream, and milliseconds until a change has reached all, or another worker. */
const MOST_BYTES = 60_000
const MOST_ALL_MS = 500
const MOST_HINT_MS = 100

/** Streams that a server has had before it is measured: code and pools are there by then. */
const WARM_UP = 100

const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY })

/** @param {readonly string[]} args */
export const run = async ([streams = '1000', changes = '20']) => {
  const one = await withServer({ WORKERS: '1' }, (server) => measureOne(server, Number(streams), Number(changes)))
  const two = await withServer({ WORKERS: '2' }, (server) => measureTwo(server, Number(changes)))
  console.table([
    row('memory of a stream, kB', one.bytes / 1000, MOST_BYTES / 1000),
    row(`a change to ${streams} streams, ms (median)`, median(one.delays), MOST_ALL_MS),
    row(`a change to ${streams} streams, ms (most)`, Math.max(...one.delays), MOST_ALL_MS),
    row('a change to another worker, ms (median)', median(two), MOST_HINT_MS),
  ])
}

const row = (what, value, bound) => ({
  what,
  value: value.toFixed(1),
  'to reach': bound,
  ratio: (value / bound).toFixed(2),
})

const withServer = async (env, measure) => {
  const cwd = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const server = await startInProduction(cwd, { ...env, ENCODERS: '1', MAX_EVENT_STREAMS: '100000' })
  try {
    await ask(server, 'PUT', '/projects/bench', {})
    return await measure(server)
  } finally {
    await server.stop()
    await rm(cwd, { recursive: true, force: true })
  }
}

const measureOne = async (server, count, changes) => {
  const warm = await open(server, WARM_UP)
  for (let n = 0; n < 5; n++) await change(server, warm, `warm ${n}`)
  for (const stream of warm) stream.close()
  await sleep(2000)
  const before = residentBytes(server.child.pid)
  const streams = await open(server, count)
  await change(server, streams, 'first')
  await sleep(2000)
  const bytes = (residentBytes(server.child.pid) - before) / count
  const delays = []
  for (let n = 0; n < changes; n++) delays.push(Math.max(...(await change(server, streams, `title ${n}`)).delays))
  for (const stream of streams) stream.close()
  return { bytes, delays }
}

/** Delays at the streams of the worker that did not make the change. */
const measureTwo = async (server, changes) => {
  const streams = await open(server, 16)
  const delays = []
  for (let n = 0; n < changes; n++) {
    const { delays: all, worker } = await change(server, streams, `title ${n}`)
    delays.push(...all.filter((_, at) => streams[at]?.worker !== worker))
    await sleep(100)
  }
  for (const stream of streams) stream.close()
  return delays
}

/** Makes a change. `delays`: from its answer to its event at each stream, in milliseconds; 0 where the event was earlier. */
const change = async (server, streams, title) => {
  const heard = streams.map((stream) => stream.next())
  const { worker } = await ask(server, 'PATCH', '/projects/bench', { title })
  const answeredMs = performance.now()
  const delays = (await Promise.all(heard)).map((ms) => Math.max(0, ms - answeredMs))
  return { delays, worker }
}

const open = async (server, count) => {
  const streams = []
  // Some at a time: the queue of new connections is short.
  for (let at = 0; at < count; at += 50)
    streams.push(...(await Promise.all(Array.from({ length: Math.min(50, count - at) }, () => openOne(server)))))
  return streams
}

const openOne = async ({ url, key }) => {
  const sent = request(`${url}/projects/bench/events`, { agent, headers: { 'X-API-Key': key } }).end()
  const [response] = await once(sent, 'response')
  if (response.statusCode !== 200) throw new Error(`a stream was answered ${response.statusCode}`)
  let heard = () => {}
  const begun = new Promise((resolve) => response.once('data', resolve))
  response.on('data', (chunk) => {
    if (chunk.includes('event:')) heard(performance.now())
  })
  response.on('error', () => {})
  await begun
  return {
    worker: workerOf(response),
    next: () =>
      new Promise((resolve) => {
        heard = resolve
      }),
    close: () => sent.destroy(),
  }
}

/** Each worker has a prefix of its own for the ids of requests. */
const workerOf = ({ headers }) => headers['x-request-id'].split('-')[0]

const ask = async ({ url, key }, method, path, body) => {
  const headers = { 'X-API-Key': key, 'Content-Type': 'application/json' }
  const sent = request(`${url}${path}`, { method, agent, headers }).end(JSON.stringify(body))
  const [response] = await once(sent, 'response')
  response.resume()
  await once(response, 'end')
  if (response.statusCode >= 300) throw new Error(`${method} ${path} was answered ${response.statusCode}`)
  return { worker: workerOf(response) }
}

const residentBytes = (pid) => 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
