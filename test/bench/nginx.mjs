// Covers behind nginx: Tintype with the settings of the guide, in turn with a plain Node server that answers the same
// bytes to the same nginx. As a proxy, with X-Accel-Redirect, and with the proxy settings that nginx has by default.
//
//   npm run bench -- nginx [rounds] [seconds] [connections]

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../support/net/ports.mjs'
import { photo } from '../support/pictures/photo.mjs'
import { hasNginx, startNginx } from '../support/processes/nginx.mjs'
import { startTintype, untilServing } from '../support/processes/start.mjs'
import { cpuOfTree } from './measure/cpu.mjs'
import { median, spread } from './measure/statistics.mjs'
import { wrk } from './measure/wrk.mjs'

const KEY = 'a-key-of-the-benchmark'
const PATH = '/projects/wall/cover.jpg'
const CONFIG = new URL('../http/response/nginx.conf', import.meta.url)

/** What the guide tells operators to set behind nginx. The limit counts every request and refuses none. */
const PRODUCTION = {
  AUTH: 'required',
  API_KEYS: `admin:${KEY}`,
  TRUST_PROXY: 'loopback',
  RATE_LIMIT: '1000000000',
  LOG_FORMAT: 'json',
}

/** @param {readonly string[]} args */
export const run = async ([rounds = '7', seconds = '3', connections = '16']) => {
  if (!hasNginx()) throw new Error("this benchmark needs Debian's packages nginx and wrk")
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const stops = []
  try {
    const ways = await startWays(folder, stops)
    const results = ways.map(() => ({ rate: [], cpu: [] }))
    // The first round warms up.
    for (let round = -1; round < Number(rounds); round++)
      for (const [at, way] of ways.entries()) {
        const result = await measure(way, { seconds, connections: Number(connections) })
        if (round >= 0) for (const key of ['rate', 'cpu']) results[at][key].push(result[key])
      }
    console.log(`\nCovers behind nginx, ${connections} connections, medians of ${rounds} rounds in turn:`)
    console.table(rowsOf(ways, results))
  } finally {
    for (const stop of stops.reverse()) await stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Each way of putting nginx before a server, twice: before Tintype, and before the constant server. */
const startWays = async (folder, stops) => {
  const storage = join(folder, 'storage')
  const direct = await serveTintype(folder, storage, 'direct')
  stops.push(direct.stop)
  await fill(direct.url)
  const accel = await serveTintype(folder, storage, 'accel', { ACCEL_REDIRECT: '/stored' })
  stops.push(accel.stop)
  const config = await readFile(CONFIG, 'utf8')
  const ways = []
  const servers = []
  const add = async (what, tintype, configOf) => {
    const answer = await fetch(tintype.url + PATH)
    const constant = await serveConstant(answer.headers, Buffer.from(await answer.arrayBuffer()))
    stops.push(constant.stop)
    for (const [name, { url, pid }] of Object.entries({ constant, tintype: { ...tintype, pid: tintype.child.pid } })) {
      const port = await freePort()
      servers.push(configOf({ name: `upstream_${servers.length}`, server: url.replace('http://', ''), port }))
      ways.push({ what, name, pid, url: `http://127.0.0.1:${port}${PATH}` })
    }
  }
  const asInTheGuide = ({ name, server, port }) =>
    config
      .replaceAll('tintype {', `${name} {`)
      .replaceAll('http://tintype;', `http://${name};`)
      .replace('127.0.0.1:8001', server)
      .replace('127.0.0.1:8080', `127.0.0.1:${port}`)
      .replaceAll('/srv/tintype/storage/', `${storage}/`)
      .replace(/^(sendfile|tcp_nopush) on;$/gm, '')
  await add('proxy', direct, asInTheGuide)
  await add('X-Accel-Redirect', accel, asInTheGuide)
  await add("proxy with nginx's defaults", direct, ({ server, port }) => {
    return `server { listen 127.0.0.1:${port}; location / { proxy_pass http://${server}; } }`
  })
  const [first] = ways
  const nginx = await startNginx({
    folder: join(folder, 'nginx'),
    port: Number(new URL(first.url).port),
    http: ['sendfile on; tcp_nopush on; keepalive_requests 1000000000;', ...servers].join('\n'),
  })
  stops.push(nginx.stop)
  return ways
}

const measure = async ({ what, name, pid, url }, options) => {
  const before = cpuOfTree(pid)
  const { rate, errors } = await wrk(url, options)
  if (errors > 0) throw new Error(`${errors} requests failed: ${what}, ${name}`)
  return { rate, cpu: ((cpuOfTree(pid) - before) * 1000) / (rate * Number(options.seconds)) }
}

const rowsOf = (ways, results) =>
  ways.flatMap(({ what, name }, at) => {
    if (name !== 'tintype') return []
    const [constant, tintype] = [results[at - 1], results[at]]
    const ratios = tintype.rate.map((rate, round) => rate / constant.rate[round])
    return {
      what,
      'constant /s': Math.round(median(constant.rate)),
      'constant min-max': spread(constant.rate),
      'tintype /s': Math.round(median(tintype.rate)),
      'tintype min-max': spread(tintype.rate),
      ratio: median(ratios).toFixed(2),
      'of rounds': ratios.map((ratio) => ratio.toFixed(2)).join(' '),
      'constant CPU µs': median(constant.cpu).toFixed(0),
      'tintype CPU µs': median(tintype.cpu).toFixed(0),
    }
  })

/** The log goes to a file: read by this process, it would take part of the cores that are measured. */
const serveTintype = (folder, storage, name, more = {}) =>
  untilServing(
    startTintype(['serve', '--port', '0', '--storage', storage], {
      cwd: folder,
      env: { ...PRODUCTION, ...more },
      log: openSync(join(folder, `${name}.log`), 'w'),
    }),
  )

/** A plain Node server that gives every request one answer, in a process of its own. */
const serveConstant = async (headers, body) => {
  const child = fork(fileURLToPath(new URL('programs/constant-server.mjs', import.meta.url)), { stdio: 'inherit' })
  const skipped = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date'])
  child.send({ headers: [...headers].filter(([name]) => !skipped.has(name)), body: body.toString('base64') })
  const [{ port }] = await once(child, 'message')
  const stop = async () => {
    const ended = once(child, 'exit')
    child.kill()
    await ended
  }
  return { url: `http://127.0.0.1:${port}`, pid: child.pid, stop }
}

const fill = async (url) => {
  const body = new FormData()
  body.append('file', new Blob([await photo({ width: 1200, height: 900 })], { type: 'image/jpeg' }), 'photo.jpg')
  const response = await fetch(`${url}/projects/wall/images`, { method: 'POST', body, headers: { 'X-API-Key': KEY } })
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`)
}
