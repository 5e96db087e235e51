// A server in the settings that the guide tells people to run it in, and uploads to it.

import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startTintype, untilServing } from './start.mjs'

/** Limits are counted, and are out of reach of a benchmark. */
export const PRODUCTION_OPTIONS = /** @type {const} */ ({
  auth: 'required',
  trustProxy: 'loopback',
  rateLimit: 1_000_000,
  rateLimitWrites: 1_000_000,
  maxImagesPerProject: 100_000,
  maxBytesPerOwner: 1_000_000_000_000,
})

/** The same for the command, and the number of threads that `npm start` sets. */
const PRODUCTION = {
  ...Object.fromEntries(
    Object.entries(PRODUCTION_OPTIONS).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
      String(value),
    ]),
  ),
  UV_THREADPOOL_SIZE: '16',
}

/**
 * Creates an API key of the storage folder below a folder.
 *
 * @param {string} folder
 */
export const createKey = async (folder) => {
  await mkdir(folder, { recursive: true })
  const args = ['key', 'create', '--name', 'bench', '--role', 'admin', '--storage', join(folder, 'storage')]
  const created = startTintype(args, { cwd: folder })
  if ((await created.ended) !== 0) throw new Error(created.stderr())
  return created.stdout().trim()
}

/**
 * Starts a server with an API key. Its log goes to a file: read by this process, it would take part of the cores that are
 * measured.
 *
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} [env]
 */
export const startInProduction = async (folder, env = {}) => {
  const key = await createKey(folder)
  const log = openSync(join(folder, 'tintype.log'), 'w')
  const args = ['serve', '--port', '0', '--storage', join(folder, 'storage')]
  const server = await untilServing(startTintype(args, { cwd: folder, env: { ...PRODUCTION, ...env }, log }))
  return { ...server, key }
}

/**
 * Starts `tintype work` for the jobs of a server that {@link startInProduction} has started in the folder.
 *
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env with QUEUE
 */
export const startWorkInProduction = async (folder, env) => {
  const log = openSync(join(folder, 'work.log'), 'w')
  const args = ['work', '--storage', join(folder, 'storage')]
  const started = startTintype(args, { cwd: folder, env: { ...PRODUCTION, ...env }, log })
  while (!started.stdout().includes('Ctrl-C')) await once(started.child.stdout, 'data')
  return started
}

const BOUNDARY = '----------------------------tintype'

/**
 * The whole body of an upload at once: the work of the client is done by the same cores.
 *
 * @param {Buffer} bytes
 */
export const formOf = (bytes) =>
  Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n\r\n`),
    bytes,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ])

const agent = new Agent({ keepAlive: true })
let uploads = 0

/**
 * Uploads with a key and an idempotency key, as a client in production does.
 *
 * @param {{ url: string, key?: string }} server
 * @param {string} project
 * @param {Buffer} body of {@link formOf}
 */
export const upload = async (server, project, body) => {
  await post(server, project, body, {}, 201)
}

/**
 * Uploads without waiting for the picture.
 *
 * @param {{ url: string, key?: string }} server
 * @param {string} project
 * @param {Buffer} body of {@link formOf}
 * @returns {Promise<string>} the id of the job
 */
export const enqueue = async (server, project, body) => {
  const answer = await post(server, project, body, { Prefer: 'respond-async' }, 202)
  return JSON.parse(answer).job_id
}

/**
 * Waits until a job has succeeded.
 *
 * @param {{ url: string, key?: string }} server
 * @param {string} jobId
 */
export const untilDone = async ({ url, key }, jobId) => {
  for (;;) {
    const answer = JSON.parse(await send(`${url}/jobs/${jobId}?wait=60`, { headers: keyHeaders(key) }, 200))
    if (answer.state === 'succeeded') return
    if (answer.state !== 'queued' && answer.state !== 'running') throw new Error(JSON.stringify(answer))
  }
}

const post = async ({ url, key }, project, body, more, status) => {
  const headers = {
    'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
    'Content-Length': body.length,
    'Idempotency-Key': `upload-${++uploads}`,
    ...keyHeaders(key),
    ...more,
  }
  const sent = () => send(`${url}/projects/${project}/images`, { method: 'POST', headers }, status, body)
  try {
    return await sent()
  } catch (error) {
    // An idle connection that the server closed at this moment, as on a busy machine. The key makes a repetition safe.
    if (!(error instanceof Error && 'code' in error && error.code === 'ECONNRESET')) throw error
    return await sent()
  }
}

const keyHeaders = (key) => (key === undefined ? {} : { 'X-API-Key': key })

const send = async (url, options, status, body) => {
  const [response] = await once(request(url, { ...options, agent }).end(body), 'response')
  const answer = await text(response)
  if (response.statusCode !== status) throw new Error(`${response.statusCode} ${answer}`)
  return answer
}
