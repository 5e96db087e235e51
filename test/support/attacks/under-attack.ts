// A group of attacks on one server, and what must hold after all of them.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orUndefined } from '../store/read-project.ts'
import { straysAfterSweep } from '../store/strays.ts'
import { type Honest, startHonest } from './honest.ts'
import { besideStore, createTarget, type Target } from './target.ts'

/** Memory of all processes of the server together, in bytes; shared pages count for each. One bomb takes more. */
const MOST_MEMORY = 800e6

/** Everything that a store has at its top. */
const TOP_OF_STORE = ['.accounts', '.cache', '.running', '.tintype.json', '.tmp', 'projects']

/** Least requests of the honest client during the attacks. */
const LEAST_REQUESTS = 14

/** Time limit of one test, in milliseconds, against hanging, on a machine that is busy with other tests. */
const LONGEST_MS = 180_000

export interface UnderAttack {
  target: Target
  honest: Honest
}

export interface AttackOptions {
  /** More settings of the server, once it is known what they are. @default none */
  env?(): Promise<Record<string, string>>
}

/** @param attacks registers tests; each gets the server when it runs */
export const describeAttacks = (
  name: string,
  attacks: (attacked: () => UnderAttack) => void,
  { env }: AttackOptions = {},
): void => {
  describe(name, { timeout: LONGEST_MS }, () => {
    let started: (UnderAttack & { before: string[] }) | undefined
    const attacked = () => {
      if (!started) throw new Error('the server did not start')
      return started
    }
    beforeAll(async () => {
      const target = await createTarget(await env?.())
      const before = await besideStore(target)
      started = { target, before, honest: startHonest(target) }
    })
    afterAll(async () => {
      await started?.honest.stop()
      await started?.target.end()
    })

    attacks(attacked)

    it('does no harm: the server is up, small and clean, and honest requests were answered', async () => {
      const { target, honest, before } = attacked()
      await honest.goesOn(LEAST_REQUESTS)
      await honest.stop()
      expect(honest.failures()).toEqual([])
      expect((await target.ask('/ready')).status).toBe(200)
      expect(honest.mostMemory()).toBeGreaterThan(50e6)
      expect(honest.mostMemory()).toBeLessThan(MOST_MEMORY)
      expect(await besideStore(target)).toEqual(before)
      expect(await straysAfterSweep(target.storageDir)).toEqual([])
      const top = await readdir(target.storageDir)
      expect(top.filter((each) => !TOP_OF_STORE.includes(each))).toEqual([])
      expect((await orUndefined(readdir(join(target.storageDir, '.running')))) ?? []).toEqual([])
      // Unexpected errors are logged under this name, with their stack.
      expect(
        target
          .log()
          .split('\n')
          .filter((line) => line.includes('"msg":"internal;')),
      ).toEqual([])
    })
  })
}
