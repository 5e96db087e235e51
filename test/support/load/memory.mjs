// Loads that make a server's memory grow, and the most resident memory that its processes have under each (Linux).

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import sharp from 'sharp'
import { formOf, upload } from '../processes/production.mjs'

/** Requests at the same time. */
const CLIENTS = 8
/** Interval of the samples, in milliseconds. */
const SAMPLE_MS = 20
/** Interval of the searches for new processes, in milliseconds: one at each sample would take a core of a busy machine. */
const SEARCH_MS = 500
const PROJECT = 'shop'

/** @type {import('./memory.d.mts').underLoad} */
export const underLoad = async ({ server, cwd, listed = PROJECT, uploads, urls, connections, lists }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
  const loads = {
    'small uploads': () => sendUploads(server, uploads),
    'distinct URLs': () => inParallel(urls, (n) => fetched(agent, server.url + distinctPath(n))),
    'open connections': () => holdConnections(server, connections),
    'long lists': () => inParallel(lists, () => fetched(agent, `${server.url}/projects/${listed}/images`)),
  }
  const rows = []
  try {
    for (const [load, run] of Object.entries(loads)) rows.push({ load, ...(await peakDuring(cwd, run)) })
  } finally {
    agent.destroy()
  }
  return rows
}

/** Tiny, as icons of a game: the work around a picture counts, not its pixels. */
const sendUploads = async (server, count) => {
  const picture = sharp({ create: { width: 64, height: 48, channels: 3, background: '#8090a0' } })
  const body = formOf(await picture.jpeg().toBuffer())
  await inParallel(count, () => upload(server, PROJECT, body))
}

/** Absent projects and images, and queries that no route knows: each is another key for a cache. */
const distinctPath = (n) => {
  const paths = [
    `/projects/none-${n}`,
    `/projects/${PROJECT}/thumbnail?v=${n}`,
    `/projects/${PROJECT}/images/${String(n).padStart(20, '0')}/thumb.jpg`,
    `/projects/${PROJECT}/images?limit=1&v=${n}`,
    `/projects/${PROJECT}/images/${String(n).padStart(20, '0')}/render?w=${(n % 4000) + 1}&sig=${n}`,
  ]
  return paths[n % paths.length]
}

const inParallel = async (count, work) => {
  let next = 0
  const client = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
}

/** Any answer of the program will do but an error of its own. */
const fetched = (agent, url) =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      if ((response.statusCode ?? 500) >= 500) reject(new Error(`${url}: ${response.statusCode}`))
      response.resume().on('end', resolve).on('error', reject)
    }).on('error', reject)
  })

/** Opens connections, each for a cover and then another one, and closes them once all are answered. */
const holdConnections = async ({ port }, count) => {
  const sockets = []
  try {
    const cover = `GET /projects/${PROJECT}/thumbnail HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`
    for (let n = 0; n < count; n++) {
      const socket = connect(port, '127.0.0.1')
      sockets.push(socket)
      await answerTo(socket, cover)
    }
    await Promise.all(sockets.map((socket) => answerTo(socket, cover)))
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

const answerTo = (socket, request) =>
  new Promise((resolve, reject) => {
    socket.once('error', reject).once('data', (answer) => {
      if (String(answer).startsWith('HTTP/1.1 200 ')) resolve(undefined)
      else reject(new Error(`expected a cover, got ${String(answer).slice(0, 100)}`))
    })
    socket.write(request)
  })

/** @type {import('./memory.d.mts').peakDuring} */
export const peakDuring = async (cwd, run) => {
  const peak = { server: 0, encoder: 0, all: 0 }
  let [known, searchedMs] = [[], Number.NEGATIVE_INFINITY]
  const sample = (isLast = false) => {
    if (isLast || performance.now() - searchedMs > SEARCH_MS) {
      known = processesIn(cwd)
      searchedMs = performance.now()
    }
    const each = known.map((one) => ({ ...one, bytes: residentBytes(one.pid) }))
    const bytesOf = (isEncoder) => each.filter((one) => one.isEncoder === isEncoder).map(({ bytes }) => bytes)
    peak.server = Math.max(peak.server, ...bytesOf(false))
    peak.encoder = Math.max(peak.encoder, ...bytesOf(true))
    peak.all = Math.max(
      peak.all,
      each.reduce((sum, { bytes }) => sum + bytes, 0),
    )
  }
  sample()
  const timer = setInterval(() => sample(), SAMPLE_MS)
  try {
    await run()
  } finally {
    clearInterval(timer)
  }
  sample(true)
  return peak
}

/** Processes whose working folder this is. */
const processesIn = (cwd) =>
  readdirSync('/proc').flatMap((pid) => {
    try {
      if (!/^\d+$/.test(pid) || readlinkSync(`/proc/${pid}/cwd`) !== cwd) return []
      return [{ pid, isEncoder: readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('image/worker/main') }]
    } catch {
      return []
    }
  })

/** Zero for a process that has ended. */
const residentBytes = (pid) => {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
