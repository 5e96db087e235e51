// CPU of the picture work alone, in turn: the plain way, Tintype, and two limits.
//
//   npm run bench -- pictures [rounds]

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { ENCODER_ENVIRONMENT } from '../../dist/image/pool/worker-process.js'
import { decodeJpeg, readHeader } from '../../dist/image/worker/decode.js'
import { decodedSize } from '../../dist/image/worker/levels.js'
import { encodePicture } from '../../dist/image/worker/pipeline.js'
import { toJpeg } from '../../dist/image/worker/variants.js'
import { photo } from '../support/pictures/photo.mjs'
import { median } from './statistics.mjs'

/**
 * @typedef {{ picture: string, bytes: number, plainMs: number, tintypeMs: number, limitMs: number, coreMs: number }}
 *   PictureRow
 * @typedef {{ source: string, folder: string }} Task
 */

const PICTURES = [
  { picture: '12 MP', width: 4000, height: 3000 },
  { picture: '2 MP', width: 1632, height: 1224 },
]

const TRANSPARENT = [
  { picture: '2 MP, transparent', width: 1632, height: 1224 },
  { picture: '0.25 MP, transparent', width: 512, height: 512 },
]

const SIZES = ['original', 'medium', 'thumb', 'game']
const OPTIONS = { maxPixels: 100_000_000, background: '#ffffff' }
const INSIDE = /** @type {const} */ ({ fit: 'inside', withoutEnlargement: true })

/**
 * The ways, each from the upload's file. Settings of sharp are part of a way.
 *
 * @type {Record<'plain' | 'tintype' | 'limit' | 'core' | 'webp', (task: Task) => Promise<unknown>>}
 */
const WAYS = {
  /** Four pipelines on the whole upload, as a person would write them, all with default options. */
  plain: ({ source, folder }) => {
    sharp.cache(true)
    sharp.concurrency(availableParallelism())
    const open = () => sharp(source).autoOrient()
    return Promise.all([
      open().jpeg().toFile(join(folder, 'original.jpg')),
      open().resize(1600, 1600, INSIDE).jpeg().toFile(join(folder, 'medium.jpg')),
      open().resize(400, 400, INSIDE).jpeg().toFile(join(folder, 'thumb.jpg')),
      open().resize(50, 50).jpeg().toFile(join(folder, 'game.jpg')),
    ])
  },
  /** Everything: reading, hashing, rewriting, decoding, four variants written. */
  tintype: ({ source, folder }) => {
    alone()
    const targets = Object.fromEntries(SIZES.map((size) => [size, join(folder, `${size}.jpg`)]))
    targets.source = join(folder, 'source.png')
    return encodePicture({ source, targets }, OPTIONS)
  },
  /** One decode at the scale that sharp chooses for `medium`, and its encoding: no hash, no file, no other variant. */
  limit: ({ source }) => {
    alone()
    return sharp(source, { failOn: 'error' })
      .autoOrient()
      .resize(1600, 1600, INSIDE)
      .jpeg({ quality: 80, optimiseCoding: false })
      .toBuffer()
  },
  /** The whole picture, decoded and written once by sharp, with default options of WebP. */
  webp: ({ source, folder }) => {
    alone()
    return sharp(source).webp().toFile(join(folder, 'whole.webp'))
  },
  /** The same as `limit` with Tintype's own decode, which has libjpeg halve where sharp does not. */
  core: async ({ source }) => {
    alone()
    const bytes = readFileSync(source)
    const header = await readHeader(bytes, 'image/jpeg', OPTIONS.maxPixels)
    return toJpeg(
      await decodeJpeg({ path: source, bytes }, header, decodedSize(header.shown), false, OPTIONS),
      'medium',
    )
  },
}

/** @typedef {{ picture: string, bytes: number, tintypeMs: number, webpMs: number }} TransparentRow */

/** As in an encoder process. */
const alone = () => {
  sharp.cache(false)
  sharp.concurrency(1)
}

/**
 * Medians of the CPU time of one picture, user and system, of all threads, in milliseconds. The plain way runs in a
 * process with this one's environment, the others in one with an encoder's.
 *
 * @param {{ rounds?: number }} [options]
 * @returns {Promise<PictureRow[]>}
 */
export const benchPictures = async ({ rounds = 15 } = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const plain = startProcess(process.env)
  const encoder = startProcess(ENCODER_ENVIRONMENT)
  const processes = { plain, tintype: encoder, limit: encoder, core: encoder }
  try {
    const rows = []
    for (const { picture, width, height } of PICTURES) {
      const bytes = await photo({ width, height })
      const source = join(folder, `${width}.jpg`)
      await writeFile(source, bytes)
      const [plainMs, tintypeMs, limitMs, coreMs] = await inTurn(processes, source, folder, rounds)
      rows.push({ picture, bytes: bytes.length, plainMs, tintypeMs, limitMs, coreMs })
    }
    return rows
  } finally {
    plain.disconnect()
    encoder.disconnect()
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Medians of the CPU time of one transparent upload, a PNG: all five files of it, and sharp's own WebP of the same pixels.
 *
 * @param {{ rounds?: number }} [options]
 * @returns {Promise<TransparentRow[]>}
 */
export const benchTransparent = async ({ rounds = 5 } = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const encoder = startProcess(ENCODER_ENVIRONMENT)
  try {
    const rows = []
    for (const { picture, width, height } of TRANSPARENT) {
      const bytes = await cutOut(width, height)
      const source = join(folder, `${width}.png`)
      await writeFile(source, bytes)
      const [tintypeMs, webpMs] = await inTurn({ tintype: encoder, webp: encoder }, source, folder, rounds)
      rows.push({ picture, bytes: bytes.length, tintypeMs, webpMs })
    }
    return rows
  } finally {
    encoder.disconnect()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A photo cut out along an ellipse with soft edges. */
const cutOut = async (width, height) => {
  const mask = `<svg width="${width}" height="${height}"><defs><radialGradient id="soft"><stop offset="0.9" stop-opacity="1"/>
    <stop offset="1" stop-opacity="0"/></radialGradient></defs><rect width="100%" height="100%" fill="url(#soft)"/></svg>`
  return sharp(await photo({ width, height }))
    .ensureAlpha()
    .composite([{ input: Buffer.from(mask), blend: 'dest-in' }])
    .png()
    .toBuffer()
}

/** @param {readonly TransparentRow[]} rows */
const transparentTable = (rows) =>
  rows.map(({ picture, bytes, tintypeMs, webpMs }) => ({
    picture,
    'upload MB': (bytes / 1e6).toFixed(1),
    'tintype, five files ms': tintypeMs.toFixed(1),
    "sharp's WebP ms": webpMs.toFixed(1),
    'tintype / WebP': (tintypeMs / webpMs).toFixed(2),
  }))

/** @param {readonly PictureRow[]} rows */
export const pictureTable = (rows) =>
  rows.map(({ picture, bytes, plainMs, tintypeMs, limitMs, coreMs }) => ({
    picture,
    'upload MB': (bytes / 1e6).toFixed(1),
    'plain ms': plainMs.toFixed(1),
    'tintype ms': tintypeMs.toFixed(1),
    'limit ms': limitMs.toFixed(1),
    'own decode + medium ms': coreMs.toFixed(1),
    'plain / tintype': (plainMs / tintypeMs).toFixed(2),
    'tintype / limit': (tintypeMs / limitMs).toFixed(2),
    'tintype / own': (tintypeMs / coreMs).toFixed(2),
  }))

const inTurn = async (processes, source, folder, rounds) => {
  const ways = Object.entries(processes)
  const times = ways.map(() => [])
  // The first two rounds warm up: code is compiled, memory is mapped.
  for (let round = -2; round < rounds; round++) {
    for (const [index, [way, child]] of ways.entries()) {
      const target = await mkdtemp(join(folder, 'run-'))
      child.send({ way, task: { source, folder: target } })
      const [cpuMs] = await once(child, 'message')
      if (round >= 0) times[index].push(cpuMs)
      await rm(target, { recursive: true })
    }
  }
  return times.map(median)
}

/** A process that does one task after the other and answers each with its CPU time. */
const startProcess = (env) => fork(fileURLToPath(import.meta.url), { env })

const doTasks = () =>
  process.on('message', async ({ way, task }) => {
    const before = process.cpuUsage()
    await WAYS[way](task)
    const { user, system } = process.cpuUsage(before)
    process.send((user + system) / 1000)
  })

/** @param {readonly string[]} args */
export const run = async ([rounds = '15']) => {
  console.log(`\nCPU of the picture work of one upload, medians of ${rounds} rounds in turn:`)
  console.table(pictureTable(await benchPictures({ rounds: Number(rounds) })))
  console.log('\nCPU of a transparent upload, and of the same pixels as WebP by sharp alone:')
  console.table(transparentTable(await benchTransparent({ rounds: Number(rounds) })))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) doTasks()
