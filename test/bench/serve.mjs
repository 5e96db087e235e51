// Reads by wrk: Tintype with the settings that the guides tell people to run, by one worker and by two, in turn with one
// worker of nginx that serves the same bytes and writes its own log; then as before, with open access and no limit. All
// processes of a server share one core, wrk has another. Then the times of covers while photos are uploaded.
//
//   npm run bench -- serve [rounds] [seconds]

import { execFileSync } from 'node:child_process'
import { openSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { signUrl } from '../../dist/index.js'
import { freePort } from '../support/net/ports.mjs'
import { photo } from '../support/pictures/photo.mjs'
import { hasNginx, startNginx } from '../support/processes/nginx.mjs'
import { startTintype, untilServing } from '../support/processes/start.mjs'
import { median, spread } from './measure/statistics.mjs'
import { wrk } from './measure/wrk.mjs'

const PROJECT = 'wall'
const PRIVATE = 'vault'
const IMAGES = 100
const CONNECTIONS = 16
const WARM_UP_SECONDS = '4'
const UPLOAD_EVERY_MS = 500

const KEY = 'a-key-of-the-benchmark'
const SIGNING_KEY = 'a-signing-key-of-the-benchmark'
const ACCOUNT = { email: 'bench@example.com', password: 'correct horse battery staple' }

/** As the guide tells operators to run it. The limit counts every request and refuses none. */
const PRODUCTION = {
  AUTH: 'required',
  API_KEYS: `admin:${KEY}`,
  SIGNING_KEYS: SIGNING_KEY,
  REGISTRATION: 'open',
  TRUST_PROXY: 'loopback',
  RATE_LIMIT: '1000000000',
}

/** As a proxy sends it. */
const FORWARDED = 'X-Forwarded-For: 203.0.113.7'

/** Servers have one core, wrk another, where there are two. */
const canPin = () => {
  try {
    execFileSync('taskset', ['-V'], { stdio: 'ignore' })
    return availableParallelism() > 1
  } catch {
    return false
  }
}
const [ofServer, ofWrk] = canPin()
  ? [
      ['taskset', '-c', '0'],
      ['taskset', '-c', '1'],
    ]
  : [[], []]

/** @param {readonly string[]} args */
export const run = async ([rounds = '5', seconds = '3']) => {
  if (!hasNginx()) throw new Error("this benchmark needs Debian's packages nginx and wrk")
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const stops = []
  const serving = async (env, work) => {
    const tintype = await serveTintype(folder, env)
    stops.push(tintype.stop)
    await work(tintype.url)
    await stops.pop()?.()
  }
  try {
    const nginx = await serveNginx(folder)
    stops.push(nginx.stop)
    const stored = {}
    await serving(PRODUCTION, async (url) => Object.assign(stored, await fill(url)))
    const measure = async (title, url, tasks) => {
      const rows = []
      for (const task of tasks) rows.push(await compare({ ...task, url, nginx }, Number(rounds), seconds))
      console.log(`\n${title}: requests a second, ${CONNECTIONS} connections, medians of ${rounds} rounds in turn:`)
      console.table(rows)
    }
    for (const WORKERS of ['1', '2'])
      await serving({ ...PRODUCTION, WORKERS }, (url) =>
        measure(`Production settings, WORKERS=${WORKERS}`, url, [...publicTasks(stored), ...privateTasks(stored)]),
      )
    await serving({ AUTH: 'none' }, async (url) => {
      await measure('Open access, no limit', url, publicTasks(stored))
      console.log('Covers while two photos of 12 MP a second are uploaded, milliseconds:')
      const loads = []
      // Into the project of the covers too: each upload is a new revision, after which a cached picture is validated.
      for (const project of ['another', PROJECT]) loads.push(await whileUploading(url, project))
      console.table(loads)
    })
  } finally {
    for (const stop of stops) await stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const publicTasks = ({ imageId }) => {
  const project = `/projects/${PROJECT}`
  return [
    { what: 'cover', path: `${project}/thumbnail` },
    { what: 'icon', path: `${project}/images/${imageId}/game.jpg` },
    { what: '304 of a cover', path: `${project}/thumbnail`, isConditional: true },
    { what: `list of ${IMAGES} images`, path: `${project}/images` },
  ]
}

const privateTasks = ({ privateId }) => {
  const path = `/projects/${PRIVATE}/images/${privateId}/game.jpg`
  const expiresAt = new Date(Date.now() + 86_400_000)
  return [
    { what: 'private icon, key', path, headers: () => [`X-API-Key: ${KEY}`] },
    { what: 'private icon, token', path, headers: async (url) => [`Authorization: Bearer ${await signIn(url)}`] },
    { what: 'private icon, cookie', path, headers: async (url) => [`Cookie: tintype_session=${await signIn(url)}`] },
    { what: 'private icon, signed URL', path: signUrl(path, { keys: [SIGNING_KEY], expiresAt }) },
  ]
}

/** @param task.url of Tintype @param task.nginx a server of files @param task.headers credentials */
const compare = async ({ what, path, isConditional, headers, url, nginx }, rounds, seconds) => {
  const results = { tintype: [], nginx: [] }
  const sent = [FORWARDED, ...((await headers?.(url)) ?? [])]
  const answer = await fetch(url + path, { headers: Object.fromEntries(sent.map((line) => line.split(': '))) })
  const body = Buffer.from(await answer.arrayBuffer())
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${body}`)
  const name = answer.headers.get('content-type') === 'image/jpeg' ? 'picture.jpg' : 'list.json'
  await writeFile(join(nginx.www, name), body)
  const urls = { tintype: url + path, nginx: `${nginx.url}/${name}` }
  // The first round warms up: code is compiled, files are in memory.
  for (let round = -1; round < rounds; round++)
    for (const [way, each] of Object.entries(urls)) {
      const tag = isConditional ? [`If-None-Match: ${(await fetch(each)).headers.get('etag')}`] : []
      const { rate, errors } = await wrk(each, {
        seconds: round < 0 ? WARM_UP_SECONDS : seconds,
        connections: CONNECTIONS,
        headers: [...sent, ...tag],
        under: ofWrk,
      })
      if (errors > 0) throw new Error(`${errors} requests of ${each} failed: what was measured are errors`)
      if (round >= 0) results[way].push(rate)
    }
  return {
    what,
    bytes: isConditional ? 0 : body.length,
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
  const { rate, p50, p99, errors } = await wrk(`${url}/projects/${PROJECT}/thumbnail`, {
    seconds: '10',
    connections: CONNECTIONS,
  })
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

/** A hundred images of a moderate size, the first one is the cover; and one in a private project of the account. */
const fill = async (url) => {
  const bytes = await photo({ width: 1200, height: 900 })
  const upload = async (project, headers) => {
    const body = new FormData()
    body.append('file', new Blob([bytes], { type: 'image/jpeg' }), 'photo.jpg')
    return (await json(`${url}/projects/${project}/images`, { method: 'POST', body, headers })).image_id
  }
  const key = { 'X-API-Key': KEY }
  const imageId = await upload(PROJECT, key)
  for (let left = IMAGES - 1; left > 0; left -= 3)
    await Promise.all(Array.from({ length: 3 }, () => upload(PROJECT, key)))
  const type = { 'Content-Type': 'application/json' }
  await json(`${url}/auth/register`, { method: 'POST', headers: type, body: JSON.stringify(ACCOUNT) })
  const owner = { Authorization: `Bearer ${await signIn(url)}` }
  const privateId = await upload(PRIVATE, owner)
  const body = JSON.stringify({ visibility: 'private' })
  await json(`${url}/projects/${PRIVATE}`, { method: 'PATCH', headers: { ...type, ...owner }, body })
  return { imageId, privateId }
}

/** An access token, valid for 15 minutes. */
const signIn = async (url) => {
  const headers = { 'Content-Type': 'application/json' }
  return (await json(`${url}/auth/login`, { method: 'POST', headers, body: JSON.stringify(ACCOUNT) })).access_token
}

const json = async (url, init) => {
  const response = await fetch(url, init)
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return response.json()
}

const serveNginx = async (folder) => {
  const port = await freePort()
  const www = join(folder, 'www')
  await mkdir(www)
  const http = `sendfile on; tcp_nopush on; keepalive_requests 1000000000; types { image/jpeg jpg; application/json json; }
    server { listen 127.0.0.1:${port}; root ${www}; }`
  const { stop } = await startNginx({ folder: join(folder, 'nginx'), port, http, under: ofServer })
  return { url: `http://127.0.0.1:${port}`, www, stop }
}

/** The log goes to a file: read by this process, it would take part of the cores that are measured. */
const serveTintype = async (folder, settings) => {
  const log = openSync(join(folder, 'tintype.log'), 'a')
  const env = process.env.LOG_LEVEL === undefined ? settings : { ...settings, LOG_LEVEL: process.env.LOG_LEVEL }
  const args = ['serve', '--port', '0', '--storage', join(folder, 'storage')]
  return untilServing(startTintype(args, { cwd: folder, env, log, under: ofServer }))
}
