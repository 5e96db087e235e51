// Lock of a project: saves writers from starting again. Correctness does not depend on it, see attempt.ts.

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
  /** Age at which a lock counts as abandoned, in milliseconds. The same in every process of a store. */
  lockStaleMs: number
  /** Longest wait for the lock, in milliseconds. */
  lockWaitMs: number
  /** @default none */
  observer?: Pick<Observer, 'waitedForLock'>
}

/** Runs one function at a time per project, as far as a lock file can guarantee that. */
export type ProjectLock = <T>(projectId: string, critical: () => Promise<T>) => Promise<T>

/** Pause between two checks of a taken lock. Random, so that waiting processes do not retry together. */
const PAUSE_MS = { shortest: 1, longest: 3 } as const
/** Longest time until the next attempt to lock, which takes over a stale lock. */
const RETRY_MS = 100

export const createProjectLock =
  ({ paths, lockStaleMs, lockWaitMs, observer = NO_OBSERVER }: ProjectLockOptions): ProjectLock =>
  async (projectId, critical) => {
    const beganMs = performance.now()
    const held = await acquire(paths, projectId, lockStaleMs, performance.now() + lockWaitMs).finally(() =>
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
      // A lock that was taken over belongs to another process.
      return { release: async () => (compromised ? undefined : release().catch(() => {})) }
    } catch (error) {
      if (!isTaken(error, paths.project(projectId))) throw error
      if (performance.now() >= deadline)
        throw new TintypeError('busy', `Other processes are changing project "${projectId}"; try again.`, {
          cause: error,
          retryAfterSeconds: 1,
        })
    }
    await untilFree(paths.lock(projectId), deadline)
  }
}

/**
 * Waits until the lock file is gone. Polls often, as many commits take 10 ms: a check costs 3 microseconds, a failed
 * attempt to lock three trips through the thread pool.
 */
const untilFree = async (lockPath: string, deadline: number): Promise<void> => {
  const until = Math.min(deadline, performance.now() + RETRY_MS)
  do await sleep(randomInt(PAUSE_MS.shortest, PAUSE_MS.longest + 1))
  while (existsSync(lockPath) && performance.now() < until)
}

/** ENOENT: another process removed the new lock as stale before its time could be read. */
const isTaken = (error: unknown, folder: string): boolean =>
  codeOf(error) === 'ELOCKED' || (codeOf(error) === 'ENOENT' && existsSync(folder))
