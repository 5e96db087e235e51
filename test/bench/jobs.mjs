// Uploads as jobs beside uploads that are waited for, of the same pictures, in turn, in the settings of production: images
// a second, and the CPU time of an image in all processes of Tintype. Where RabbitMQ is installed, also jobs that it
// carries from a server without encoders to a worker.
//
//   npm run bench -- jobs [rounds]

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRabbitMq, hasRabbitMq } from '../support/amqp/rabbitmq.mjs'
import { photo } from '../support/pictures/photo.mjs'
import {
  enqueue,
  formOf,
  startInProduction,
  startWorkInProduction,
  untilDone,
  upload,
} from '../support/processes/production.mjs'
import { cpuOfTree } from './measure/cpu.mjs'
import { median, spread } from './measure/statistics.mjs'

const PICTURES = [
  { picture: '12 MP', width: 4000, height: 3000, images: 96 },
  { picture: '2 MP', width: 1632, height: 1224, images: 96 },
]

/** Uploads at the same time: enough to keep every core busy. */
const CLIENTS = 12

/** Images a second of jobs, and over RabbitMQ images a second of CPU time, at least, relative to the first way. */
const LEAST_TIMES = 0.95
const LEAST_CPU_TIMES = 0.9

/** @param {readonly string[]} args */
export const run = async ([rounds = '5']) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const started = []
  try {
    const ways = await startAll(folder, started)
    const rows = []
    for (const each of PICTURES) rows.push(...(await compare(ways, each, Number(rounds))))
    console.log(
      `\nThe same photos by ${CLIENTS} clients, with keys, limits, a quota, idempotency keys and logs, everything on disk ` +
        `and synced; medians of ${rounds} rounds in turn. To reach: ${LEAST_TIMES} times the images a second, ` +
        `over RabbitMQ ${LEAST_CPU_TIMES} times the images of a CPU second.`,
    )
    console.table(rows)
    if (!hasRabbitMq()) console.log('RabbitMQ is not installed (Debian: rabbitmq-server).')
  } finally {
    for (const stop of started.reverse()) await stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Ways to upload, each with its server and the processes that are counted. */
const startAll = async (folder, started) => {
  const server = await startInProduction(join(folder, 'local'))
  started.push(server.stop)
  const local = { server, pids: [server.child.pid] }
  const ways = { 'waited for': { ...local, send: waitedFor }, jobs: { ...local, send: asJobs } }
  if (!hasRabbitMq()) return ways
  const broker = await createRabbitMq()
  started.push(broker.remove)
  await broker.start()
  const queue = { QUEUE: broker.url }
  const place = join(folder, 'over-rabbitmq')
  const front = await startInProduction(place, { ...queue, ENCODERS: '0' })
  started.push(front.stop)
  const worker = await startWorkInProduction(place, queue)
  started.push(worker.stop)
  const remote = { server: front, pids: [front.child.pid, worker.child.pid] }
  return { ...ways, 'jobs over RabbitMQ': { ...remote, send: asJobs } }
}

const waitedFor = async (server, body, images) => {
  await inParallel(images, () => upload(server, 'waited-for', body))
}

/** All are enqueued, then all are waited for. @returns the time of the first part, in milliseconds */
const asJobs = async (server, body, images) => {
  const begin = performance.now()
  const ids = await inParallel(images, () => enqueue(server, 'jobs', body))
  const enqueuedMs = performance.now() - begin
  await inParallel(images, (n) => untilDone(server, ids[n]))
  return enqueuedMs
}

const compare = async (ways, { picture, width, height, images }, rounds) => {
  const body = formOf(await photo({ width, height }))
  const measured = Object.fromEntries(Object.keys(ways).map((way) => [way, []]))
  // The first round warms up.
  for (let round = -1; round < rounds; round++) {
    for (const [way, each] of Object.entries(ways)) {
      const result = await measure(each, body, images)
      if (round >= 0) measured[way].push(result)
    }
  }
  const [first] = Object.values(measured)
  return Object.entries(measured).map(([way, results]) => {
    const of = (name) => median(results.map((result) => result[name]))
    const times = results.map(({ rate }, n) => rate / first[n].rate)
    const cpuTimes = results.map(({ cpuMs }, n) => first[n].cpuMs / cpuMs)
    return {
      picture,
      way,
      'enqueued/s': way === 'waited for' ? '' : of('enqueued').toFixed(1),
      'images/s': of('rate').toFixed(1),
      times: median(times).toFixed(2),
      'min-max': spread(times, 2),
      'CPU ms': of('cpuMs').toFixed(1),
      'times the images of a CPU second': median(cpuTimes).toFixed(2),
    }
  })
}

/** Rates a second, and the CPU time of one image in milliseconds. */
const measure = async ({ server, pids, send }, body, images) => {
  const cpuMs = () => pids.reduce((sum, pid) => sum + cpuOfTree(pid), 0)
  const cpu = cpuMs()
  const begin = performance.now()
  const enqueuedMs = await send(server, body, images)
  const ms = performance.now() - begin
  return {
    rate: (images * 1000) / ms,
    enqueued: (images * 1000) / enqueuedMs,
    cpuMs: (cpuMs() - cpu) / images,
  }
}

/** @returns the results in order */
const inParallel = async (count, work) => {
  const results = []
  let next = 0
  const client = async () => {
    while (next < count) {
      const n = next++
      results[n] = await work(n)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return results
}
