// Lease of the process that delivers webhooks: a lock file that goes stale with its process.

import { lock } from 'proper-lockfile'
import { codeOf } from '../file/fs/durable.ts'
import type { RecordFolder } from '../private/record-folder.ts'
import type { Lease } from './webhook-store.ts'

const NAME = 'deliverer'

/** @param staleMs age at which it counts as left by a killed process */
export const createTakeLease = (folder: RecordFolder, staleMs: number) => async (): Promise<Lease | undefined> => {
  let isHeld = true
  const settings = {
    realpath: false,
    lockfilePath: folder.path(`${NAME}.lock`),
    stale: staleMs,
    // The library's default throws from a timer, which ends the process.
    onCompromised: () => {
      isHeld = false
    },
  }
  try {
    await folder.folder('.')
    const release = await lock(folder.path(NAME), settings)
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
