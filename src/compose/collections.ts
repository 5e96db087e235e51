// Collections of projects, in the folder or the bucket of the store.

import { createCollectionService } from '../services/collections/collections.ts'
import { createBucketCollections, createFileCollections } from '../stores/collections/collections.ts'
import type { Foundation } from './foundation.ts'
import type { buildAtlases } from './images.ts'
import { type Stored, sweepOnceOpen } from './store.ts'

/** Interval between looks for changes of a collection on disk, in milliseconds: as of projects. */
const POLL_MS = 500

export const buildCollections = (
  { options, storageDir, log }: Foundation,
  { store, shared, ready }: Stored,
  { atlases }: Pick<ReturnType<typeof buildAtlases>, 'atlases'>,
) => {
  const collections = shared ? createBucketCollections(shared) : createFileCollections({ storageDir })
  sweepOnceOpen({ store, ready, log }, 'drafts of collections', collections)
  const { newVisibility } = options
  const pollMs = shared?.staleMs ?? POLL_MS
  return createCollectionService({ collections, store, atlases, newVisibility, pollMs })
}
