// Leases: objects by which servers see that a process on another machine lives, by the engine's clock.
//
//   .owners/<owner>.json     written again every 20 seconds; a process without one, or with an old one, counts as dead
//
// Processes of one machine see each other at once by their work folders, and end the lease of one that has died.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../../telemetry/logger.ts'
import type { Paths } from '../file/paths.ts'
import { ownerLives } from '../file/staging/owner.ts'
import { OWNER_FILE } from '../file/staging/workspace.ts'
import type { Bucket } from './client/bucket.ts'

export interface LeasesOptions {
  bucket: Pick<Bucket, 'put' | 'head' | 'listAll' | 'remove'>
  /** Of the local work folder. */
  paths: Paths
  /** Name of this process: another one after its workspace was swept. */
  owner(): string
  /** Age at which a process counts as dead, in milliseconds; equal in every server. @default 60000 */
  leaseMs?: number
  log: Logger
}

export interface Leases {
  /** Lets other machines see from now on that this process lives. @throws TintypeError `store_unavailable` */
  hold(): Promise<void>
  /** False for a process that has ended, or has been silent for long. @throws TintypeError `store_unavailable` */
  isAlive(owner: string): Promise<boolean>
  /** Ends the lease of a process that is known to be dead. @throws TintypeError `store_unavailable` */
  end(owner: string): Promise<void>
  /** Removes leases that no process has renewed for a day. @throws TintypeError `store_unavailable` */
  sweep(): Promise<void>
  /** Ends the lease of this process. */
  close(): Promise<void>
}

const FOLDER = '.owners/'
const DAY_MS = 86_400_000

export const createLeases = ({ bucket, paths, owner, leaseMs = 60_000, log }: LeasesOptions): Leases => {
  const keyOf = (name: string): string => `${FOLDER}${name}.json`
  /** Owner whose lease is held, and the writing of it. */
  let held: { name: string; written: Promise<void> } | undefined
  let timer: NodeJS.Timeout | undefined

  const write = (name: string): Promise<void> => bucket.put(keyOf(name), '').then(() => {})

  const renew = (): void => {
    if (held)
      write(held.name).catch((error: unknown) =>
        log.warn({ error }, 'could not renew the lease of this process; trying again'),
      )
  }

  return {
    async hold() {
      const name = owner()
      if (held?.name !== name) held = { name, written: write(name) }
      const { written } = held
      try {
        await written
      } catch (error) {
        if (held?.written === written) held = undefined
        throw error
      }
      timer ??= setInterval(renew, leaseMs / 3).unref()
    },

    async isAlive(name) {
      const ownerFile = join(paths.tmp, name, OWNER_FILE)
      if (existsSync(ownerFile)) return ownerLives(ownerFile)
      const { found, dateMs } = await bucket.head(keyOf(name))
      return found !== undefined && dateMs - found.modifiedMs < leaseMs
    },

    end: (name) => bucket.remove(keyOf(name)),

    async sweep() {
      const { objects, dateMs } = await bucket.listAll(FOLDER)
      for (const { key, modifiedMs } of objects) if (dateMs - modifiedMs > DAY_MS) await bucket.remove(key)
    },

    async close() {
      clearInterval(timer)
      if (held) await bucket.remove(keyOf(held.name)).catch(() => {})
    },
  }
}
