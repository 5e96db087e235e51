// Running servers, of which clients take any, and the check of what they serve in the end.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Chance } from '../../../support/chance.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { type MemoryEngine, memoryOptions } from '../../../support/s3/engine.ts'
import { openS3Store } from '../../../support/s3/store.ts'
import { type Clients, type Life, PROJECTS } from './clients.ts'
import type { Listed } from './history.ts'
import { leftovers } from './leftovers.ts'

export interface Pool {
  running: Set<Life>
  /** Resolves with one of them, once there is one. */
  any(): Promise<Life>
}

export const createPool = (chance: Chance): Pool => {
  const running = new Set<Life>()
  return {
    running,
    async any() {
      for (;;) {
        const server = [...running][chance.number(Math.max(1, running.size))]
        if (server) return server
        await sleep(5)
      }
    },
  }
}

/** Two hours, in milliseconds: longer than anything in a bucket stays young. */
export const LONG_MS = 2 * 3_600_000

/** Compares every project on every server, and after a sweep of what is old by then, the objects in the bucket. */
export const checkAll = async (clients: Clients, servers: Iterable<Life>, engine: MemoryEngine): Promise<void> => {
  const lists = new Map<string, Listed>()
  for (const server of servers)
    for (const projectId of PROJECTS) {
      const list = await clients.check(server, projectId)
      expect(list).toEqual(lists.get(projectId) ?? list)
      lists.set(projectId, list)
    }
  expect(clients.findings).toEqual([])
  engine.advance(LONG_MS)
  await openS3Store(memoryOptions(engine.endpoint), await temporaryFolder(), { orphanSweepMs: 100 })
  await expect.poll(() => leftovers(engine, lists), { timeout: 240_000 }).toEqual([])
}
