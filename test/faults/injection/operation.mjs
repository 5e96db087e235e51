// One process of the fault tests: opens a store, then runs operations on the real app, one at a time.
// Plain JavaScript on dist/, because Node 20 runs no TypeScript.

import { webcrypto } from 'node:crypto'
import { readFile, readlink } from 'node:fs/promises'
import { createTintype } from '../../../dist/index.js'
import { createLogger } from '../../../dist/telemetry/logger.js'

// Folders and files get the same names in every run, so that strace can count the calls that name them.
let seed = 1
webcrypto.getRandomValues = (bytes) => {
  for (const at of bytes.keys()) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    bytes[at] = seed >>> 16
  }
  return bytes
}

// The time of a job is part of its name.
const startedMs = Number(process.env.STARTED_MS)
globalThis.Date = class extends Date {
  constructor(...given) {
    super(...(given.length > 0 ? given : [startedMs]))
  }
}

let tintype

process.on('message', async ({ type, ...message }) => {
  try {
    process.send(await tasks[type](message))
  } catch (error) {
    process.send({ failed: String(error?.stack ?? error) })
  }
})

const tasks = {
  /** Returns the id of the one thread that does all calls to the disk (`UV_THREADPOOL_SIZE=1`). */
  async open({ options }) {
    tintype = createTintype({ encoders: 1, log: createLogger({ level: 'silent' }), ...options })
    await tintype.ready
    return { thread: Number((await readlink('/proc/thread-self')).split('/').at(-1)) }
  },

  async request({ method, path, upload, json, headers = {} }) {
    const body = await bodyOf(upload, json)
    const answer = await tintype.app.request(path, { method, ...body, headers: { ...body.headers, ...headers } })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
  },

  async close() {
    await tintype.close()
    return {}
  },
}

const bodyOf = async (upload, json) => {
  if (json !== undefined) return { body: JSON.stringify(json), headers: { 'Content-Type': 'application/json' } }
  if (upload === undefined) return {}
  const body = new FormData()
  body.set('file', new Blob([await readFile(upload)]), 'photo.png')
  return { body }
}
