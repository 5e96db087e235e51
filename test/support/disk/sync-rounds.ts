// Rounds of syncs: a sync that begins once another one has ended comes a round later.

import { relative, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DiskCall, watchDisk } from './calls.ts'

export interface SyncRounds {
  /** Forgets the syncs so far, those under way too. */
  restart(): void
  /** Paths of each round. */
  rounds(): string[][]
}

/** Duration of each sync, in milliseconds: long enough for all syncs that go side by side to begin meanwhile. */
export const SYNC_MS = 150

/** Slows every sync down to {@link SYNC_MS}. */
export const watchSyncRounds = (root: string): SyncRounds => {
  let underWay = new Map<DiskCall, number>()
  let rounds: string[][] = []
  let ended = 0
  watchDisk({
    async before(call) {
      if (call.name !== 'sync') return
      const path = relative(root, call.path).replaceAll(sep, '/')
      rounds[ended] = [...(rounds[ended] ?? []), path]
      underWay.set(call, ended + 1)
      await sleep(SYNC_MS)
    },
    after(call) {
      ended = Math.max(ended, underWay.get(call) ?? 0)
    },
  })
  return {
    restart() {
      underWay = new Map()
      rounds = []
      ended = 0
    },
    rounds: () => rounds,
  }
}
