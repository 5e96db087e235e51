// Uploads to many projects, and changes of one, by one server and by several that share the store.

import { photo } from '../../support/pictures/photo.mjs'
import { formOf } from '../../support/processes/production.mjs'
import { cpuOfTree } from '../measure/cpu.mjs'
import { median, spread } from '../measure/statistics.mjs'
import { forSeconds, quantile, runClients, send } from './client.mjs'
import { startBoth } from './engine.mjs'

const SERVERS = [1, 2, 4]
const ROUNDS = 3
const UPLOADERS = 12
const EDITORS = 24
const BOUNDARY = '----------------------------tintype'
/** Bound of the issue: the bucket against the folder, without the CPU of the engine. */
const LEAST_RATIO = 0.8

/**
 * @param {{ folder: string, engine: Awaited<ReturnType<typeof import('./engine.mjs').startEngine>>, seconds: number }} options
 */
export const benchUploads = async ({ folder, engine, seconds }) => {
  const body = formOf(await photo({ width: 1632, height: 1224 }))
  const headers = { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`, 'Content-Length': body.length }
  const upload = (url, client) => send(`${url}/projects/p${client}/images`, 201, { method: 'POST', headers }, body)
  const rows = await inTurn({ folder, engine, seconds }, 'uploads', UPLOADERS, async (servers, client) =>
    upload(servers[client % servers.length].url, client),
  )
  console.log(
    `\nUploads of 2 MP by ${UPLOADERS} clients to a project each; ${engine.name} takes its CPU from the same cores,`,
    `and its CPU is not counted. Medians of ${ROUNDS} rounds of ${seconds} s in turn:`,
  )
  console.table(
    rows.map(({ count, bucket, folder: local }) => ({
      servers: count,
      'folder images/s': median(local.rate).toFixed(1),
      'bucket images/s': median(bucket.rate).toFixed(1),
      ratio: ratioOf(bucket.rate, local.rate),
      'folder CPU ms': median(local.cpuMs).toFixed(0),
      'bucket CPU ms': median(bucket.cpuMs).toFixed(0),
      'images a CPU second, ratio': ratioOf(local.cpuMs, bucket.cpuMs),
      'min-max': spread(
        bucket.cpuMs.map((each, n) => local.cpuMs[n] / each),
        2,
      ),
      bound: LEAST_RATIO,
    })),
  )
}

/** @param {Parameters<typeof benchUploads>[0]} options */
export const benchContention = async ({ folder, engine, seconds }) => {
  const headers = { 'Content-Type': 'application/json' }
  const edit = (url, title) =>
    send(`${url}/projects/shop`, 200, { method: 'PATCH', headers }, JSON.stringify({ title }))
  const begin = ({ url }) => send(`${url}/projects/shop`, 201, { method: 'PUT' })
  const rows = await inTurn(
    { folder, engine, seconds, begin },
    'contention',
    EDITORS,
    (servers, client, n) => edit(servers[client % servers.length].url, `${client} ${n}`),
    async ([{ url }]) =>
      Number(/^"(\d+)-/.exec((await send(`${url}/projects/shop/images`, 200)).headers.etag ?? '')?.[1]),
  )
  console.log(
    `\n${EDITORS} clients change the title of one project; medians of ${ROUNDS} rounds of ${seconds} s in turn:`,
  )
  console.table(
    rows.map(({ count, bucket, folder: local }) => ({
      servers: count,
      'folder changes/s': median(local.rate).toFixed(0),
      'bucket changes/s': median(bucket.rate).toFixed(0),
      ratio: ratioOf(bucket.rate, local.rate),
      'min-max': spread(
        bucket.rate.map((each, n) => each / local.rate[n]),
        2,
      ),
      'folder, changes in one commit': median(local.together).toFixed(1),
      'bucket, changes in one commit': median(bucket.together).toFixed(1),
      'bucket p50 ms': median(bucket.p50).toFixed(0),
      'bucket p99 ms': median(bucket.p99).toFixed(0),
    })),
  )
}

/** Measures servers over a folder and over the bucket in turn, so that both see the same machine. */
const inTurn = async ({ folder, engine, seconds, begin }, name, clients, work, revisionOf) => {
  const rows = []
  for (const count of SERVERS) {
    const both = await startBoth(folder, engine, `${name}-${count}`, count)
    try {
      const results = { folder: newResult(), bucket: newResult() }
      for (const way of ['folder', 'bucket']) await begin?.(both[way][0])
      // The first round warms up.
      for (let round = -1; round < ROUNDS; round++)
        for (const way of ['folder', 'bucket']) {
          const servers = both[way]
          const before = await revisionOf?.(servers)
          const cpu = cpuOf(servers)
          const { times, seconds: elapsed } = await runClients(clients, forSeconds(seconds), (n, client) =>
            work(servers, client, n),
          )
          const cpuMs = (cpuOf(servers) - cpu) / times.length
          const commits = (await revisionOf?.(servers)) - before
          if (round < 0) continue
          const result = results[way]
          result.rate.push(times.length / elapsed)
          result.cpuMs.push(cpuMs)
          result.together.push(times.length / commits)
          result.p50.push(quantile(times, 0.5))
          result.p99.push(quantile(times, 0.99))
        }
      rows.push({ count, ...results })
    } finally {
      await both.stop()
    }
  }
  return rows
}

const newResult = () => ({ rate: [], cpuMs: [], together: [], p50: [], p99: [] })

const cpuOf = (servers) => servers.reduce((sum, { pid }) => sum + cpuOfTree(pid), 0)

/** Median of the ratios of rounds that were measured next to each other. */
const ratioOf = (some, others) => median(some.map((each, n) => each / others[n])).toFixed(2)
