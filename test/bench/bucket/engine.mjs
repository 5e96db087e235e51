// The engine of a benchmark, and servers over it or over a folder.

import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBucket } from '../../../dist/stores/s3/client/bucket.js'
import { CEPH_KEYS, CEPH_PROGRAMS, cephPort, startCeph } from '../../support/processes/ceph.mjs'
import { startTintype, untilServing } from '../../support/processes/start.mjs'

const BUCKET = 'bench'

/** Starts Ceph, or the engine in memory where this machine lacks it. @param {string} folder */
export const startEngine = async (folder) => {
  const hasCeph = Object.keys(CEPH_PROGRAMS).every((program) => !spawnSync(program, ['--version']).error)
  const { endpoint, stop } = hasCeph ? await startCeph({ folder, port: await cephPort() }) : await startInMemory()
  const options = { endpoint, bucket: BUCKET, region: 'us-east-1', credentials: () => Promise.resolve(CEPH_KEYS) }
  const all = createBucket(options)
  await all.create()
  await all.close()
  return {
    name: hasCeph ? 'Ceph on loopback' : 'an engine in memory, as this machine has no Ceph',
    stop,
    /** Environment of a command with a store in the bucket. @param {string} store */
    env: (store) => ({
      ...{ STORE: urlOf(store), S3_ENDPOINT: endpoint },
      ...{ AWS_ACCESS_KEY_ID: CEPH_KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: CEPH_KEYS.secretAccessKey },
    }),
    urlOf,
    /** Client of a store in the bucket. @param {string} store */
    open: (store) => createBucket({ ...options, prefix: `${store}/` }),
  }
}

/** @param {string} store */
const urlOf = (store) => `s3://${BUCKET}/${store}`

const startInMemory = async () => {
  const child = fork(fileURLToPath(new URL('../programs/s3-engine.mjs', import.meta.url)))
  const [{ port }] = await once(child, 'message')
  const stop = async () => {
    child.disconnect()
    await once(child, 'exit')
  }
  return { endpoint: `http://127.0.0.1:${port}`, stop }
}

/**
 * Starts a server as `npm start` does, in an empty folder of its own.
 *
 * @param {string} folder made here; keeps its log
 * @param {NodeJS.ProcessEnv} env with STORE or STORAGE_DIR
 */
export const startServer = async (folder, env) => {
  await mkdir(folder, { recursive: true })
  const log = openSync(join(folder, 'tintype.log'), 'w')
  const local = env.STORE === undefined ? {} : { BUCKET_CACHE_DIR: join(folder, 'cache') }
  const all = { AUTH: 'none', LOG_LEVEL: 'warn', UV_THREADPOOL_SIZE: '16', ...local, ...env }
  const { url, child, stop } = await untilServing(
    startTintype(['serve', '--port', '0'], { cwd: folder, env: all, log }),
  )
  return { url, pid: child.pid ?? 0, stop }
}

/**
 * Starts servers that share one store in a folder, and as many that share one in the bucket.
 *
 * @param {string} folder
 * @param {Awaited<ReturnType<typeof startEngine>>} engine
 * @param {string} name of the store
 * @param {number} count
 */
export const startBoth = async (folder, engine, name, count) => {
  const ways = { folder: { STORAGE_DIR: join(folder, name, 'storage') }, bucket: engine.env(name) }
  const servers = { folder: [], bucket: [] }
  const stop = async () => {
    for (const each of [...servers.folder, ...servers.bucket]) await each.stop()
  }
  try {
    for (const [way, env] of Object.entries(ways))
      for (let n = 0; n < count; n++) servers[way].push(await startServer(join(folder, name, `${way}-${n}`), env))
  } catch (error) {
    await stop()
    throw error
  }
  return { ...servers, stop }
}
