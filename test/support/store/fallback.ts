// Stores in a folder with a fallback in an engine in memory.

import { setTimeout } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { createHints } from '../../../src/stores/catalogue/hints.ts'
import { createBucketPlace } from '../../../src/stores/copy/bucket-place.ts'
import { createFolderPlace } from '../../../src/stores/copy/folder-place.ts'
import { createEvictor, type EvictorOptions } from '../../../src/stores/fallback/evictor.ts'
import { claimBucket } from '../../../src/stores/fallback/owner.ts'
import { createDurableSource } from '../../../src/stores/fallback/places.ts'
import { createPositions } from '../../../src/stores/fallback/positions.ts'
import { createReplicator, type ReplicatorOptions } from '../../../src/stores/fallback/replicator.ts'
import { type RestoringOptions, restoreStore } from '../../../src/stores/fallback/restoring.ts'
import { createSecondCopy } from '../../../src/stores/fallback/second-copy.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { createPrivateFolder } from '../../../src/stores/private/folder.ts'
import { ensureFolderId } from '../../../src/stores/private/folder-id.ts'
import { takeLease } from '../../../src/stores/private/lease.ts'
import { createRemovals, FALLBACK } from '../../../src/stores/private/removals.ts'
import type { BucketOptions } from '../../../src/stores/s3/client/bucket.ts'
import { createSender, type Send } from '../../../src/stores/s3/client/sender.ts'
import type { Store } from '../../../src/stores/store.ts'
import { openBucket } from '../s3/ceph.ts'
import { memoryOptions } from '../s3/engine.ts'
import { lost } from '../s3/scripted.ts'
import { silent } from './file-store.ts'

export interface Link {
  options: BucketOptions
  /** Requests that were sent, as `PUT /pictures/key`. */
  sent: string[]
  /** Refuses requests from now on, as where the bucket is away. @default all */
  cut(isCut?: (request: string) => boolean): void
  mend(): void
}

/** A link to an engine that can be cut. */
export const linkTo = (endpoint: string): Link => {
  const sender = createSender({ timeoutMs: 10_000 })
  onTestFinished(sender.close)
  const sent: string[] = []
  let isCut: (request: string) => boolean = () => false
  const send: Send = async (url, request) => {
    const { pathname, search } = new URL(url)
    const name = `${request.method} ${decodeURIComponent(pathname + search)}`
    if (isCut(name)) throw lost()
    sent.push(name)
    return sender.send(url, request)
  }
  return {
    options: { ...memoryOptions(endpoint), deadlineMs: 0, send },
    sent,
    cut(which = () => true) {
      isCut = which
    },
    mend() {
      isCut = () => false
    },
  }
}

/** Brings a store back into a folder, as the process that serves it does. */
export const restoreInto = async (
  storageDir: string,
  link: Link,
  { takeOver = true, ...options }: Partial<RestoringOptions> & { takeOver?: boolean } = {},
) => {
  const bucket = openBucket(link.options)
  const paths = createPaths(storageDir)
  const folder = createPrivateFolder(storageDir, FALLBACK, 'the fallback')
  const positions = createPositions(paths.root, bucket)
  const target = createFolderPlace(storageDir)
  try {
    await restoreStore({
      ...{ paths, target, positions, mayTakeOver: takeOver, log: silent },
      source: createBucketPlace({ bucket }),
      claim: async () =>
        claimBucket({
          ...{ bucket, takeOver, now: () => new Date(), onNew: positions.clear },
          storeId: await ensureFolderId(folder),
        }),
      makeBucket: async () => {},
      takeLease: () => takeLease({ folder, name: 'restorer', staleMs: 10_000 }),
      sleep: (_, signal) => setTimeout(5, undefined, { signal }).catch(() => {}),
      signal: new AbortController().signal,
      ...options,
    })
  } finally {
    await target.close()
  }
}

/** Begins to evict originals, as the process that serves a store does. */
export const openEvictor = (
  storageDir: string,
  store: Store,
  link: Link,
  options: Pick<EvictorOptions, 'maxBytes'> & Partial<EvictorOptions>,
) => {
  const bucket = openBucket(link.options)
  const folder = createPrivateFolder(storageDir, FALLBACK, 'the fallback')
  const evictor = createEvictor({
    ...{ store, paths: createPaths(storageDir), fallback: createSecondCopy(bucket), log: silent },
    claim: async () =>
      claimBucket({
        ...{ bucket, now: () => new Date(), onNew: async () => {} },
        storeId: await ensureFolderId(folder),
      }),
    fetched: () => 0,
    takeLease: () => takeLease({ folder, name: 'evictor', staleMs: 10_000 }),
    now: Date.now,
    sleep: (ms, signal) => setTimeout(ms, undefined, { signal, ref: false }).catch(() => {}),
    pollMs: 5,
    scanMs: 20,
    ...options,
  })
  evictor.start()
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= evictor.close()
    return closing
  }
  onTestFinished(close)
  return { ...evictor, close }
}

/** Begins to copy a store, as the process that serves it does. */
export const openReplicator = (
  storageDir: string,
  store: Store,
  link: Link,
  { takeOver = false, ...options }: Partial<ReplicatorOptions> & { takeOver?: boolean } = {},
) => {
  const bucket = openBucket(link.options)
  const paths = createPaths(storageDir)
  const folder = createPrivateFolder(storageDir, FALLBACK, 'the fallback')
  const positions = createPositions(paths.root, bucket)
  const claim = async () =>
    claimBucket({
      ...{ bucket, takeOver, now: () => new Date(), onNew: positions.clear },
      storeId: await ensureFolderId(folder),
    })
  const replicator = createReplicator({
    source: createDurableSource(createFolderPlace(storageDir), paths),
    target: createBucketPlace({ bucket }),
    store,
    hints: createHints(paths.catalogueHints),
    positions,
    removals: createRemovals(storageDir),
    takeLease: () => takeLease({ folder, name: 'copier', staleMs: 10_000 }),
    claim,
    log: silent,
    now: Date.now,
    sleep: (ms, signal) => setTimeout(ms, undefined, { signal, ref: false }).catch(() => {}),
    random: Math.random,
    pollMs: 20,
    pauseMs: 5,
    ...options,
  })
  replicator.start()
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= replicator.close()
    return closing
  }
  onTestFinished(close)
  return { ...replicator, close, bucket, claim }
}
