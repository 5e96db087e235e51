// The lock of a project: it keeps writers out of each other's way. Correctness does not rest on it, see commit.ts.

import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { lock } from 'proper-lockfile'
import { TintypeError } from '../../../core/errors.ts'
import { NO_OBSERVER, type Observer } from '../../../telemetry/observer.ts'
import { codeOf } from '../fs/durable.ts'
import type { Paths } from '../paths.ts'

export interface ProjectLockOptions {
  paths: Paths
  /** Age at which a lock counts as left behind, in milliseconds. The same in every process of a store. */
  lockStaleMs: number
  /** Longest wait for the lock, in milliseconds. */
  lockWaitMs: number
  /** @default nobody */
  observer?: Pick<Observer, 'waitedForLock'>
}

/** Runs one function at a time per project, as far as a lock can promise that. */
export type ProjectLock = <T>(projectId: string, critical: () => Promise<T>) => Promise<T>

/** Pauses between two looks at a lock that is taken: the random part keeps those who wait from coming together. */
const PAUSE_MS = { shortest: 1, longest: 3 } as const
/** Longest time until it is tried again, where also the lock's age counts. */
const LOOKS_MS = 100

export const createProjectLock =
  ({ paths, lockStaleMs, lockWaitMs, observer = NO_OBSERVER }: ProjectLockOptions): ProjectLock =>
  async (projectId, critical) => {
    const beganMs = performance.now()
    const held = await acquire(paths, projectId, lockStaleMs, Date.now() + lockWaitMs).finally(() =>
      observer.waitedForLock((performance.now() - beganMs) / 1000),
    )
    try {
      return await critical()
    } finally {
      await held.release()
    }
  }

const acquire = async (paths: Paths, projectId: string, stale: number, deadline: number) => {
  for (;;) {
    // The library's default throws from a timer, which ends the process.
    let compromised = false
    const onCompromised = () => {
      compromised = true
    }
    const settings = { realpath: false, lockfilePath: paths.lock(projectId), stale, onCompromised }
    try {
      const release = await lock(paths.project(projectId), settings)
      // A lock that was taken over is somebody else's now, and theirs to release.
      return { release: async () => (compromised ? undefined : release().catch(() => {})) }
    } catch (error) {
      if (!isTaken(error, paths.project(projectId))) throw error
      if (Date.now() >= deadline)
        throw new TintypeError('busy', `Project "${projectId}" is being changed by others; try again.`, {
          cause: error,
          retryAfterSeconds: 1,
        })
    }
    await untilFree(paths.lock(projectId), deadline)
  }
}

/**
 * Many commits take 10 ms, so whoever waits looks often: a look costs 3 microseconds, where to try and fail takes three
 * trips through the thread pool.
 */
const untilFree = async (lockPath: string, deadline: number): Promise<void> => {
  const until = Math.min(deadline, Date.now() + LOOKS_MS)
  do await sleep(randomInt(PAUSE_MS.shortest, PAUSE_MS.longest + 1))
  while (existsSync(lockPath) && Date.now() < until)
}

/** Also where somebody took the new lock for an old one and removed it before it could be looked at. */
const isTaken = (error: unknown, folder: string): boolean =>
  codeOf(error) === 'ELOCKED' || (codeOf(error) === 'ENOENT' && existsSync(folder))
