// The bucket of FALLBACK, with what this folder knows of it.

import type { FallbackSettings } from '../../core/bucket-settings.ts'
import { type Claim, claimBucket } from '../../stores/fallback/owner.ts'
import { createPositions, type Positions } from '../../stores/fallback/positions.ts'
import { createPrivateFolder } from '../../stores/private/folder.ts'
import { ensureFolderId } from '../../stores/private/folder-id.ts'
import type { RecordFolder } from '../../stores/private/record-folder.ts'
import { FALLBACK } from '../../stores/private/removals.ts'
import type { Bucket } from '../../stores/s3/client/bucket.ts'
import type { TransportOptions } from '../../stores/s3/client/transport.ts'
import { openBucket } from './client.ts'

export interface FallbackBucket {
  bucket: Bucket
  /** Makes the bucket where it is missing. */
  create: boolean
  /** Most bytes of originals in the folder; 0 for no limit. */
  localBytes: number
  /** Files that this process has fetched from the bucket, because they were missing here. */
  fetched: number
  /** Called with each of them. */
  onFetched(): void
  /** Folder of the fallback in the store. */
  folder: RecordFolder
  positions: Positions
  /** True until this process has taken the bucket over: from then on another store may do the same. */
  mayTakeOver(): boolean
  /** Makes this store the owner of the bucket, or finds that it is. @throws TintypeError `store_unavailable` */
  claim(): Promise<Claim>
}

/** Repetitions are the matter of the copy, which also has to end soon, in milliseconds. */
const DEADLINE_MS = 2000

export const openFallback = (
  settings: FallbackSettings,
  storageDir: string,
  options: Pick<TransportOptions, 'onAttempt'>,
): FallbackBucket => {
  const { create, localBytes } = settings
  const bucket = openBucket(settings, { ...options, deadlineMs: DEADLINE_MS })
  const folder = createPrivateFolder(storageDir, FALLBACK, 'the fallback')
  const positions = createPositions(storageDir, bucket)
  let mayTakeOver = settings.takeOver
  return {
    ...{ bucket, create, localBytes, folder, positions },
    fetched: 0,
    onFetched() {
      this.fetched++
    },
    mayTakeOver: () => mayTakeOver,
    async claim() {
      const storeId = await ensureFolderId(folder)
      const found = await claimBucket({ bucket, storeId, takeOver: mayTakeOver, create, now, onNew: positions.clear })
      if (typeof found === 'string') mayTakeOver = false
      return found
    },
  }
}

const now = () => new Date()
