// Ways to make the files of one upload, and processes that do them in turn and answer with their CPU time.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { ENCODER_ENVIRONMENT } from '../../../dist/image/pool/worker-process.js'
import { decodeJpeg, readHeader } from '../../../dist/image/worker/decode.js'
import { decodedSize } from '../../../dist/image/worker/levels.js'
import { encodePicture } from '../../../dist/image/worker/pipeline.js'
import { toJpeg } from '../../../dist/image/worker/variants.js'
import { median } from '../measure/statistics.mjs'

/**
 * @typedef {object} Task
 * @property {string} source file of the upload
 * @property {string} pixels file of the same pixels that sharp reads, @default the upload
 * @property {string} folder for the results
 * @property {string} before folder of another build
 */

/** @typedef {keyof typeof WAYS} Way */

const SIZES = ['original', 'medium', 'thumb', 'game']
const OPTIONS = { maxPixels: 100_000_000, background: '#ffffff' }
const INSIDE = /** @type {const} */ ({ fit: 'inside', withoutEnlargement: true })

/** The ways, each from the upload's file. Settings of sharp are part of a way. */
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
  tintype: ({ source, folder }) => allFiles(encodePicture, source, folder),
  /** The same by another build. */
  before: async ({ source, folder, before }) => {
    const pipeline = await import(pathToFileURL(join(before, 'dist/image/worker/pipeline.js')).href)
    return allFiles(pipeline.encodePicture, source, folder)
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
  /** The same as `limit` with Tintype's own decode, which has libjpeg halve where sharp does not. */
  core: async ({ source }) => {
    alone()
    const bytes = readFileSync(source)
    const header = await readHeader({ bytes, type: 'image/jpeg' }, OPTIONS.maxPixels)
    const upload = { path: source, bytes }
    return toJpeg(await decodeJpeg(upload, header, decodedSize(header.shown), undefined, OPTIONS), 'medium')
  },
  /** The whole picture, decoded and written once by sharp, with default options of WebP. */
  webp: ({ source, pixels = source, folder }) => {
    alone()
    return sharp(pixels).webp().toFile(join(folder, 'whole.webp'))
  },
}

const allFiles = (encode, source, folder) => {
  alone()
  const targets = Object.fromEntries(SIZES.map((size) => [size, join(folder, `${size}.jpg`)]))
  return encode({ source, targets: { ...targets, source: join(folder, 'source.png') } }, OPTIONS)
}

/** As in an encoder process. */
const alone = () => {
  sharp.cache(false)
  sharp.concurrency(1)
}

/**
 * Processes for some ways. The plain way runs with this process's environment, the others with an encoder's; another
 * build has a process of its own, with its own modules.
 *
 * @param {readonly Way[]} ways
 */
export const startProcesses = (ways) => {
  const encoder = startProcess(ENCODER_ENVIRONMENT)
  const own = { plain: process.env, before: ENCODER_ENVIRONMENT }
  const processes = Object.fromEntries(
    ways.map((way) => [way, Object.hasOwn(own, way) ? startProcess(own[way]) : encoder]),
  )
  const stop = () => {
    for (const child of new Set([encoder, ...Object.values(processes)])) child.disconnect()
  }
  return { processes, stop }
}

/**
 * Medians of the CPU time of one picture, user and system, of all threads, in milliseconds, by way; undefined for a way
 * that refuses it.
 *
 * @param {ReturnType<typeof startProcesses>['processes']} processes
 * @param {Omit<Task, 'folder'>} task
 * @param {string} folder
 * @param {number} rounds
 */
export const inTurn = async (processes, task, folder, rounds) => {
  const times = Object.fromEntries(Object.keys(processes).map((way) => [way, []]))
  // The first two rounds warm up: code is compiled, memory is mapped.
  for (let round = -2; round < rounds; round++) {
    for (const [way, child] of Object.entries(processes)) {
      const target = await mkdtemp(join(folder, 'run-'))
      child.send({ way, task: { ...task, folder: target } })
      const [cpuMs] = await once(child, 'message')
      if (round >= 0 && cpuMs !== null) times[way].push(cpuMs)
      await rm(target, { recursive: true })
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([way, list]) => [way, list.length > 0 ? median(list) : undefined]),
  )
}

/** A process that does one task after the other and answers each with its CPU time, or null where it fails. */
const startProcess = (env) =>
  fork(fileURLToPath(import.meta.url), { env }).on('exit', (code) => {
    // Its message would never come.
    if (code !== 0) throw new Error(`a process of the benchmark ended with code ${code}`)
  })

const doTasks = () =>
  process.on('message', async ({ way, task }) => {
    const begin = process.cpuUsage()
    try {
      await WAYS[way](task)
    } catch (error) {
      // A way has its own accepted types; anything else would be a mistake of the benchmark.
      if (error.code !== 'unsupported_image_type') throw error
      process.send(null)
      return
    }
    const { user, system } = process.cpuUsage(begin)
    process.send((user + system) / 1000)
  })

if (process.argv[1] === fileURLToPath(import.meta.url)) doTasks()
