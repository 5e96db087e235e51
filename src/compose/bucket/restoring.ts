// Brings the store in the bucket of FALLBACK back into an empty folder, before the first request.

import { createBucketPlace } from '../../stores/copy/bucket-place.ts'
import { createFolderPlace } from '../../stores/copy/folder-place.ts'
import { restoreStore } from '../../stores/fallback/restoring.ts'
import { createPaths } from '../../stores/file/paths.ts'
import { takeLease } from '../../stores/private/lease.ts'
import type { Store } from '../../stores/store.ts'
import { sleep } from '../background/start.ts'
import type { Foundation } from '../foundation.ts'

/** @throws TintypeError `store_unavailable` where the store is to be brought back and the bucket cannot be used */
export const restoreFromFallback = async (
  { options, storageDir, fallback, log }: Foundation,
  store: Pick<Store, 'isReadOnly'>,
  signal: AbortSignal,
): Promise<void> => {
  if (!fallback || store.isReadOnly()) return
  const { bucket, create, folder, positions, claim, mayTakeOver } = fallback
  const target = createFolderPlace(storageDir)
  try {
    await restoreStore({
      paths: createPaths(storageDir),
      source: createBucketPlace({ bucket }),
      ...{ target, positions, claim, mayTakeOver: mayTakeOver(), log, sleep, signal },
      makeBucket: async () => {
        if (create) await bucket.create()
      },
      takeLease: () => takeLease({ folder, name: 'restorer', staleMs: options.lockStaleMs ?? 10_000 }),
    })
  } finally {
    await target.close()
  }
}
