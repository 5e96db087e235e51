// A first transform over HTTP against plain sharp on the original, sharp in the process of a plain server, and ipx, in turn;
// then a repeated one against a stored variant of about the same size, by wrk where it is there.
//
//   npm run bench -- transform [rounds]

import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, createServer, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { EFFORT } from '../../dist/image/worker/render/steps.js'
import { signUrl } from '../../dist/index.js'
import { photo } from '../support/pictures/photo.mjs'
import { startTintype, untilServing } from '../support/processes/start.mjs'
import { median, spread } from './measure/statistics.mjs'

const KEY = 'a key of the benchmark only'
const QUALITY = { jpeg: 80, webp: 80, avif: 50 }

const PICTURES = [
  { picture: '12 MP', width: 4000, height: 3000 },
  { picture: '2 MP', width: 1632, height: 1224 },
]

/** sharp's own, and that of ipx: more time for files that are a little smaller, see `src/image/render.ts`. */
const DEFAULT_EFFORT = 4

/** Longest side of the results, and formats. */
const TASKS = [
  { format: 'jpeg', side: 320 },
  { format: 'jpeg', side: 1280 },
  { format: 'webp', side: 320 },
  { format: 'webp', side: 1280 },
  { format: 'avif', side: 320 },
]

const WARM_UP_ROUNDS = 10
/** Code of a request is compiled after some hundreds. */
const WARM_UP_REQUESTS = 300

/** Idle connections are closed from here: a server that does it first could meet the next request. */
const agent = new Agent({ keepAlive: true, timeout: 2000 })

/** @param {readonly string[]} args */
export const run = async ([rounds = '11']) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const stops = []
  try {
    const tintype = await serveTintype(join(folder, 'storage'))
    stops.push(tintype.stop)
    const ipx = await startServer(folder, 'ipx')
    stops.push(ipx.stop)
    const plain = await startServer(folder, 'plain')
    stops.push(plain.stop)
    const servers = { tintype, ipx, plain }
    // Warm servers are measured.
    await firsts(PICTURES[1], folder, servers, WARM_UP_ROUNDS)
    await warmUp(folder, servers)
    const rows = []
    for (const each of PICTURES) rows.push(...(await firsts(each, folder, servers, Number(rounds))))
    console.log(`\nA transform that was not made before, milliseconds, medians of ${rounds} in turn:`)
    console.table(rows)
    await repeated(tintype)
  } finally {
    agent.destroy()
    for (const stop of stops) await stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const warmUp = async (folder, { tintype, plain }) => {
  const bytes = await photo({ width: 400, height: 300 })
  await writeFile(join(folder, 'small.jpg'), bytes)
  const imageId = await upload(tintype.url, bytes)
  for (let at = 0; at < WARM_UP_REQUESTS; at++) {
    await fetched(signed(tintype.url, imageId, `w=${20 + at}&h=40&format=jpeg`))
    await fetched(`${plain.url}/small.jpg?w=${20 + at}&h=40&format=jpeg&quality=80`)
  }
}

const firsts = async ({ picture, width, height }, folder, { tintype, ipx, plain }, rounds) => {
  const bytes = await photo({ width, height })
  const name = `${width}.jpg`
  const source = join(folder, name)
  await writeFile(source, bytes)
  const imageId = await upload(tintype.url, bytes)
  const rows = []
  for (const { format, side } of TASKS) {
    const plainly = (w, h, effort) =>
      sharp(source)
        .autoOrient()
        .resize(w, h)
        [format]({ quality: QUALITY[format], ...effort })
        .toBuffer()
    const ourEffort = EFFORT[format]
    /** The same box for all of them, another one each round, so that nothing was made before. */
    const ways = {
      sharp: (w, h) => plainly(w, h),
      ...(ourEffort === undefined ? {} : { equal: (w, h) => plainly(w, h, { effort: ourEffort }) }),
      tintype: (w, h) => fetched(signed(tintype.url, imageId, `w=${w}&h=${h}&format=${format}`)),
      served: (w, h) => {
        const query = new URLSearchParams({ w, h, format, quality: QUALITY[format], effort: ourEffort ?? '' })
        return fetched(`${plain.url}/${name}?${query}`)
      },
      ipx: (w, h) => fetched(`${ipx.url}/f_${format},q_${QUALITY[format]},s_${w}x${h}/${name}`),
      // What asking and answering alone take, which plain sharp has none of.
      http: () => fetched(`${tintype.url}/health`),
    }
    const times = Object.fromEntries(Object.keys(ways).map((way) => [way, []]))
    const sizes = {}
    // The first two rounds warm up: processes are started, files are in memory.
    for (let round = -2; round < rounds; round++) {
      for (const [way, work] of Object.entries(ways)) {
        const begin = performance.now()
        const result = await work(side + round * 2, Math.round((side + round * 2) * 0.6))
        if (round >= 0) times[way].push(performance.now() - begin)
        sizes[way] = result.length
      }
    }
    const [ours, served, theirs] = [times.tintype, times.served, times.ipx].map(median)
    const row = (way, efforts) => {
      const inProcess = median(times[way])
      return {
        picture,
        result: `${format} ${side}`,
        'effort of sharp : tintype': efforts,
        'sharp ms': inProcess.toFixed(1),
        'sharp min-max': spread(times[way], 1),
        'tintype ms': ours.toFixed(1),
        'tintype min-max': spread(times.tintype, 1),
        'tintype - sharp': (ours - inProcess).toFixed(1),
        'of that http': median(times.http).toFixed(1),
        'sharp / tintype': (inProcess / ours).toFixed(2),
        // At the effort of Tintype.
        'served ms': served.toFixed(1),
        'tintype - served': (ours - served).toFixed(1),
        'ipx ms': theirs.toFixed(1),
        'ipx / tintype': (theirs / ours).toFixed(2),
        'kB sharp': (sizes[way] / 1000).toFixed(1),
        'kB tintype': (sizes.tintype / 1000).toFixed(1),
      }
    }
    if (ourEffort === undefined) rows.push(row('sharp', ''))
    else rows.push(row('sharp', `${DEFAULT_EFFORT} : ${ourEffort}`), row('equal', `${ourEffort} : ${ourEffort}`))
  }
  return rows
}

const repeated = async ({ url }) => {
  const imageId = await upload(url, await photo({ width: 1632, height: 1224, seed: 2 }))
  const targets = {
    'stored thumb': `${url}/projects/bench/images/${imageId}?size=thumb`,
    'repeated transform': signed(url, imageId, 'w=400&h=300'),
    'repeated preset': `${url}/projects/bench/images/${imageId}/render?preset=card`,
    'thumb.webp': `${url}/projects/bench/images/${imageId}/thumb.webp`,
  }
  const rates = Object.fromEntries(Object.keys(targets).map((name) => [name, []]))
  const sizes = {}
  for (const [name, target] of Object.entries(targets)) sizes[name] = (await fetched(target)).length
  for (let round = 0; round < 5; round++)
    for (const [name, target] of Object.entries(targets)) {
      const rate = await wrk(target)
      if (rate === undefined) return console.log('wrk is not installed: repeated transforms are left out.')
      rates[name].push(rate)
    }
  console.log('Repeated, requests a second, medians of 5 rounds of 2 s by wrk with 16 connections, in turn:')
  const stored = median(rates['stored thumb'])
  console.table(
    Object.entries(rates).map(([name, list]) => ({
      what: name,
      'requests/s': median(list).toFixed(0),
      'min-max': spread(list),
      'to stored': (median(list) / stored).toFixed(2),
      kB: (sizes[name] / 1000).toFixed(1),
    })),
  )
}

const wrk = async (target) => {
  try {
    const { stdout } = await promisify(execFile)('wrk', ['-t1', '-c16', '-d2s', target])
    if (/Non-2xx/.test(stdout)) throw new Error(stdout)
    return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

const signed = (url, imageId, query) =>
  signUrl(`${url}/projects/bench/images/${imageId}/render?${query}`, { keys: [KEY] })

const upload = async (url, bytes) => {
  const body = new FormData()
  body.append('file', new Blob([bytes], { type: 'image/jpeg' }), 'photo.jpg')
  const response = await fetch(`${url}/projects/bench/images`, { method: 'POST', body })
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()).image_id
}

const fetched = async (url) => {
  const request = get(url, { agent })
  const [response] = await once(request, 'response')
  const pieces = await response.toArray()
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode} ${Buffer.concat(pieces)}`)
  return Buffer.concat(pieces)
}

/** As its users start it, with the usual log. */
const serveTintype = async (storageDir) => {
  const env = { SIGNING_KEYS: KEY, PRESETS: 'card:w=400,h=300' }
  return untilServing(startTintype(['serve', '--port', '0', '--storage', storageDir], { env, log: 'ignore' }))
}

/** @param {'ipx' | 'plain'} kind */
const startServer = async (folder, kind) => {
  const child = fork(fileURLToPath(import.meta.url), [kind, folder])
  const [{ port }] = await once(child, 'message')
  return { url: `http://127.0.0.1:${port}`, stop: () => ended(child, () => child.disconnect()) }
}

const ended = async (child, end) => {
  const exit = once(child, 'exit')
  end()
  await exit
}

/** Nothing but sharp: no check, no cache. */
const transformPlainly = (folder) => async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost')
  const [w, h, quality, effort] = ['w', 'h', 'quality', 'effort'].map((name) => searchParams.get(name))
  const format = searchParams.get('format')
  const bytes = await sharp(join(folder, pathname.slice(1)))
    .autoOrient()
    .resize(Number(w), Number(h))
    [format]({ quality: Number(quality), ...(effort ? { effort: Number(effort) } : {}) })
    .toBuffer()
  response.writeHead(200, { 'content-type': `image/${format}`, 'content-length': bytes.length }).end(bytes)
}

// The child: ipx, or sharp alone, on the folder of the photos.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kind, folder] = process.argv.slice(2)
  const listener = async () => {
    if (kind === 'plain') return transformPlainly(folder)
    const { createIPX, createIPXNodeServer, ipxFSStorage } = await import('ipx')
    return createIPXNodeServer(createIPX({ storage: ipxFSStorage({ dir: folder }) }))
  }
  const server = createServer(await listener())
  server.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port }))
  process.on('disconnect', () => process.exit(0))
}
