// What an upload and a cover cost as a project and a store in a bucket grow.

import { join } from 'node:path'
import { photo } from '../../support/pictures/photo.mjs'
import { formOf } from '../../support/processes/production.mjs'
import { cpuOfTree } from '../measure/cpu.mjs'
import { median, spread } from '../measure/statistics.mjs'
import { send } from './client.mjs'
import { startServer } from './engine.mjs'
import { plantProject, plantProjects } from './plant.mjs'

const COUNTS = [10, 1000, 10_000]
const UPLOADS = 8
const COVERS = 200
const ROUNDS = 3
const BOUNDARY = '----------------------------tintype'

/** @param {Parameters<typeof import('./changes.mjs').benchUploads>[0]} options */
export const benchGrowth = async ({ folder, engine }) => {
  const body = formOf(await photo({ width: 1632, height: 1224 }))
  console.log(`\nA project of so many images in ${engine.name} (2 MP uploads; medians of ${ROUNDS} rounds in turn):`)
  console.table(await inTurn({ folder, engine }, 'images', (bucket, count) => plantProject(bucket, 'p0', count), body))
  console.log('A store of so many projects:')
  console.table(await inTurn({ folder, engine }, 'projects', plantProjects, body))
}

/** Servers over stores of every size run side by side and are measured in turn, so that all see the same machine. */
const inTurn = async ({ folder, engine }, noun, plant, body) => {
  const servers = []
  try {
    for (const count of COUNTS) {
      const name = `${noun}-${count}`
      const bucket = engine.open(name)
      await plant(bucket, count)
      await bucket.close()
      const beganMs = performance.now()
      const server = await startServer(join(folder, name), engine.env(name))
      const startMs = performance.now() - beganMs
      servers.push({ ...server, count, startMs, ms: [], cpu: [], cover: [], requests: [] })
    }
    for (let round = -1; round < ROUNDS; round++)
      for (const server of servers) {
        const result = await measure(server, body)
        if (round >= 0) for (const key of ['ms', 'cpu', 'cover', 'requests']) server[key].push(result[key])
      }
    const [base] = servers
    const ratio = (server, key) => (median(server[key]) / median(base[key])).toFixed(2)
    return servers.map((server) => ({
      [noun]: server.count,
      'start ms': server.startMs.toFixed(0),
      'upload ms': median(server.ms).toFixed(0),
      'min-max': spread(server.ms),
      'ms ratio': ratio(server, 'ms'),
      'upload CPU ms': median(server.cpu).toFixed(0),
      'CPU ratio': ratio(server, 'cpu'),
      'requests an upload': median(server.requests).toFixed(1),
      'cover µs': median(server.cover).toFixed(0),
      'cover ratio': ratio(server, 'cover'),
    }))
  } finally {
    for (const { stop } of servers) await stop()
  }
}

const measure = async ({ url, pid }, body) => {
  const headers = { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`, 'Content-Length': body.length }
  const [cpu, requests, beganMs] = [cpuOfTree(pid), await requestsOf(url), performance.now()]
  for (let n = 0; n < UPLOADS; n++) await send(`${url}/projects/p0/images`, 201, { method: 'POST', headers }, body)
  const ms = (performance.now() - beganMs) / UPLOADS
  const cpuMs = (cpuOfTree(pid) - cpu) / UPLOADS
  const counted = ((await requestsOf(url)) - requests) / UPLOADS
  const coversMs = performance.now()
  for (let n = 0; n < COVERS; n++) await send(`${url}/projects/p0/thumbnail`, 200)
  return { ms, cpu: cpuMs, requests: counted, cover: ((performance.now() - coversMs) * 1000) / COVERS }
}

/** Requests of a server to the bucket so far. */
const requestsOf = async (url) => {
  const { body } = await send(`${url}/metrics`, 200)
  const counts = body.toString().matchAll(/^tintype_bucket_requests_total\{.*\} (\d+)/gm)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}
