// An encoder pool that remembers: a job on a picture is done once in a run, by the real encoder; its files are copied from then on.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { EncoderPool } from '../../../src/image/encoder.ts'
import { parseEncodedReply, parseRenderedReply } from '../../../src/image/reply.ts'

/** Most bytes of a remembered job, its source included: few tests use larger pictures. */
const MOST_BYTES = 512 * 1024

/** The module itself where a test replaces it: calls of the memory are none of the code under test. */
const { constants, copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } =
  process.getBuiltinModule('node:fs')

/** Paths of the files that a job may write, by the name that each is remembered under. */
type Files = Record<string, string>

/**
 * @param pool does what is new, and what fails: errors are not remembered, and are the real ones where a file cannot be
 *   read or written
 * @param folder exists; shared by the processes of a run
 */
export const rememberingEncoders = (pool: EncoderPool, folder: string): EncoderPool => ({
  ...pool,
  async encode(job, options) {
    pool.assertRoom(options?.priority)
    options?.signal?.throwIfAborted()
    const place = placeOf(folder, job.source, ['encode', Object.keys(job.targets).sort(), job.sha256])
    const reply = place && recalled(place, job.targets)
    if (reply !== undefined) return parseEncodedReply(reply)
    const result = await pool.encode(job, options)
    if (place) remember(place, { result }, job.targets)
    return result
  },
  async render(job, signal) {
    pool.assertRoom('transform')
    signal?.throwIfAborted()
    const files: Files = job.target === undefined ? {} : { target: job.target }
    const place = placeOf(folder, job.source, ['render', Object.keys(files), job.recipe])
    const reply = place && recalled(place, files)
    if (reply !== undefined) return parseRenderedReply(reply)
    const { content, ...size } = await pool.render(job, signal)
    if (place) remember(place, { result: content ? { ...size, content: content.toString('base64') } : size }, files)
    return content ? { ...size, content } : size
  },
})

/** Name of the reply among the files. */
const REPLY = 'reply.json'

/** The folder of a job, by the content of its source; undefined where that is large or cannot be read. */
const placeOf = (folder: string, source: string, job: readonly unknown[]): string | undefined => {
  const stats = statSync(source, { throwIfNoEntry: false })
  if (!stats?.isFile() || stats.size > MOST_BYTES) return undefined
  const hash = createHash('sha256').update(JSON.stringify(job)).update(readFileSync(source))
  return join(folder, hash.digest('hex'))
}

/** The reply, once every file is written; undefined where the job is new, or a file cannot be written. */
const recalled = (place: string, files: Files): unknown => {
  if (!existsSync(place)) return undefined
  const written: string[] = []
  try {
    for (const [name, path] of Object.entries(files)) {
      if (!existsSync(join(place, name))) continue
      copyFileSync(join(place, name), path, constants.COPYFILE_EXCL)
      written.push(path)
    }
  } catch {
    for (const path of written) rmSync(path, { force: true })
    return undefined
  }
  return JSON.parse(readFileSync(join(place, REPLY), 'utf8'))
}

/** Another process may have done the same job: one of them is remembered. */
const remember = (place: string, reply: object, files: Files): void => {
  const made = Object.entries(files).filter(([, path]) => existsSync(path))
  if (made.reduce((bytes, [, path]) => bytes + statSync(path).size, 0) > MOST_BYTES) return
  const beside = mkdtempSync(`${place}-`)
  try {
    for (const [name, path] of made) copyFileSync(path, join(beside, name))
    writeFileSync(join(beside, REPLY), JSON.stringify(reply))
    renameSync(beside, place)
  } catch {
    rmSync(beside, { recursive: true, force: true })
  }
}
