// Uploads over HTTP with everything on disk and synced, in turn against Tintype and the plain way; then the CPU of the
// picture work alone.
//
//   npm run bench -- upload [rounds]

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { photo } from '../support/pictures/photo.mjs'
import { cpuOfTree } from './cpu.mjs'
import { benchPictures, pictureTable } from './pictures.mjs'
import { median, spread } from './statistics.mjs'

const PICTURES = [
  { picture: '12 MP', width: 4000, height: 3000, images: 36 },
  { picture: '2 MP', width: 1632, height: 1224, images: 96 },
]

/** Uploads at the same time: enough to keep every core busy. */
const CLIENTS = 12

/** @param {readonly string[]} args */
export const run = async ([rounds = '5']) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const servers = [
    await startServer('plain', join(folder, 'plain')),
    await startServer('tintype', join(folder, 'tintype')),
  ]
  try {
    const rows = []
    for (const each of PICTURES) rows.push(await compare(servers, each, Number(rounds)))
    console.log(
      `\nUploads over HTTP, ${CLIENTS} at a time, everything on disk and synced; medians of ${rounds} rounds in turn:`,
    )
    console.table(rows)
  } finally {
    await Promise.all(servers.map(({ stop }) => stop()))
    await rm(folder, { recursive: true, force: true })
  }
  console.log('CPU of the picture work alone, one picture, medians in turn:')
  console.table(pictureTable(await benchPictures({ rounds: 15 })))
}

const compare = async ([plain, tintype], { picture, width, height, images }, rounds) => {
  const bytes = await photo({ width, height })
  const results = { plain: [], tintype: [] }
  // The first round warms up.
  for (let round = -1; round < rounds; round++) {
    for (const [way, server] of Object.entries({ plain, tintype })) {
      const result = await uploads(server, bytes, images)
      if (round >= 0) results[way].push(result)
    }
  }
  const [slow, fast] = [results.plain, results.tintype].map((list) => ({
    rate: median(list.map(({ rate }) => rate)),
    cpu: median(list.map(({ cpuMs }) => cpuMs)),
  }))
  return {
    picture,
    'upload MB': (bytes.length / 1e6).toFixed(1),
    'plain images/s': slow.rate.toFixed(1),
    'tintype images/s': fast.rate.toFixed(1),
    'times as many': median(results.tintype.map(({ rate }, n) => rate / results.plain[n].rate)).toFixed(2),
    'min-max': spread(
      results.tintype.map(({ rate }, n) => rate / results.plain[n].rate),
      2,
    ),
    'plain CPU ms': slow.cpu.toFixed(0),
    'tintype CPU ms': fast.cpu.toFixed(0),
  }
}

/** Uploads a number of images and gives images a second, and the server's CPU time of one image in milliseconds. */
const uploads = async ({ url, pid }, bytes, images) => {
  const body = formOf(bytes)
  let left = images
  const client = async () => {
    while (left-- > 0) await post(`${url}/projects/bench/images`, body)
  }
  const cpu = cpuOfTree(pid)
  const begin = performance.now()
  await Promise.all(Array.from({ length: CLIENTS }, client))
  const seconds = (performance.now() - begin) / 1000
  return { rate: images / seconds, cpuMs: (cpuOfTree(pid) - cpu) / images }
}

const BOUNDARY = '----------------------------tintype'

/** The whole body at once: what the client costs is taken from the same cores. */
const formOf = (bytes) =>
  Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n\r\n`),
    bytes,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ])

const post = async (url, body) => {
  const headers = { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`, 'Content-Length': body.length }
  const sent = request(url, { method: 'POST', agent, headers }).end(body)
  const [response] = await once(sent, 'response')
  const answer = await text(response)
  if (response.statusCode !== 201) throw new Error(`${response.statusCode} ${answer}`)
}

const agent = new Agent({ keepAlive: true })

const startServer = async (way, storageDir) => {
  const child = fork(fileURLToPath(new URL('./server.mjs', import.meta.url)), [way, storageDir])
  const [{ port }] = await once(child, 'message')
  const stop = async () => {
    child.disconnect()
    await once(child, 'exit')
  }
  return { url: `http://127.0.0.1:${port}`, pid: child.pid, stop }
}
