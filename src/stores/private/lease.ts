// Lease of one process among all that share a store, such as the one that delivers webhooks: a lock file that goes stale
// with its process.

import { lock } from 'proper-lockfile'
import { codeOf } from '../file/fs/durable.ts'
import type { RecordFolder } from './record-folder.ts'

/** Held by one process at a time, as far as clocks and stopped processes allow. */
export interface Lease {
  /** False once another process may have it. */
  isHeld(): boolean
  release(): Promise<void>
}

export interface LeaseOptions {
  folder: RecordFolder
  /** Name of the lock in the folder, without its extension. */
  name: string
  /** Age at which it counts as left by a killed process, in milliseconds. */
  staleMs: number
}

/** Takes the lease; undefined where another process has it. */
export const takeLease = async ({ folder, name, staleMs }: LeaseOptions): Promise<Lease | undefined> => {
  let isHeld = true
  const settings = {
    realpath: false,
    lockfilePath: folder.path(`${name}.lock`),
    stale: staleMs,
    // The library's default throws from a timer, which ends the process.
    onCompromised: () => {
      isHeld = false
    },
  }
  try {
    await folder.folder('.')
    const release = await lock(folder.path(name), settings)
    return {
      isHeld: () => isHeld,
      async release() {
        // A lock that was taken over belongs to another process.
        if (isHeld) await release().catch(() => {})
        isHeld = false
      },
    }
  } catch (error) {
    // ENOENT: another process removed the new lock as stale before its time could be read.
    if (['ELOCKED', 'ENOENT'].includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}
