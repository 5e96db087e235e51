// CPU of the picture work alone, in turn: the plain way, Tintype, another build of it, sharp's own WebP, and two limits.
//
//   npm run bench -- pictures [rounds] [folder of another build]

import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { decodeHeic } from '../../dist/image/worker/decodable/heic.js'
import { photo } from '../support/pictures/photo.mjs'
import { inTurn, startProcesses } from './programs/picture-work.mjs'

/**
 * @typedef {{ picture: string, bytes: number, plainMs: number, tintypeMs: number, limitMs: number, coreMs: number }}
 *   PictureRow
 * @typedef {{ picture: string, bytes: number, tintype: number, before?: number, webp: number }} CostRow
 */

const PICTURES = [
  { picture: '12 MP', width: 4000, height: 3000 },
  { picture: '2 MP', width: 1632, height: 1224 },
]

const TRANSPARENT = [
  { picture: '2 MP PNG, transparent', width: 1632, height: 1224 },
  { picture: '0.25 MP PNG, transparent', width: 512, height: 512 },
]

/** A photo of 12 MP. Encoders of HEVC are in no package of npm. */
const HEIC = fileURLToPath(new URL('../../../shared/corpus/hostile/phone.heic', import.meta.url))

/**
 * Medians of the CPU time of one JPEG picture in milliseconds.
 *
 * @param {{ rounds?: number }} [options]
 * @returns {Promise<PictureRow[]>}
 */
export const benchPictures = ({ rounds = 15 } = {}) =>
  withProcesses(['plain', 'tintype', 'limit', 'core'], async (processes, folder) => {
    const rows = []
    for (const { picture, width, height } of PICTURES) {
      const bytes = await photo({ width, height })
      const source = join(folder, `${width}.jpg`)
      await writeFile(source, bytes)
      const ms = await inTurn(processes, { source }, folder, rounds)
      const [plainMs, tintypeMs, limitMs, coreMs] = [ms.plain, ms.tintype, ms.limit, ms.core]
      rows.push({ picture, bytes: bytes.length, plainMs, tintypeMs, limitMs, coreMs })
    }
    return rows
  })

/**
 * Medians of the CPU time of one upload of each kind in milliseconds: all its files by Tintype and by another build, and
 * sharp's own WebP of the same pixels.
 *
 * @param {{ rounds: number, before?: string }} options
 * @returns {Promise<CostRow[]>}
 */
const benchCosts = ({ rounds, before }) =>
  withProcesses(['tintype', ...(before === undefined ? [] : ['before']), 'webp'], async (processes, folder) => {
    const rows = []
    for await (const { picture, bytes, pixels } of uploads()) {
      const source = join(folder, 'upload')
      await writeFile(source, bytes)
      const task = { source, before, pixels: pixels && join(folder, 'pixels.tif') }
      if (pixels) await writeFile(task.pixels, pixels)
      rows.push({ picture, bytes: bytes.length, ...(await inTurn(processes, task, folder, rounds)) })
    }
    return rows
  })

/** Uploads of each kind, and their pixels as a file that sharp reads where it cannot read the upload. */
const uploads = async function* () {
  for (const { picture, ...size } of PICTURES) yield { picture: `${picture} JPEG`, bytes: await photo(size) }
  const [, small] = PICTURES
  yield {
    picture: `${small.picture} PNG`,
    bytes: await sharp(await photo(small))
      .png()
      .toBuffer(),
  }
  for (const { picture, ...size } of TRANSPARENT) yield { picture, bytes: await cutOut(size) }
  if (existsSync(HEIC)) yield { picture: '12 MP HEIC', ...(await heic()) }
  else console.log('The photo in ../shared/corpus is missing: HEIC is left out.')
}

const heic = async () => {
  const bytes = await readFile(HEIC)
  const { data, ...raw } = decodeHeic(bytes, 100_000_000)
  return { bytes, pixels: await sharp(data, { raw }).tiff({ compression: 'none' }).toBuffer() }
}

/** A photo cut out along an ellipse with soft edges. */
const cutOut = async ({ width, height }) => {
  const mask = `<svg width="${width}" height="${height}"><defs><radialGradient id="soft"><stop offset="0.9" stop-opacity="1"/>
    <stop offset="1" stop-opacity="0"/></radialGradient></defs><rect width="100%" height="100%" fill="url(#soft)"/></svg>`
  return sharp(await photo({ width, height }))
    .ensureAlpha()
    .composite([{ input: Buffer.from(mask), blend: 'dest-in' }])
    .png()
    .toBuffer()
}

const withProcesses = async (ways, work) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const { processes, stop } = startProcesses(ways)
  try {
    return await work(processes, folder)
  } finally {
    stop()
    await rm(folder, { recursive: true, force: true })
  }
}

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

/** @param {readonly CostRow[]} rows */
const costTable = (rows, hasBefore) =>
  rows.map(({ picture, bytes, tintype, before, webp }) => ({
    picture,
    'upload MB': (bytes / 1e6).toFixed(1),
    'tintype, all files ms': tintype.toFixed(1),
    ...(hasBefore && {
      'other build ms': before?.toFixed(1) ?? 'refused',
      'tintype / other': before === undefined ? '' : (tintype / before).toFixed(2),
    }),
    "sharp's WebP ms": webp.toFixed(1),
    'tintype / WebP': (tintype / webp).toFixed(2),
  }))

/** @param {readonly string[]} args */
export const run = async ([rounds = '15', before]) => {
  console.log(`\nCPU of the picture work of one upload, medians of ${rounds} rounds in turn:`)
  console.table(pictureTable(await benchPictures({ rounds: Number(rounds) })))
  console.log('\nCPU of an upload of each kind, and of the same pixels as WebP by sharp alone:')
  const costs = await benchCosts({ rounds: Number(rounds), before: before && resolve(before) })
  console.table(costTable(costs, before !== undefined))
}
