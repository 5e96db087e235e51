// Many photos in one form against 12 clients that send them one by one, in the settings of production, in turn; and the most
// resident memory of both, each on a server of its own.
//
//   npm run bench -- bulk [photos] [rounds]

import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { peakDuring } from '../support/load/memory.mjs'
import { photo } from '../support/pictures/photo.mjs'
import { formOf, startInProduction, upload } from '../support/processes/production.mjs'
import { cpuOfTree } from './measure/cpu.mjs'
import { median, spread } from './measure/statistics.mjs'

/** Photos of 2 megapixels. */
const SIZE = { width: 1632, height: 1224 }
const CLIENTS = 12
/** Time of one form, at most, relative to that of the clients. */
const MOST_TIMES = 1.1

/** @param {readonly string[]} args */
export const run = async ([photos = '200', rounds = '3']) => {
  const bytes = await photo(SIZE)
  const count = Number(photos)
  const ways = {
    [`${CLIENTS} clients`]: (server) => oneByOne(server, formOf(bytes), count),
    'one form': (server) => inOneForm(server, bytes, count),
  }
  const times = await withServer(async (server) => {
    const measured = Object.fromEntries(Object.keys(ways).map((way) => [way, []]))
    // The first round warms up.
    for (let round = -1; round < Number(rounds); round++)
      for (const [way, send] of Object.entries(ways)) {
        const result = await timed(server, () => send(server))
        if (round >= 0) measured[way].push(result)
      }
    return measured
  })
  const memory = {}
  for (const [way, send] of Object.entries(ways))
    memory[way] = await withServer((server, cwd) => peakDuring(cwd, () => send(server)))
  const [first] = Object.values(times)
  console.log(`\n${count} photos of 2 MP (${(bytes.length / 1e6).toFixed(2)} MB); medians of ${rounds} rounds in turn:`)
  console.table(
    Object.entries(times).map(([way, results]) => ({
      way,
      seconds: median(results.map(({ seconds }) => seconds)).toFixed(1),
      [`times (to reach: ${MOST_TIMES})`]: median(
        results.map(({ seconds }, at) => seconds / first[at].seconds),
      ).toFixed(2),
      'min-max': spread(
        results.map(({ seconds }, at) => seconds / first[at].seconds),
        2,
      ),
      'CPU ms a photo': (median(results.map(({ cpuMs }) => cpuMs)) / count).toFixed(0),
      'server MB': (memory[way].server / 1e6).toFixed(0),
      'all processes MB': (memory[way].all / 1e6).toFixed(0),
    })),
  )
}

const withServer = async (use) => {
  const cwd = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  try {
    const server = await startInProduction(cwd)
    try {
      return await use(server, cwd)
    } finally {
      await server.stop()
    }
  } finally {
    await rm(cwd, { recursive: true, force: true })
  }
}

const timed = async ({ child }, send) => {
  const cpu = cpuOfTree(child.pid)
  const begin = performance.now()
  await send()
  return { seconds: (performance.now() - begin) / 1000, cpuMs: cpuOfTree(child.pid) - cpu }
}

const oneByOne = async (server, body, count) => {
  let left = count
  const client = async () => {
    while (left-- > 0) await upload(server, 'clients', body)
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
}

const BOUNDARY = '----------------------------bulk'
let forms = 0

const inOneForm = async ({ url, key }, bytes, count) => {
  const head = Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n\r\n`)
  const [next, end] = [Buffer.from('\r\n'), Buffer.from(`--${BOUNDARY}--\r\n`)]
  const sent = request(`${url}/projects/form/images/bulk`, {
    method: 'POST',
    headers: {
      'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
      'Content-Length': count * (head.length + bytes.length + next.length) + end.length,
      'Idempotency-Key': `form-${++forms}`,
      'X-API-Key': key,
    },
  })
  const responded = once(sent, 'response')
  const write = async (part) => {
    if (!sent.write(part)) await once(sent, 'drain')
  }
  for (let n = 0; n < count; n++) for (const part of [head, bytes, next]) await write(part)
  sent.end(end)
  const [response] = await responded
  const answer = JSON.parse(await text(response))
  if (answer.stored !== count) throw new Error(`${answer.stored} of ${count} were stored`)
}
