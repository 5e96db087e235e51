// Uploads over HTTP in the settings of production, everything on disk and synced, in turn against Tintype and the plain
// way; CPU of all processes against one decode and one medium encode by Tintype's own way.
//
//   npm run bench -- upload [rounds]

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { photo } from '../support/pictures/photo.mjs'
import { createKey, formOf, startInProduction, upload } from '../support/processes/production.mjs'
import { cpuOfTree } from './measure/cpu.mjs'
import { median, spread } from './measure/statistics.mjs'
import { benchPictures, pictureTable } from './pictures.mjs'

/** The pictures of pictures.mjs, in its order. */
const PICTURES = [
  { picture: '12 MP', width: 4000, height: 3000, images: 36 },
  { picture: '2 MP', width: 1632, height: 1224, images: 96 },
]

/** Uploads at the same time: enough to keep every core busy. */
const CLIENTS = 12

/** @param {readonly string[]} args */
export const run = async ([rounds = '5']) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const servers = {
    plain: await startPlain(join(folder, 'plain')),
    tintype: await startTintype(join(folder, 'tintype')),
  }
  const rows = []
  try {
    for (const each of PICTURES) rows.push(await compare(servers, each, Number(rounds)))
  } finally {
    await Promise.all(Object.values(servers).map(({ stop }) => stop()))
    await rm(folder, { recursive: true, force: true })
  }
  const pictures = await benchPictures({ rounds: 15 })
  console.log(
    `\nUploads over HTTP with keys, limits, a quota, idempotency keys and logs, ${CLIENTS} at a time, everything on disk ` +
      `and synced; medians of ${rounds} rounds in turn:`,
  )
  console.table(rows.map(({ cpuMs, ...row }, at) => ({ ...row, ...comparedToOwn(cpuMs, pictures[at].coreMs) })))
  console.log('CPU of the picture work alone, one picture, medians in turn:')
  console.table(pictureTable(pictures))
}

const comparedToOwn = (cpuMs, ownMs) => ({
  'tintype CPU ms': cpuMs.toFixed(1),
  'own decode + medium ms': ownMs.toFixed(1),
  'CPU / own': (cpuMs / ownMs).toFixed(2),
})

const compare = async (servers, { picture, width, height, images }, rounds) => {
  const bytes = await photo({ width, height })
  const body = formOf(bytes)
  const results = { plain: [], tintype: [] }
  // The first round warms up.
  for (let round = -1; round < rounds; round++) {
    for (const [way, server] of Object.entries(servers)) {
      const result = await uploads(server, body, images)
      if (round >= 0) results[way].push(result)
    }
  }
  const [slow, fast] = [results.plain, results.tintype].map((list) => ({
    rate: median(list.map(({ rate }) => rate)),
    cpu: median(list.map(({ cpuMs }) => cpuMs)),
  }))
  const times = results.tintype.map(({ rate }, n) => rate / results.plain[n].rate)
  return {
    picture,
    'upload MB': (bytes.length / 1e6).toFixed(1),
    'plain images/s': slow.rate.toFixed(1),
    'tintype images/s': fast.rate.toFixed(1),
    'times as many': median(times).toFixed(2),
    'min-max': spread(times, 2),
    'plain CPU ms': slow.cpu.toFixed(0),
    cpuMs: fast.cpu,
  }
}

/** Uploads a number of images and gives images a second, and the CPU time of one image in milliseconds. */
const uploads = async (server, body, images) => {
  let left = images
  const client = async () => {
    while (left-- > 0) await upload(server, 'bench', body)
  }
  const cpu = cpuOfTree(server.pid)
  const begin = performance.now()
  await Promise.all(Array.from({ length: CLIENTS }, client))
  const seconds = (performance.now() - begin) / 1000
  return { rate: images / seconds, cpuMs: (cpuOfTree(server.pid) - cpu) / images }
}

const startTintype = async (folder) => {
  const { child, ...server } = await startInProduction(folder)
  return { ...server, pid: child.pid }
}

/** The plain way behind the same server, in the same settings. */
const startPlain = async (folder) => {
  const key = await createKey(folder)
  const script = fileURLToPath(new URL('./programs/server.mjs', import.meta.url))
  const child = fork(script, ['plain', join(folder, 'storage')])
  const [{ port }] = await once(child, 'message')
  const stop = async () => {
    child.disconnect()
    await once(child, 'exit')
  }
  return { url: `http://127.0.0.1:${port}`, key, pid: child.pid, stop }
}
