// Atlases in Phaser and Chromium, from a cold browser cache: covers of a collection in pages, against one request for each
// cover to the same server over HTTP/1.1. Pages as the server makes and sends them, and uploads beside it.
//
//   npm run bench -- atlas [covers] [icons] [rounds]        (500, 1369 and 5 by default; needs chromium)

import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import sharp from 'sharp'
import { drawPage } from '../../../dist/image/worker/atlas/draw.js'
import { photo } from '../../support/pictures/photo.mjs'
import { startTintype, untilServing } from '../../support/processes/start.mjs'
import { median, spread } from '../measure/statistics.mjs'

const KINDS = 20
const CLIENTS = 8
const UPLOADS = 200
/** Requests of one round of a page, and of a stored file. */
const READS = 50
/** Changes of a page between two that are drawn whole. */
const CHANGES = 16

const PHASER = fileURLToPath(new URL('../../../node_modules/phaser/dist/phaser.esm.min.js', import.meta.url))

/** @param {readonly string[]} args */
export const run = async ([covers = '500', icons = '1369', rounds = '5']) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const site = await startSite()
  const storage = join(folder, 'storage')
  const server = await untilServing(
    startTintype(
      ['serve', '--port', '0', '--storage', storage, '--log-level', 'warn', '--allowed-origins', site.url],
      {},
    ),
  )
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  })
  try {
    await fill(server.url, Number(covers), Number(icons))
    await benchWalls(browser, site.url, server.url, Number(covers), Number(rounds))
    await benchPages(server.url, storage, Number(icons), Number(rounds))
    await benchDraws(folder, Number(icons), Number(rounds))
    await benchUploads(server.url, Number(rounds))
  } finally {
    await browser.close()
    await server.stop()
    await site.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A site of another origin, with an empty page and Phaser. */
const startSite = async () => {
  const server = createServer((request, response) => {
    if (request.url === '/phaser.js') {
      response.writeHead(200, { 'Content-Type': 'text/javascript' })
      createReadStream(PHASER).pipe(response)
      return
    }
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Wall</title><body>')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => new Promise((resolve) => server.close(() => resolve(undefined))),
  }
}

const checked = async (path, init) => {
  const response = await fetch(path, init)
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response
}

const send = async (url, bytes, method = 'POST') => {
  const body = new FormData()
  body.set('file', new Blob([bytes]), 'picture.jpg')
  await (await checked(url, { method, body })).arrayBuffer()
}

/** A project for each cover in the collection `wall`, and a project of assets, `icons`. */
const fill = async (url, covers, icons) => {
  const files = await Promise.all(
    Array.from({ length: KINDS }, (_, seed) => photo({ width: 600, height: seed % 3 === 0 ? 800 : 400, seed })),
  )
  const jobs = [
    ...Array.from({ length: covers }, (_, n) => ({ n, path: `p${n}/images`, method: 'POST' })),
    ...Array.from({ length: icons }, (_, n) => ({ n, path: `icons/assets/i${n}`, method: 'PUT' })),
  ]
  const work = async () => {
    for (let job = jobs.pop(); job; job = jobs.pop())
      await send(`${url}/projects/${job.path}`, files[job.n % KINDS], job.method)
  }
  await Promise.all(Array.from({ length: CLIENTS }, work))
  const projects = Array.from({ length: covers }, (_, n) => `p${n}`)
  const headers = { 'Content-Type': 'application/json' }
  await checked(`${url}/collections/wall`, { method: 'PUT', headers, body: JSON.stringify({ projects }) })
}

/** Of the requests of an atlas, and of the times that it is faster. */
const BOUNDS = { game: '5 times', thumb: '20 requests, 1 time' }

/** The steps of a loader, and the frames that are drawn then. */
const WAYS = {
  atlas: (server, size) => `
    load.multiatlas('wall', '${server}/collections/wall/atlas.json?multi&size=${size}${size === 'thumb' ? '&page=4096' : ''}', '${server}/collections/wall/')`,
  single: (server, size, covers) => `
    for (let n = 0; n < ${covers}; n++) load.image('p' + n, '${server}/projects/p' + n + '/cover.jpg?size=${size}')`,
}

/** Milliseconds from the first request until all covers are drawn, in a fresh browser; its requests to the server. */
const draw = async (browser, site, server, way, size, covers) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  try {
    const page = await context.newPage()
    let requests = 0
    page.on('request', (request) => {
      if (request.url().startsWith(server)) requests++
    })
    await page.goto(site)
    const ms = await page.evaluate(`(async () => {
      const { AUTO, Game, Scene } = await import('/phaser.js')
      const scene = await new Promise((resolve) => {
        class Wall extends Scene { create() { resolve(this) } }
        new Game({ type: AUTO, width: 1280, height: 900, scene: Wall, banner: false, loader: { maxParallelDownloads: 32 } })
      })
      const began = performance.now()
      await new Promise((resolve, reject) => {
        const { load } = scene
        load.once('complete', resolve)
        load.on('loaderror', ({ src }) => reject(new Error(src)))
        ${WAYS[way](server, size, covers)}
        load.start()
      })
      for (let n = 0; n < ${covers}; n++) {
        const [key, frame] = ${way === 'atlas'} ? ['wall', 'p' + n] : ['p' + n, undefined]
        scene.add.image((n % 32) * 40, Math.floor(n / 32) * 50, key, frame).setOrigin(0).setDisplaySize(38, 38)
      }
      await new Promise((resolve) => scene.game.events.once('postrender', resolve))
      return performance.now() - began
    })()`)
    return { ms: Number(ms), requests }
  } finally {
    await context.close()
  }
}

const benchWalls = async (browser, site, server, covers, rounds) => {
  const rows = []
  for (const size of ['game', 'thumb']) {
    const results = { atlas: [], single: [] }
    // The first round has the pages made, and the browser warm.
    for (let round = -1; round < rounds; round++)
      for (const [way, list] of Object.entries(results)) {
        const result = await draw(browser, site, server, way, size, covers)
        if (round >= 0) list.push(result)
      }
    const [atlas, single] = [results.atlas, results.single].map((list) => list.map(({ ms }) => ms))
    const times = atlas.map((ms, at) => single[at] / ms)
    rows.push({
      covers: `${covers} as ${size}`,
      'requests, atlas': results.atlas[0]?.requests,
      'ms, atlas': median(atlas).toFixed(0),
      'requests, single': results.single[0]?.requests,
      'ms, single': median(single).toFixed(0),
      'times faster': median(times).toFixed(1),
      'min-max': spread(times, 1),
      bound: BOUNDS[size],
    })
  }
  console.log(`\nPhaser 4 in Chromium, cold cache, until all are drawn; medians of ${rounds} rounds in turn:`)
  console.table(rows)
}

const timed = async (work) => {
  const began = performance.now()
  const result = await work()
  return { ms: performance.now() - began, result }
}

const benchPages = async (url, storage, icons, rounds) => {
  const document = async () => {
    const { meta } = await (await checked(`${url}/projects/icons/atlas.json`)).json()
    return `${url}/projects/icons/${meta.image}`
  }
  const read = async (of) => (await (await checked(of)).arrayBuffer()).byteLength
  const reads = async (of) => {
    const { ms } = await timed(async () => {
      for (let n = 0; n < READS; n++) await read(of)
    })
    return ms / READS
  }
  const page = await document()
  const bytes = await read(page)
  await sendFileOf(url, bytes)
  const { images } = await (await checked(`${url}/projects/file/images`)).json()
  const stored = `${url}/projects/file/images/${images[0].id}?size=original`
  const storedBytes = await read(stored)
  const results = { cold: [], changed: [], warm: [], stored: [] }
  for (let round = 0; round < rounds; round++) {
    await rm(join(storage, '.cache', 'icons'), { recursive: true, force: true })
    results.cold.push((await timed(async () => read(await document()))).ms)
    await send(`${url}/projects/icons/assets/i7`, await photo({ width: 300, height: 300, seed: 100 + round }), 'PUT')
    results.changed.push((await timed(async () => read(await document()))).ms)
    const now = await document()
    results.warm.push((await reads(now)) / bytes)
    results.stored.push((await reads(stored)) / storedBytes)
  }
  const times = results.stored.map((ms, at) => ms / results.warm[at])
  console.log(`\nThe page of ${icons} icons (${(bytes / 1e6).toFixed(2)} MB of WebP); medians of ${rounds} rounds:`)
  console.table([
    { page: 'whole, made cold', ms: median(results.cold).toFixed(0), bound: '1500' },
    { page: 'one icon changed', ms: median(results.changed).toFixed(0), bound: '' },
    { page: 'warm', ms: (median(results.warm) * bytes).toFixed(2), bound: '' },
    { page: 'a stored file of as many bytes', ms: (median(results.stored) * bytes).toFixed(2), bound: '' },
  ])
  console.log(`Stored file / warm page, for each byte: ${median(times).toFixed(2)} (${spread(times, 2)})`)
}

/** A project with one original of about so many bytes. */
const sendFileOf = async (url, bytes) => {
  let side = 600
  let file = await photo({ width: side, height: side })
  while (file.length < bytes && side < 6000) {
    side = Math.ceil(side * Math.sqrt(bytes / file.length)) + 20
    file = await photo({ width: side, height: side })
  }
  await send(`${url}/projects/file/images`, file)
}

/**
 * The page of icons in the code of an encoder: drawn whole, and one cell changed, in the pixels of its file or in those that are
 * still in memory. CPU time is that of a quiet machine too.
 */
const benchDraws = async (folder, icons, rounds) => {
  const columns = 37
  const page = { width: 2 + columns * 54, height: 2 + Math.ceil(icons / columns) * 54 }
  const paths = await Promise.all(
    Array.from({ length: KINDS }, async (_, seed) => {
      const path = join(folder, `cell-${seed}.jpg`)
      const picture = sharp(await photo({ width: 300, height: 300, seed }))
      await picture.resize(50, 50).jpeg().toFile(path)
      return path
    }),
  )
  const cellAt = (at, seed = at) => ({
    ...{ path: paths[seed % KINDS], x: 2 + (at % columns) * 54, y: 2 + Math.floor(at / columns) * 54 },
    ...{ width: 50, height: 50 },
  })
  let files = 0
  const newPath = () => join(folder, `page-${files++}`)
  const newJob = () => ({ page, format: 'webp', background: '#ffffff', extruded: 2, cleared: [], target: newPath() })
  const cells = Array.from({ length: icons }, (_, at) => cellAt(at))
  const own = { file: [], memory: [] }
  const [whole, wholeCpu, encodes] = [[], [], []]

  for (let round = -1; round < rounds; round++) {
    const raw = newPath()
    const before = process.cpuUsage()
    const { ms } = await timed(() => drawPage({ ...newJob(), cells, raw }))
    const { user, system } = process.cpuUsage(before)
    const pixels = await readFile(raw)
    const picture = () => sharp(pixels.subarray(0, page.width * page.height * 4), { raw: { ...page, channels: 4 } })
    const change = async (changes) => {
      const base = { path: raw, ...page, changes }
      const kept = newPath()
      const changed = await timed(() => drawPage({ ...newJob(), base, cells: [cellAt(7, files)], changes: kept }))
      const encode = (await timed(() => picture().webp({ quality: 90, effort: 0 }).toBuffer())).ms
      encodes.push(encode)
      return { ms: changed.ms - encode, kept }
    }
    const kept = []
    const times = { file: [], memory: [] }
    for (let n = 0; n < CHANGES; n++) {
      // Another page in the memory.
      await drawPage({ ...newJob(), cells: [] })
      times.file.push((await change([])).ms)
    }
    for (let n = 0; n < CHANGES; n++) {
      const changed = await change([...kept])
      kept.push(changed.kept)
      // The first one begins with the pixels of the file.
      if (n > 0) times.memory.push(changed.ms)
    }
    if (round < 0) continue
    whole.push(ms)
    wholeCpu.push((user + system) / 1000)
    own.file.push(...times.file)
    own.memory.push(...times.memory)
  }
  console.log(`\nThe page of ${icons} icons in the code of an encoder, medians:`)
  console.table([
    { step: 'drawn whole', ms: median(whole).toFixed(0), bound: '1500' },
    { step: 'drawn whole, CPU time', ms: median(wholeCpu).toFixed(0), bound: '' },
    { step: 'encode of the page', ms: median(encodes).toFixed(1), bound: '' },
    { step: 'one icon changed, pixels from the file', ms: median(own.file).toFixed(1), bound: '5' },
    { step: 'one icon changed, pixels in memory', ms: median(own.memory).toFixed(1), bound: '5' },
  ])
}

const benchUploads = async (url, rounds) => {
  const file = await photo({ width: 1200, height: 800 })
  const p99 = async () => {
    const times = []
    let rest = UPLOADS
    const work = async () => {
      while (rest-- > 0) times.push((await timed(() => send(`${url}/projects/uploads/images`, file))).ms)
    }
    await Promise.all(Array.from({ length: 4 }, work))
    return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99) - 1] ?? Number.NaN
  }
  const results = { alone: [], beside: [] }
  for (let round = -1; round < rounds; round++) {
    const alone = await p99()
    let isEnding = false
    const pages = (async () => {
      for (let n = 0; !isEnding; n++) {
        const icon = await photo({ width: 200, height: 200, seed: 1000 + 100 * round + n })
        await send(`${url}/projects/icons/assets/i${n % 50}`, icon, 'PUT')
        const { meta } = await (await checked(`${url}/projects/icons/atlas.json`)).json()
        await (await checked(`${url}/projects/icons/${meta.image}`)).arrayBuffer()
      }
    })()
    const beside = await p99()
    isEnding = true
    await pages
    if (round < 0) continue
    results.alone.push(alone)
    results.beside.push(beside)
  }
  const times = results.beside.map((ms, at) => ms / results.alone[at])
  console.log(`\n${UPLOADS} uploads by 4 clients, while one changes an icon and loads its atlas all the time:`)
  console.table([
    {
      'p99 ms, alone': median(results.alone).toFixed(0),
      'p99 ms, beside': median(results.beside).toFixed(0),
      'beside / alone': median(times).toFixed(2),
      'min-max': spread(times, 2),
    },
  ])
}
