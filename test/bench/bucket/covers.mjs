// Covers by 64 connections: of projects that a server has not seen yet, and of one that it knows.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startTintype } from '../../support/processes/start.mjs'
import { median, spread } from '../measure/statistics.mjs'
import { wrk } from '../measure/wrk.mjs'
import { quantile, runClients, send, times } from './client.mjs'
import { startServer } from './engine.mjs'
import { plantProjects } from './plant.mjs'

const CONNECTIONS = 64
const PROJECTS = 400
const ROUNDS = 3
/** Bound of the issue for warm covers. */
const LEAST_RATIO = 0.8

/** @param {Parameters<typeof import('./changes.mjs').benchUploads>[0]} options */
export const benchCovers = async ({ folder, engine, seconds }) => {
  const bucket = engine.open('covers')
  await plantProjects(bucket, PROJECTS, PROJECTS)
  await bucket.close()
  const storage = join(folder, 'covers', 'storage')
  await copy(engine, storage)
  const ways = { folder: { STORAGE_DIR: storage }, bucket: engine.env('covers') }
  const cold = { folder: newResult(), bucket: newResult() }
  const servers = {}
  try {
    for (let round = 0; round < ROUNDS; round++)
      for (const [way, env] of Object.entries(ways)) {
        await servers[way]?.stop()
        const home = join(folder, 'covers', way)
        // Of the bucket, its copies go too.
        await rm(home, { recursive: true, force: true })
        servers[way] = await startServer(home, env)
        const result = await readAll(servers[way].url)
        for (const key of ['rate', 'p50', 'p99']) cold[way][key].push(result[key])
      }
    console.log(
      `\nFirst covers of ${PROJECTS} projects by ${CONNECTIONS} connections, of servers with an empty memory:`,
    )
    console.table([row('cold', cold, 0)])
    const warm = { folder: newResult(), bucket: newResult() }
    // The first round warms up.
    for (let round = -1; round < ROUNDS; round++)
      for (const way of Object.keys(ways)) {
        const url = `${servers[way].url}/projects/p0/thumbnail`
        const result = await wrk(url, { seconds: String(seconds), connections: CONNECTIONS })
        if (result.errors > 0) throw new Error(`${result.errors} requests of ${url} failed`)
        if (round >= 0) for (const key of ['rate', 'p50', 'p99']) warm[way][key].push(result[key])
      }
    console.log(`One cover again and again; medians of ${ROUNDS} rounds of ${seconds} s in turn:`)
    console.table([row('warm', warm, LEAST_RATIO)])
  } finally {
    for (const each of Object.values(servers)) await each.stop()
  }
}

const newResult = () => ({ rate: [], p50: [], p99: [] })

const row = (covers, { folder, bucket }, bound) => {
  const ratios = bucket.rate.map((each, n) => each / folder.rate[n])
  return {
    covers,
    'folder /s': median(folder.rate).toFixed(0),
    'bucket /s': median(bucket.rate).toFixed(0),
    ratio: median(ratios).toFixed(2),
    'min-max': spread(ratios, 2),
    bound: bound === 0 ? '' : bound,
    'folder p50 ms': median(folder.p50).toFixed(1),
    'bucket p50 ms': median(bucket.p50).toFixed(1),
    'folder p99 ms': median(folder.p99).toFixed(1),
    'bucket p99 ms': median(bucket.p99).toFixed(1),
  }
}

/** Reads each cover once. */
const readAll = async (url) => {
  const { seconds, times: each } = await runClients(CONNECTIONS, times(PROJECTS), (n) =>
    send(`${url}/projects/p${n}/thumbnail`, 200),
  )
  return { rate: PROJECTS / seconds, p50: quantile(each, 0.5), p99: quantile(each, 0.99) }
}

/** Copies the store in the bucket to a folder. */
const copy = async (engine, storage) => {
  const { STORE, ...env } = engine.env('covers')
  const copying = startTintype(['copy', STORE, storage], { env })
  if ((await copying.ended) !== 0) throw new Error(copying.stderr())
}
