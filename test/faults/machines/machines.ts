// The machines of the guide's chapter "Many machines", on loopback: Ceph, RabbitMQ, Redis, servers behind nginx, workers.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { jobKeys } from '../../../src/stores/jobs/bucket/layout.ts'
import type { Bucket } from '../../../src/stores/s3/client/bucket.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { codeBlocks } from '../../support/guides.ts'
import { freePort } from '../../support/net/ports.mjs'
import { CEPH_KEYS, cephPort, startCeph } from '../../support/processes/ceph.mjs'
import { startNginx } from '../../support/processes/nginx.mjs'
import { createRabbitMq } from '../../support/processes/rabbitmq.ts'
import type { Run, Service } from '../../support/processes/start.mjs'
import { runTintype, serve } from '../../support/processes/tintype.ts'
import { createRedis } from '../../support/redis/redis.ts'
import { openBucket } from '../../support/s3/ceph.ts'

const GUIDE = new URL('../../../src/stores/s3/README.md', import.meta.url)

/** Longest start of a program, in milliseconds. */
const START_MS = 120_000

export interface Machines {
  /** Of nginx, which divides requests among the servers. */
  url: string
  /** Two servers. */
  servers: readonly [Service, Service]
  /** An admin's. */
  key: string
  /** Starts a `tintype work`. */
  work(): Promise<Run>
  /** Starts one more server, which nginx does not know. */
  serve(): Promise<Service>
  /** Jobs that wait or are being made, as keys of the bucket. */
  waitingJobs(): Promise<string[]>
}

/** Starts two servers and what is around them, by the settings and the configuration of the guide. */
export const startMachines = async (): Promise<Machines> => {
  const guide = await readFile(GUIDE, 'utf8')
  const [engine, queue, redis] = await Promise.all([startEngine(), startBroker(), startRedis()])
  const settings = { ...settingsIn(guide), ...engine, QUEUE: queue, RATE_LIMIT_REDIS: redis, TRUST_PROXY: 'loopback' }
  // Each machine has a disk of its own.
  const env = async () => ({ ...settings, BUCKET_CACHE_DIR: join(await temporaryFolder(), 'cache') })

  const created = await runTintype(['key', 'create', '--name', 'test', '--role', 'admin'], { env: await env() })
  expect(await created.ended, created.stderr()).toBe(0)
  const key = created.stdout().trim()
  const another = async () => serve([], { env: await env() })
  const [first, second] = [await another(), await another()]
  const bucket = openStore(settings)
  return {
    url: await startProxy(guide, [first.port, second.port]),
    servers: [first, second],
    key,
    serve: another,
    async waitingJobs() {
      const found = await Promise.all([jobKeys.queued, jobKeys.held].map((prefix) => bucket.listAll(prefix)))
      return found.flatMap(({ objects }) => objects.map(({ key: marker }) => marker))
    },
    async work() {
      const worker = await runTintype(['work', '--encoders', '1'], { env: await env() })
      await vi.waitFor(() => expect(worker.stdout()).toContain('Ctrl-C'), { timeout: START_MS })
      return worker
    },
  }
}

/** The bucket of the settings. */
const openStore = ({ STORE: store = '', S3_ENDPOINT: endpoint }: Record<string, string>): Bucket => {
  const { hostname, pathname } = new URL(store)
  return openBucket({
    bucket: hostname,
    prefix: `${pathname.slice(1)}/`,
    ...(endpoint === undefined ? {} : { endpoint }),
    region: 'us-east-1',
    credentials: () => Promise.resolve(CEPH_KEYS),
  })
}

const startEngine = async (): Promise<Record<string, string>> => {
  const ceph = await startCeph({ folder: join(await temporaryFolder(), 'ceph'), port: await cephPort() })
  onTestFinished(() => ceph.stop())
  return {
    S3_ENDPOINT: ceph.endpoint,
    AWS_ACCESS_KEY_ID: CEPH_KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CEPH_KEYS.secretAccessKey,
  }
}

const startBroker = async (): Promise<string> => {
  const broker = await createRabbitMq()
  onTestFinished(() => broker.remove())
  await broker.start()
  return broker.url
}

const startRedis = async (): Promise<string> => {
  const redis = await createRedis(['--requirepass', 'secret-of-the-test'])
  await redis.start()
  return `redis://:secret-of-the-test@127.0.0.1:${redis.port}/0`
}

/** Starts nginx with the configuration of the guide, but for its ports. @returns its URL */
const startProxy = async (guide: string, [first, second]: readonly [number, number]): Promise<string> => {
  const [config = ''] = codeBlocks(guide, 'nginx')
  const port = await freePort()
  const http = config
    .replace('10.0.0.11:8001', `127.0.0.1:${first}`)
    .replace('10.0.0.12:8001', `127.0.0.1:${second}`)
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
  const nginx = await startNginx({ folder: await temporaryFolder(), port, http })
  onTestFinished(() => nginx.stop())
  return `http://127.0.0.1:${port}`
}

/** Settings of the guide. */
const settingsIn = (guide: string): Record<string, string> => {
  const [text = ''] = codeBlocks(guide, 'ini')
  return Object.fromEntries([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]))
}
