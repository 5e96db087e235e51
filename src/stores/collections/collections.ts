// Collections as append logs of records: `.collections/entries/<name>/<number>.json`, in a folder or a bucket. The highest
// number counts. test/contracts/collections.ts checks what is promised here.

import { type CollectionState, collectionSchema } from '../../core/collections/collection.ts'
import { tokensAfter, unknownOutcome } from '../append-log.ts'
import { folderOf, projectIdOf } from '../file/paths.ts'
import { newToken } from '../file/staging/workspace.ts'
import { createBucketFolder } from '../private/bucket-folder.ts'
import { createPrivateFolder, onDisk } from '../private/folder.ts'
import type { RecordFolder } from '../private/record-folder.ts'
import type { Bucket } from '../s3/client/bucket.ts'

/** Folder of all collections in a store. */
export const COLLECTIONS = '.collections'

/** Folder in it that holds a folder for each collection, named as those of projects. */
export const COLLECTION_ENTRIES = 'entries'

/** A collection as it is stored, tombstones too. Every call throws TintypeError `store_unavailable` where the store fails. */
export interface CollectionStore {
  /** The newest state: every acknowledged change of any process is in it. Undefined where there never was one. */
  newest(name: string): Promise<CollectionState | undefined>
  /** {@link CollectionStore.newest}, in a bucket as it was at some moment of the last seconds. */
  recent(name: string): Promise<CollectionState | undefined>
  /**
   * Changes a collection: `change` is called again with a newer state where another writer came first. Durable when it
   * resolves.
   *
   * @param change pure; returns the same object where nothing changes
   * @throws TintypeError `storage_full`, `store_unavailable` also where the outcome is unknown; errors of `change`
   */
  change(
    name: string,
    change: (before: CollectionState | undefined) => CollectionState | undefined,
  ): Promise<CollectionState | undefined>
  /** Names of all that have ever been there, sorted by code units. */
  names(): Promise<string[]>
  /** Removes drafts of crashed processes. */
  sweep(): Promise<void>
}

/** Newest entries that stay. */
const KEPT_ENTRIES = 2

const SUBJECT = 'a collection'

/** Private: collections name projects that may be private. */
export const createFileCollections = ({ storageDir }: { storageDir: string }): CollectionStore =>
  createCollections(createPrivateFolder(storageDir, COLLECTIONS, SUBJECT))

/** @param staleMs age up to which a state in memory counts as the newest without a request, in milliseconds */
export const createBucketCollections = ({ bucket, staleMs }: { bucket: Bucket; staleMs: number }): CollectionStore =>
  createCollections(createBucketFolder({ bucket, name: COLLECTIONS, subject: SUBJECT, staleMs }))

const createCollections = (records: RecordFolder): CollectionStore => {
  const log = records.log({
    ...{ folder: COLLECTION_ENTRIES, schema: collectionSchema, older: 'pruned', keep: KEPT_ENTRIES },
    isRemovable: false,
  })

  const newest = async (name: string) => (await log.newest(folderOf(name)))?.entry

  return {
    newest: onDisk(newest),

    recent: onDisk(async (name) => log.current(folderOf(name))?.entry ?? (await newest(name))),

    change: onDisk(async (name, change) => {
      const token = newToken()
      for (;;) {
        const found = await log.newest(folderOf(name))
        const after = change(found?.entry)
        if (!after || after === found?.entry) return after
        const commits = tokensAfter(found?.entry.commits ?? [], token)
        const { outcome, cause } = await log.append(folderOf(name), (found?.number ?? 0) + 1, { ...after, commits })
        if (outcome === 'ours') return after
        if (outcome === 'unknown') throw unknownOutcome(`collection "${name}"`, cause)
      }
    }),

    names: onDisk(async () =>
      (await records.names(records.path(COLLECTION_ENTRIES))).flatMap((folder) => projectIdOf(folder) ?? []).sort(),
    ),

    sweep: onDisk(() => records.sweep()),
  }
}
