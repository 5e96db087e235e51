// Copies a store in a folder to the bucket of FALLBACK, in the background.

import { createHints } from '../../stores/catalogue/hints.ts'
import { createBucketPlace } from '../../stores/copy/bucket-place.ts'
import { createFolderPlace } from '../../stores/copy/folder-place.ts'
import { type Claim, claimBucket } from '../../stores/fallback/owner.ts'
import { createDurableSource } from '../../stores/fallback/places.ts'
import { createPositions, FALLBACK } from '../../stores/fallback/positions.ts'
import { createReplicator } from '../../stores/fallback/replicator.ts'
import { createPaths } from '../../stores/file/paths.ts'
import { createPrivateFolder } from '../../stores/private/folder.ts'
import { ensureFolderId } from '../../stores/private/folder-id.ts'
import { takeLease } from '../../stores/private/lease.ts'
import { secondsSince } from '../../telemetry/sampled-metrics.ts'
import { sleep, startInBackground } from '../background/start.ts'
import type { Foundation } from '../foundation.ts'
import type { buildStore } from '../store.ts'

/** @param opened resolves once the store is open */
export const buildFallback = (
  { options, storageDir, fallback: bucket, log, metrics }: Foundation,
  { store }: ReturnType<typeof buildStore>,
  opened: Promise<void>,
): { ready: Promise<void>; closeFallback(): Promise<void> } => {
  if (!bucket) return { ready: opened, closeFallback: async () => {} }
  const { create = false } = options.fallback ?? {}
  const paths = createPaths(storageDir)
  const folder = createPrivateFolder(storageDir, FALLBACK, 'the fallback')
  const positions = createPositions(paths.root, bucket)
  /** Taken over once: from then on another store may do the same. */
  let mayTakeOver = options.fallback?.takeOver ?? false
  const claim = async (): Promise<Claim> => {
    const storeId = await ensureFolderId(folder)
    const found = await claimBucket({ bucket, storeId, takeOver: mayTakeOver, create, now, onNew: positions.clear })
    if (typeof found === 'string') mayTakeOver = false
    return found
  }
  const replicator = createReplicator({
    source: createDurableSource(createFolderPlace(storageDir), paths),
    target: createBucketPlace({ bucket, create }),
    store,
    hints: createHints(paths.catalogueHints),
    positions,
    takeLease: () => takeLease({ folder, name: 'copier', staleMs: options.lockStaleMs ?? 10_000 }),
    claim,
    log,
    now: Date.now,
    sleep,
    random: Math.random,
  })
  metrics.watchFallback(() => {
    const { projects, oldestMs } = replicator.waiting()
    return { projects, oldestSeconds: secondsSince(oldestMs) }
  })

  const prepare = async (): Promise<void> => {
    const found = await claim().catch((error: unknown) => {
      log.warn({ error }, 'the bucket of FALLBACK cannot be used now; serving without it, and copying later')
    })
    if (typeof found === 'object') throw found.refusal
  }
  const { ready, close: closeFallback } = startInBackground({ store, opened, prepare, work: replicator })
  return { ready, closeFallback }
}

const now = () => new Date()
