// Collections of projects, in the folder or the bucket of the store.

import { MAX_COLLECTION_PROJECTS } from '../core/collections/collection.ts'
import { createCollectionService } from '../services/collections/collections.ts'
import { createBucketCollections, createFileCollections } from '../stores/collections/collections.ts'
import type { Foundation } from './foundation.ts'
import type { buildAtlases } from './images.ts'
import type { buildProjects } from './projects.ts'
import { type Stored, sweepOnceOpen } from './store.ts'

/** Interval between looks for changes of a collection on disk, in milliseconds: as of projects. */
const POLL_MS = 500

export const buildCollections = (
  { options, storageDir, log }: Foundation,
  { store, shared, ready }: Stored,
  catalogue: ReturnType<typeof buildProjects>['catalogue'],
  { atlases }: Pick<ReturnType<typeof buildAtlases>, 'atlases'>,
) => {
  const collections = shared ? createBucketCollections(shared) : createFileCollections({ storageDir })
  sweepOnceOpen({ store, ready, log }, 'drafts of collections', collections)
  const { newVisibility, presets } = options
  const pollMs = shared?.staleMs ?? POLL_MS
  const maxSelected = Math.min(MAX_COLLECTION_PROJECTS, options.maxAtlasImages ?? MAX_COLLECTION_PROJECTS)
  return createCollectionService({
    collections,
    store,
    catalogue,
    atlases,
    newVisibility,
    presets,
    maxSelected,
    pollMs,
  })
}
