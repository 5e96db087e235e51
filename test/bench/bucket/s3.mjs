// A store in a bucket against one in a folder: uploads and changes by 1, 2 and 4 servers, covers, and growth. The engine is
// Ceph on loopback, else the one in memory of the tests, and takes its CPU from the same cores.
//
//   npm run bench -- s3 [uploads,contention,covers,growth] [seconds]        (all parts and 3 s a round by default; needs wrk)

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchContention, benchUploads } from './changes.mjs'
import { benchCovers } from './covers.mjs'
import { startEngine } from './engine.mjs'
import { benchGrowth } from './growth.mjs'

const PARTS = { uploads: benchUploads, contention: benchContention, covers: benchCovers, growth: benchGrowth }

/** @param {readonly string[]} args */
export const run = async ([parts = Object.keys(PARTS).join(), seconds = '3']) => {
  const names = parts.split(',')
  const unknown = names.filter((name) => !Object.hasOwn(PARTS, name))
  if (unknown.length > 0) throw new Error(`expected some of ${Object.keys(PARTS).join(',')}, got ${unknown.join()}`)
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  let engine
  try {
    engine = await startEngine(join(folder, 'engine'))
    for (const name of names) await PARTS[name]({ folder, engine, seconds: Number(seconds) })
  } finally {
    await engine?.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
