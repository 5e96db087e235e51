// Reads by wrk: one worker of Tintype as its users start it, logging and metrics on, in turn with one worker of nginx
// that serves the same file. Then the times of covers while two photos of 12 MP a second are uploaded.
//
//   npm run bench -- serve [rounds] [seconds]

import { execFile } from 'node:child_process'
import { openSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { photo } from '../support/pictures/photo.mjs'
import { freePort, hasNginx, startNginx } from '../support/processes/nginx.mjs'
import { startTintype, untilServing } from '../support/processes/start.mjs'
import { median, spread } from './statistics.mjs'

const PROJECT = 'wall'
const IMAGES = 100
const CONNECTIONS = 16
const WARM_UP_SECONDS = 5
const UPLOAD_EVERY_MS = 500

/** @param {readonly string[]} args */
export const run = async ([rounds = '5', seconds = '3']) => {
  if (!hasNginx()) throw new Error("this benchmark needs Debian's packages nginx and wrk")
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const stops = []
  try {
    const tintype = await serveTintype(folder)
    stops.push(tintype.stop)
    const { imageId } = await fill(tintype.url)
    const www = join(folder, 'www')
    const port = await freePort()
    const tasks = await tasksOf({ url: tintype.url, imageId, www, nginx: `http://127.0.0.1:${port}` })
    const http = `sendfile on; tcp_nopush on; keepalive_requests 1000000000; types { image/jpeg jpg; application/json json; }
      server { listen 127.0.0.1:${port}; root ${www}; }`
    const nginx = await startNginx({ folder: join(folder, 'nginx'), port, http })
    stops.push(nginx.stop)
    const rows = []
    for (const task of tasks) rows.push(await compare(task, Number(rounds), seconds))
    console.log(`\nRequests a second, ${CONNECTIONS} connections, medians of ${rounds} rounds in turn:`)
    console.table(rows)
    console.log('Covers while two photos of 12 MP a second are uploaded, milliseconds:')
    const loads = []
    // Into the project of the covers too: each upload is a new revision, after which a cached picture is validated again.
    for (const project of ['another', PROJECT]) loads.push(await whileUploading(tintype.url, project))
    console.table(loads)
  } finally {
    for (const stop of stops) await stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The same bytes under a URL of each. A 304 by the tag that each of them gives. */
const tasksOf = async ({ url, imageId, www, nginx }) => {
  const project = `${url}/projects/${PROJECT}`
  const files = {
    'cover.jpg': `${project}/thumbnail`,
    'icon.jpg': `${project}/images/${imageId}/game.jpg`,
    'list.json': `${project}/images`,
  }
  await mkdir(www, { recursive: true })
  const sizes = {}
  for (const [name, source] of Object.entries(files)) {
    const body = Buffer.from(await (await fetch(source)).arrayBuffer())
    sizes[name] = body.length
    await writeFile(join(www, name), body)
  }
  const task = (what, name) => ({ what, bytes: sizes[name], tintype: files[name], nginx: `${nginx}/${name}` })
  return [
    task('cover', 'cover.jpg'),
    task('icon', 'icon.jpg'),
    { ...task('304 of a cover', 'cover.jpg'), isConditional: true },
    task(`list of ${IMAGES} images`, 'list.json'),
  ]
}

const compare = async ({ what, bytes, isConditional, ...urls }, rounds, seconds) => {
  const results = { tintype: [], nginx: [] }
  // The first round warms up: code is compiled, files are in memory.
  for (let round = -1; round < rounds; round++)
    for (const [way, url] of Object.entries(urls)) {
      const headers = isConditional ? [`If-None-Match: ${(await fetch(url)).headers.get('etag')}`] : []
      const { rate, errors } = await wrk(url, round < 0 ? WARM_UP_SECONDS : seconds, headers)
      if (errors > 0) throw new Error(`${errors} requests of ${url} failed: what was measured are errors`)
      if (round >= 0) results[way].push(rate)
    }
  return {
    what,
    bytes: isConditional ? 0 : bytes,
    'nginx /s': Math.round(median(results.nginx)),
    'nginx min-max': spread(results.nginx),
    'tintype /s': Math.round(median(results.tintype)),
    'tintype min-max': spread(results.tintype),
    ratio: median(results.tintype.map((rate, n) => rate / results.nginx[n])).toFixed(2),
    'of rounds': results.tintype.map((rate, n) => (rate / results.nginx[n]).toFixed(2)).join(' '),
  }
}

/** Covers of one project, while photos are uploaded to it or to another. */
const whileUploading = async (url, project) => {
  const bytes = await photo({ width: 4000, height: 3000 })
  const file = new Blob([bytes], { type: 'image/jpeg' })
  const stopped = new AbortController()
  const uploads = []
  const send = async () => {
    const body = new FormData()
    body.append('file', file, 'photo.jpg')
    const begin = performance.now()
    const response = await fetch(`${url}/projects/${project}/images`, { method: 'POST', body })
    await response.arrayBuffer()
    if (response.status === 201) uploads.push(performance.now() - begin)
  }
  const underWay = []
  const uploading = (async () => {
    while (!stopped.signal.aborted) {
      underWay.push(send())
      await setTimeout(UPLOAD_EVERY_MS)
    }
  })()
  await setTimeout(2000)
  // wrk sends the next request as soon as it is answered: no server has more to do than this.
  const { rate, p50, p99, errors } = await wrk(`${url}/projects/${PROJECT}/thumbnail`, '10', [])
  stopped.abort()
  await uploading
  await Promise.all(underWay)
  return {
    'uploads into': project === PROJECT ? 'the same project' : 'another project',
    'covers /s': Math.round(rate),
    p50,
    p99,
    errors,
    uploads: uploads.length,
    'upload ms': Math.round(median(uploads)),
    'min-max': spread(uploads),
  }
}

/** @returns {Promise<{ rate: number, p50: number, p99: number, errors: number }>} */
const wrk = async (url, seconds, headers) => {
  const { stdout } = await promisify(execFile)('wrk', [
    ...['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency'],
    ...headers.flatMap((header) => ['-H', header]),
    url,
  ])
  const find = (pattern) => pattern.exec(stdout) ?? []
  const ms = (percent) => {
    const [, value, unit] = find(new RegExp(`${percent}% +([\\d.]+)(us|ms|s)`))
    return Number((Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit]).toFixed(2))
  }
  const failed = Number(find(/Non-2xx or 3xx responses: (\d+)/)[1] ?? 0)
  const broken = (find(/Socket errors: (.+)/)[1]?.match(/\d+/g) ?? []).reduce((sum, count) => sum + Number(count), 0)
  return { rate: Number(find(/Requests\/sec: +([\d.]+)/)[1]), p50: ms(50), p99: ms(99), errors: failed + broken }
}

/** A hundred images of a moderate size; the first one is the cover. */
const fill = async (url) => {
  const bytes = await photo({ width: 1200, height: 900 })
  const upload = async () => {
    const body = new FormData()
    body.append('file', new Blob([bytes], { type: 'image/jpeg' }), 'photo.jpg')
    const response = await fetch(`${url}/projects/${PROJECT}/images`, { method: 'POST', body })
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`)
    return response.json()
  }
  const first = await upload()
  for (let left = IMAGES - 1; left > 0; left -= 3) await Promise.all(Array.from({ length: 3 }, upload))
  return { imageId: first.image_id }
}

/** The log goes to a file: read by this process, it would take part of the cores that are measured. */
const serveTintype = async (folder) => {
  const log = openSync(join(folder, 'tintype.log'), 'w')
  const env = process.env.LOG_LEVEL === undefined ? {} : { LOG_LEVEL: process.env.LOG_LEVEL }
  const args = ['serve', '--port', '0', '--storage', join(folder, 'storage')]
  return untilServing(startTintype(args, { cwd: folder, env, log }))
}
