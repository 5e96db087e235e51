// CPU of the picture work alone, in one process and in turn: the plain way, Tintype, and the limit.
//
//   node test/bench/pictures.mjs [rounds]

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { encodePicture } from '../../dist/image/pipeline.js'
import { photo } from '../helpers/photo.mjs'

/** @typedef {{ picture: string, bytes: number, plainMs: number, tintypeMs: number, limitMs: number }} PictureRow */
/** @typedef {{ source: string, folder: string }} Task */

const PICTURES = [
  { picture: '12 MP', width: 4000, height: 3000 },
  { picture: '2 MP', width: 1632, height: 1224 },
]

const SIZES = ['original', 'medium', 'thumb', 'game']

/**
 * The three ways, each from the upload's file. Settings of sharp are part of a way.
 *
 * @type {Record<'plain' | 'tintype' | 'limit', (task: Task) => Promise<unknown>>}
 */
const WAYS = {
  /** Four pipelines on the whole upload, as a person would write them, all with default options. */
  plain: ({ source, folder }) => {
    sharp.cache(true)
    sharp.concurrency(cpus().length)
    const open = () => sharp(source).autoOrient()
    const inside = /** @type {const} */ ({ fit: 'inside', withoutEnlargement: true })
    return Promise.all([
      open().jpeg().toFile(join(folder, 'original.jpg')),
      open().resize(1600, 1600, inside).jpeg().toFile(join(folder, 'medium.jpg')),
      open().resize(400, 400, inside).jpeg().toFile(join(folder, 'thumb.jpg')),
      open().resize(50, 50).jpeg().toFile(join(folder, 'game.jpg')),
    ])
  },
  tintype: ({ source, folder }) => {
    alone()
    const targets = Object.fromEntries(SIZES.map((size) => [size, join(folder, `${size}.jpg`)]))
    return encodePicture({ source, targets }, { maxPixels: 100_000_000, background: '#ffffff' })
  },
  /** One decode at the scale of `medium` and its encoding: no hash, no file written, no other variant. */
  limit: ({ source }) => {
    alone()
    return sharp(source, { failOn: 'error' })
      .autoOrient()
      .resize({ width: 1600, height: 1600, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 80, optimiseCoding: false })
      .toBuffer()
  },
}

/** As in an encoder process. */
const alone = () => {
  sharp.cache(false)
  sharp.concurrency(1)
}

/**
 * Medians of the CPU time of one picture, user and system, of all threads, in milliseconds.
 *
 * @param {{ rounds?: number }} [options]
 * @returns {Promise<PictureRow[]>}
 */
export const benchPictures = async ({ rounds = 15 } = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  try {
    const rows = []
    for (const { picture, width, height } of PICTURES) {
      const bytes = await photo({ width, height })
      const source = join(folder, `${width}.jpg`)
      await writeFile(source, bytes)
      const [plainMs, tintypeMs, limitMs] = await inTurn(source, folder, rounds)
      rows.push({ picture, bytes: bytes.length, plainMs, tintypeMs, limitMs })
    }
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** @param {readonly PictureRow[]} rows */
export const pictureTable = (rows) =>
  rows.map(({ picture, bytes, plainMs, tintypeMs, limitMs }) => ({
    picture,
    'upload MB': (bytes / 1e6).toFixed(1),
    'plain ms': plainMs.toFixed(1),
    'tintype ms': tintypeMs.toFixed(1),
    'limit ms': limitMs.toFixed(1),
    'plain / tintype': (plainMs / tintypeMs).toFixed(2),
    'tintype / limit': (tintypeMs / limitMs).toFixed(2),
  }))

/** @type {(source: string, folder: string, rounds: number) => Promise<number[]>} */
const inTurn = async (source, folder, rounds) => {
  const ways = Object.values(WAYS)
  /** @type {number[][]} */
  const times = ways.map(() => [])
  // The first two rounds warm up: code is compiled, memory is mapped.
  for (let round = -2; round < rounds; round++) {
    for (const [index, way] of ways.entries()) {
      const target = await mkdtemp(join(folder, 'run-'))
      const before = process.cpuUsage()
      await way({ source, folder: target })
      const { user, system } = process.cpuUsage(before)
      if (round >= 0) times[index].push((user + system) / 1000)
      await rm(target, { recursive: true })
    }
  }
  return times.map((list) => list.sort((a, b) => a - b)[list.length >> 1])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.table(pictureTable(await benchPictures({ rounds: Number(process.argv[2] ?? 15) })))
}
