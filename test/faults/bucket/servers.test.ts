// Servers that share a bucket, each killed at every kind of request to it, while clients change what all of them serve.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { newChance } from '../../support/chance.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { say } from '../../support/faults/say.ts'
import { sha256Of } from '../../support/pictures/pictures.ts'
import { CEPH_KEYS } from '../../support/processes/ceph.mjs'
import { startChild } from '../../support/processes/child.ts'
import { memoryOptions, startMemoryEngine } from '../../support/s3/engine.ts'
import { atRandom, type Fault, type Proxy as FaultProxy, startProxy } from '../../support/s3/proxy.ts'
import { type Life, startClients } from './servers/clients.ts'
import { checkAll, createPool } from './servers/pool.ts'
import { isOfKind, type Strike, strikesAt } from './servers/strikes.ts'

const SERVERS = 3
const CLIENTS = 24
/** Changes that are acknowledged at least: the rest behind the last kill. */
const CHANGES = 2000
/** Requests of a hundred that have a fault besides. */
const FAULTY_PERCENT = 10
/** Kills at each kind of request, before and after the engine. */
const TIMES = 10

const openedSchema = z.object({ url: z.string() })

/** A server that is started again with the same folder after each kill. */
interface Slot {
  proxy: FaultProxy
  workDir: string
}

const smallFile = async () => {
  const bytes = randomBytes(64)
  return { bytes, sha256: sha256Of(bytes) }
}

/** Limit against hanging, in milliseconds: a minute or two on a machine that has nothing else to do. */
const LIMIT_MS = 3_600_000

it('servers lose and double nothing while each is killed at all of its requests to the bucket', {
  timeout: LIMIT_MS,
}, async () => {
  const chance = newChance()
  const engine = await startMemoryEngine()
  const folder = await temporaryFolder()
  const played = new Map<string, number>()
  const strikes = strikesAt(chance, TIMES)
  const planned = strikes.length
  const pool = createPool(chance)
  const clients = startClients({ chance, clients: CLIENTS, anyServer: pool.any, file: smallFile })
  let kills = 0

  /** Serves until it is struck, maybe while it starts. @param strike @default none, and it resolves once it serves */
  const live = async ({ proxy, workDir }: Slot, strike?: Strike): Promise<void> => {
    const child = await startChild(new URL('./servers/server.mjs', import.meta.url))
    const faults = atRandom({ chance, percent: FAULTY_PERCENT, played })
    let life: Life | undefined
    let seen = 0
    let end = (): void => {}
    const killed = new Promise<void>((resolve) => {
      end = resolve
    })
    const gone = killed.then(() => proxy.emptied())
    const kill = async (): Promise<void> => {
      if (life) pool.running.delete(life)
      await child.kill()
      kills++
      end()
    }
    proxy.decideBy((request): Fault | undefined => {
      const isStruck = strike && isOfKind(strike.kind, request) && ++seen === strike.nth
      return isStruck ? { isCarriedOut: strike.isCarriedOut, call: kill, answer: 'lost' } : faults(request)
    })
    const patience = { timeoutMs: 60_000, deadlineMs: 300_000 }
    const bucket = { ...memoryOptions(proxy.endpoint), ...patience, credentials: CEPH_KEYS }
    const answer = await child.ask({ bucket, workDir }).catch((error: unknown) => {
      if (!strike || seen < strike.nth) throw error
    })
    if (answer && (!strike || seen < strike.nth)) {
      life = { url: openedSchema.parse(answer).url, gone }
      pool.running.add(life)
    }
    if (strike) await gone
  }

  const work = async (n: number): Promise<Slot> => {
    const slot = { proxy: await startProxy(engine.endpoint), workDir: join(folder, `${n}`) }
    for (let strike = strikes.pop(); strike; strike = strikes.pop()) await live(slot, strike)
    await live(slot)
    return slot
  }
  const slots = await Promise.all(Array.from({ length: SERVERS }, (_, n) => work(n)))
  await expect.poll(clients.acknowledged, { timeout: LIMIT_MS }).toBeGreaterThanOrEqual(CHANGES)
  await clients.end()
  for (const { proxy } of slots) proxy.decideBy(() => undefined)
  expect(pool.running.size).toBe(SERVERS)
  await checkAll(clients, pool.running, engine)
  expect(kills).toBe(planned)
  expect(kills).toBeGreaterThanOrEqual(200)
  expect(played.size).toBe(8)
  const faults = [...played.values()].reduce((sum, each) => sum + each, 0)
  say(
    `servers of a bucket: ${kills} kills, ${faults} other faults, ${clients.acknowledged()} changes acknowledged, ` +
      `others: ${JSON.stringify(clients.unknown())}`,
  )
})
