// Copies a store in a folder to the bucket of FALLBACK, in the background.

import { createHints } from '../../stores/catalogue/hints.ts'
import { createBucketPlace } from '../../stores/copy/bucket-place.ts'
import { createFolderPlace } from '../../stores/copy/folder-place.ts'
import { createEvictor } from '../../stores/fallback/evictor.ts'
import { createDurableSource } from '../../stores/fallback/places.ts'
import { createReplicator } from '../../stores/fallback/replicator.ts'
import { createSecondCopy } from '../../stores/fallback/second-copy.ts'
import { createPaths } from '../../stores/file/paths.ts'
import { takeLease } from '../../stores/private/lease.ts'
import { createRemovals } from '../../stores/private/removals.ts'
import { secondsSince } from '../../telemetry/sampled-metrics.ts'
import { sleep, startInBackground } from '../background/start.ts'
import type { Foundation } from '../foundation.ts'
import type { buildStore } from '../store.ts'

/** @param opened resolves once the store is open */
export const buildFallback = (
  { options, storageDir, fallback, log, metrics }: Foundation,
  { store }: ReturnType<typeof buildStore>,
  opened: Promise<void>,
): { ready: Promise<void>; closeFallback(): Promise<void> } => {
  if (!fallback) return { ready: opened, closeFallback: async () => {} }
  const { bucket, create, folder, positions, claim, localBytes } = fallback
  const paths = createPaths(storageDir)
  const staleMs = options.lockStaleMs ?? 10_000
  const replicator = createReplicator({
    source: createDurableSource(createFolderPlace(storageDir), paths),
    target: createBucketPlace({ bucket, create }),
    store,
    hints: createHints(paths.catalogueHints),
    positions,
    removals: createRemovals(storageDir),
    takeLease: () => takeLease({ folder, name: 'copier', staleMs }),
    claim,
    log,
    now: Date.now,
    sleep,
    random: Math.random,
  })
  metrics.watchFallback(() => {
    const { projects, oldestMs } = replicator.waiting()
    return { projects, oldestSeconds: secondsSince(oldestMs), fetched: fallback.fetched }
  })

  const evictor = createEvictor({
    ...{ paths, maxBytes: localBytes, store, claim, log, now: Date.now, sleep },
    fallback: createSecondCopy(bucket),
    fetched: () => fallback.fetched,
    takeLease: () => takeLease({ folder, name: 'evictor', staleMs }),
  })
  if (localBytes > 0) metrics.watchOriginals(evictor.stats)

  const prepare = async (): Promise<void> => {
    const found = await claim().catch((error: unknown) => {
      log.warn({ error }, 'the bucket of FALLBACK cannot be used now; serving without it, and copying later')
    })
    if (typeof found === 'object') throw found.refusal
  }
  const work = {
    start() {
      replicator.start()
      if (localBytes > 0) evictor.start()
    },
    close: async () => void (await Promise.all([replicator.close(), evictor.close()])),
  }
  const { ready, close: closeFallback } = startInBackground({ store, opened, prepare, work })
  return { ready, closeFallback }
}
