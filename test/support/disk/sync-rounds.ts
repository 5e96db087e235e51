// Rounds of syncs: a sync that begins once another one has ended comes a round later.

import { relative, sep } from 'node:path'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { type DiskCall, watchDisk } from './calls.ts'

export interface SyncRounds {
  /** Forgets the syncs so far, those under way too. */
  restart(): void
  /** Paths of each round. */
  rounds(): string[][]
}

/**
 * Shortest duration of each sync, in milliseconds: it goes on while other calls are under way, or were in this time, so that
 * all syncs that go side by side begin meanwhile, also on a slow machine.
 */
export const SYNC_MS = 150

/** Slows every sync down to {@link SYNC_MS} or more. */
export const watchSyncRounds = (root: string): SyncRounds => {
  let underWay = new Map<DiskCall, number>()
  let rounds: string[][] = []
  let ended = 0
  const others = new Set<DiskCall>()
  let seen = 0
  const quiet = async (): Promise<void> => {
    for (let before = -1; before !== seen || others.size > 0; ) {
      before = seen
      await sleep(SYNC_MS)
      // Calls that ended during a pause of this process come before the end of it.
      await setImmediate()
    }
  }
  watchDisk({
    async before(call) {
      seen++
      if (call.name !== 'sync') return void others.add(call)
      const path = relative(root, call.path).replaceAll(sep, '/')
      rounds[ended] = [...(rounds[ended] ?? []), path]
      underWay.set(call, ended + 1)
      await quiet()
    },
    after(call) {
      ended = Math.max(ended, underWay.get(call) ?? 0)
    },
    ended(call) {
      seen++
      others.delete(call)
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
