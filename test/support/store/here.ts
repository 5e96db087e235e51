// The store of an app of the tests, which the vitest project keeps in a folder or in a bucket: its options, and what lies in it.

import { createHash } from 'node:crypto'
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inject, it, onTestFinished, type TestContext } from 'vitest'
import { type Accounts, openAccounts } from '../../../src/compose/bucket/accounts.ts'
import { type VariantName, variantsOf } from '../../../src/core/names.ts'
import type { TintypeOptions } from '../../../src/index.ts'
import { createBucketAccounts } from '../../../src/stores/accounts/bucket-accounts.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { createFileLinks } from '../../../src/stores/links/file-links.ts'
import type { Links } from '../../../src/stores/links/links.ts'
import { type Bucket, type BucketOptions, createBucket } from '../../../src/stores/s3/client/bucket.ts'
import { keys } from '../../../src/stores/s3/keys.ts'
import type { Store } from '../../../src/stores/store.ts'
import { filesIn } from '../disk/folder.ts'
import { CEPH_KEYS } from '../processes/ceph.mjs'
import { sharedEngine } from '../s3/engine.ts'
import { openS3Store } from '../s3/store.ts'
import { openFileStore } from './file-store.ts'
import type { FolderReason } from './folder-tests.ts'
import { straysIn } from './strays.ts'

export const isInBucket = inject('store') === 'bucket'

const PREFIX = 'store'

/** Seconds for which the app may answer from what another one has changed, see {@link LONG_MEMORY}. */
const STALE_SECONDS = 1

/** Options of an app that takes all that it may from memory, however long the test runs. */
export const LONG_MEMORY = { staleSeconds: 60 } as const

/** A test of a store in a folder alone. It does not exist where the store is in a bucket. */
export const itInFolder = (_: FolderReason, name: string, test: (context: TestContext) => Promise<unknown>): void => {
  if (!isInBucket) it(name, test)
}

const bucketNameOf = (folder: string): string =>
  `store-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`

/** Options of the store of a folder: the folder, or a bucket of its own with the folder as the cache. */
export const storeOptions = async (folder: string): Promise<TintypeOptions> => {
  if (!isInBucket) return { storageDir: folder }
  return {
    store: `s3://${bucketNameOf(folder)}/${PREFIX}`,
    s3Endpoint: await sharedEngine(),
    s3Credentials: CEPH_KEYS,
    bucketCacheDir: folder,
    staleSeconds: STALE_SECONDS,
  }
}

const bucketOptions = async (folder: string): Promise<BucketOptions> => ({
  endpoint: await sharedEngine(),
  bucket: bucketNameOf(folder),
  prefix: `${PREFIX}/`,
  region: 'us-east-1',
  credentials: () => Promise.resolve(CEPH_KEYS),
})

const openBucketOf = async (folder: string): Promise<Bucket> => {
  const bucket = createBucket(await bucketOptions(folder))
  onTestFinished(() => bucket.close())
  return bucket
}

/** The store as another process opens it. */
export const openStoreOf = async (folder: string): Promise<Store> =>
  isInBucket ? openS3Store(await bucketOptions(folder), folder) : openFileStore(folder)

/** Accounts, API keys and share links of the store, as another process has them. */
export const recordsOf = async (folder: string): Promise<Accounts & { links: Links }> => {
  if (!isInBucket)
    return { ...(await openAccounts({ storageDir: folder })), links: createFileLinks({ storageDir: folder }) }
  const records = createBucketAccounts({ bucket: await openBucketOf(folder), staleMs: STALE_SECONDS * 1000 })
  onTestFinished(() => records.close())
  return records
}

/** Content of a stored variant. */
export const storedVariant = async (
  folder: string,
  projectId: string,
  imageId: string,
  name: VariantName,
): Promise<Buffer> => {
  if (!isInBucket) return readFile(createPaths(folder).variant(projectId, imageId, name))
  const [bucket, key] = [await openBucketOf(folder), keys.variant(projectId, imageId, name)]
  const { found } = await bucket.head(key)
  const pieces: Uint8Array[] = []
  for await (const piece of bucket.read(key, 0, found?.bytes ?? 1)) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Sorted paths of all files, and of all objects too, but for copies and the leases of processes. */
export const everythingIn = async (folder: string): Promise<string[]> => {
  const files = (await filesIn(folder).catch(() => [])).filter((path) => !path.startsWith(COPIES))
  if (!isInBucket) return files
  const { objects } = await (await openBucketOf(folder)).listAll('')
  return [...files, ...objects.map(({ key }) => key).filter((key) => !key.startsWith('.owners/'))].sort()
}

/** Files and objects of a resting store that nothing accounts for. */
export const straysOf = async (folder: string): Promise<string[]> => {
  if (!isInBucket) return straysIn(folder)
  const [store, { objects }] = [await openStoreOf(folder), await (await openBucketOf(folder)).listAll(keys.projects)]
  const expected = new Set<string>()
  for (const projectId of await store.projectIds()) {
    const state = await store.project(projectId)
    for (const { id, sizes } of (state && (await store.images(state))) ?? [])
      for (const name of variantsOf(sizes)) expected.add(keys.variant(projectId, id, name))
  }
  return objects.map(({ key }) => key).filter((key) => !key.includes('/.meta/') && !expected.has(key))
}

/** Copies of variants, below the folder. */
const COPIES = join('.cache', 'variants')

/** Copies the store of a folder that no app has open. */
export const copyStoreOf = async (folder: string, to: string): Promise<void> => {
  await cp(folder, to, { recursive: true })
  if (!isInBucket) return
  const [source, target] = [createBucket(await bucketOptions(folder)), createBucket(await bucketOptions(to))]
  const { objects } = await source.listAll('')
  for (const { key, bytes } of objects) {
    const pieces: Uint8Array[] = []
    for await (const piece of source.read(key, 0, bytes)) pieces.push(piece)
    await target.put(key, Buffer.concat(pieces))
  }
  await Promise.all([source.close(), target.close()])
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Where apps of tests keep their store. @default a folder */
    store?: 'bucket'
  }
}
