// Built servers that share a bucket, while one of them is cut off from it, stopped for longer than the age of anything, or
// killed, and a sweep removes what is old.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { newImageId } from '../../../src/core/names.ts'
import { createBucket } from '../../../src/stores/s3/client/bucket.ts'
import { newChance } from '../../support/chance.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { say } from '../../support/faults/say.ts'
import { CEPH_KEYS } from '../../support/processes/ceph.mjs'
import type { Service } from '../../support/processes/start.mjs'
import { serve } from '../../support/processes/tintype.ts'
import { memoryOptions, startMemoryEngine } from '../../support/s3/engine.ts'
import { atRandom, type Proxy as FaultProxy, startProxy } from '../../support/s3/proxy.ts'
import { openS3Store } from '../../support/s3/store.ts'
import { type Life, startClients } from './servers/clients.ts'
import { checkAll, createPool, LONG_MS } from './servers/pool.ts'
import { isOfKind, type Kind } from './servers/strikes.ts'

const CLIENTS = 6
/** Changes that are acknowledged between two faults. */
const CHANGES = 15
/** Limit against hanging, in milliseconds. */
const REST_MS = 300_000
/** Requests of an upload and of any change, at which a server is stopped or killed. */
const STOPPED_AT: readonly Kind[] = ['variant of an upload', 'commit', 'listing of revisions']

interface Machine {
  proxy: FaultProxy
  env: Record<string, string>
  service: Service
  life: Life
}

it('servers that are cut off, stopped or killed lose and double nothing, while what is old is swept', async () => {
  const chance = newChance()
  const engine = await startMemoryEngine()
  const pool = createPool(chance)
  const clients = startClients({ chance, clients: CLIENTS, anyServer: pool.any })
  const faults = atRandom({ chance, percent: 5, mostDelayMs: 3000 })

  const start = async ({ proxy, env }: Pick<Machine, 'proxy' | 'env'>): Promise<Machine> => {
    const service = await serve([], { env })
    const gone = service.ended.then(() => proxy.emptied())
    const life = { url: service.url, gone }
    pool.running.add(life)
    return { proxy, env, service, life }
  }

  const newMachine = async (): Promise<Machine> => {
    const proxy = await startProxy(engine.endpoint)
    const env = {
      STORE: 's3://pictures',
      S3_ENDPOINT: proxy.endpoint,
      AWS_ACCESS_KEY_ID: CEPH_KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CEPH_KEYS.secretAccessKey,
      // Each machine has a disk of its own.
      BUCKET_CACHE_DIR: join(await temporaryFolder(), 'cache'),
    }
    proxy.decideBy(faults)
    return start({ proxy, env })
  }

  /** Resolves once more changes were acknowledged. */
  const goOn = async (): Promise<void> => {
    const enough = clients.acknowledged() + CHANGES
    await expect.poll(clients.acknowledged, { timeout: REST_MS }).toBeGreaterThanOrEqual(enough)
  }

  const bucket = createBucket(memoryOptions(engine.endpoint))
  await openS3Store(memoryOptions(engine.endpoint), await temporaryFolder(), { orphanSweepMs: 200 })
  /** Everything in the bucket becomes old, and is swept. */
  const age = async (): Promise<void> => {
    const orphan = `projects/one/original/${newImageId()}.jpg`
    await bucket.put(orphan, '')
    engine.advance(LONG_MS)
    await expect.poll(() => engine.keys().includes(`pictures/${orphan}`), { timeout: REST_MS }).toBe(false)
  }

  /** Strikes a server once it makes a request of a kind. */
  const strike = ({ proxy }: Machine, kind: Kind, isCarriedOut: boolean, call: () => Promise<void>): Promise<void> =>
    new Promise((resolve) => {
      let isStruck = false
      proxy.decideBy((request) => {
        if (isStruck || !isOfKind(kind, request)) return faults(request)
        isStruck = true
        return { isCarriedOut, call: () => call().finally(resolve), ...(isCarriedOut ? {} : { answer: 'lost' }) }
      })
    })

  const [first, second, third] = await Promise.all([newMachine(), newMachine(), newMachine()])
  await goOn()

  // Until a client was told so.
  first.proxy.decideBy(() => ({ isCarriedOut: false, answer: 'lost' }))
  await age()
  await expect.poll(() => Object.keys(clients.unknown()), { timeout: REST_MS }).toContain('503 store_unavailable')
  first.proxy.decideBy(faults)
  await goOn()

  const { pid } = second.service.child
  if (pid === undefined) throw new Error('the server has no process')
  for (const kind of STOPPED_AT) {
    await strike(second, kind, true, async () => {
      process.kill(-pid, 'SIGSTOP')
    })
    pool.running.delete(second.life)
    await age()
    process.kill(-pid, 'SIGCONT')
    pool.running.add(second.life)
    await goOn()
  }

  let machine = third
  for (const kind of STOPPED_AT)
    for (const isCarriedOut of [true, false]) {
      const { life, service } = machine
      await strike(machine, kind, isCarriedOut, async () => {
        pool.running.delete(life)
        await service.kill()
      })
      await life.gone
      machine = await start(machine)
      await goOn()
    }

  await clients.end()
  for (const { proxy } of [first, second, third]) proxy.decideBy(() => undefined)
  await checkAll(clients, pool.running, engine)
  await bucket.close()
  say(
    `stopped servers of a bucket: ${clients.acknowledged()} changes acknowledged, ` +
      `others: ${JSON.stringify(clients.unknown())}`,
  )
})
