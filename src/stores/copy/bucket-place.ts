// A store in a bucket, as the source or target of a copy.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { storeUrlOf } from '../../core/bucket-settings.ts'
import { TintypeError } from '../../core/errors.ts'
import { writeNew } from '../file/fs/durable.ts'
import { projectIdOf } from '../file/paths.ts'
import type { Bucket } from '../s3/client/bucket.ts'
import { assertKnownBucketFormat, markBucketFormat } from '../s3/format.ts'
import { entryName, entryNumber, imageOfKey, keys } from '../s3/keys.ts'
import { checked } from './checked.ts'
import { RECORD_ROOTS } from './copy-records.ts'
import type { CopyTarget } from './place.ts'

export interface BucketPlaceOptions {
  bucket: Bucket
  /** Makes the bucket where it is missing. @default false */
  create?: boolean
}

/** Files up to this length are sent from memory, in bytes; longer ones by a file on the local disk. */
const IN_MEMORY_BYTES = 8 * 2 ** 20

export const createBucketPlace = ({ bucket, create = false }: BucketPlaceOptions): CopyTarget => {
  let work: string | undefined
  let count = 0

  const revisionKey = (projectId: string, number: number) => keys.meta(projectId) + entryName(number)

  const projectIds = async (): Promise<string[]> => {
    const ids: string[] = []
    for (let from: string | undefined; ; ) {
      const page = await bucket.list({ prefix: keys.projects, delimiter: '/', ...(from === undefined ? {} : { from }) })
      ids.push(...page.folders.flatMap((folder) => projectIdOf(basename(folder)) ?? []))
      if (page.next === undefined) return ids.sort()
      from = page.next
    }
  }

  return {
    name: storeUrlOf(bucket),

    async open() {
      await assertKnownBucketFormat(bucket)
      const { objects, folders } = await bucket.list({ prefix: keys.projects, delimiter: '/', limit: 1 })
      if (objects.length + folders.length > 0) return
      throw new TintypeError('store_unavailable', `Expected a store in ${this.name}; it has no projects.`)
    },

    async openToWrite() {
      if (create) await bucket.create()
      await bucket.list({ prefix: keys.projects, limit: 1 })
      await markBucketFormat(bucket)
      work = await mkdtemp(join(tmpdir(), 'tintype-copy-'))
    },

    projectIds,

    async revisions(projectId) {
      const prefix = keys.meta(projectId)
      const { objects } = await bucket.listAll(prefix, { delimiter: '/' })
      return objects.flatMap(({ key }) => entryNumber(key.slice(prefix.length)) ?? []).sort((one, other) => one - other)
    },

    revision: (projectId, number) => bucket.text(revisionKey(projectId, number)),
    segment: (projectId, segmentId) => bucket.text(keys.segment(projectId, segmentId)),

    read: ({ projectId, imageId, name, content }) =>
      bucket.read(keys.variant(projectId, imageId, name), 0, content.bytes),

    async variants(projectId, name) {
      const { objects } = await bucket.listAll(keys.variants(projectId, name))
      return new Map(objects.map(({ key, bytes }) => [imageOfKey(key), bytes]))
    },

    async records() {
      const found: string[] = []
      for (const root of RECORD_ROOTS)
        for (const { key } of (await bucket.listAll(`${root}/`)).objects) found.push(plainName(key))
      return found.sort()
    },

    record: (path) => bucket.text(paddedName(path)),

    async putRecord(path, text) {
      await bucket.put(paddedName(path), text)
    },

    removeRecord: (path) => bucket.remove(paddedName(path)),

    async segments(projectId) {
      const { objects } = await bucket.listAll(keys.segment(projectId, '').replace(/\.json$/, ''))
      return objects.map(({ key }) => imageOfKey(key))
    },

    async prepare() {},

    async putVariant({ projectId, imageId, name, content: record }, content) {
      const key = keys.variant(projectId, imageId, name)
      if (record.bytes <= IN_MEMORY_BYTES) {
        const pieces: Uint8Array[] = []
        for await (const piece of checked(content, record)) pieces.push(piece)
        await bucket.put(key, Buffer.concat(pieces))
        return
      }
      if (work === undefined) throw new Error('the bucket is not open for writing')
      const path = join(work, String(++count))
      try {
        await writeNew(path, checked(content, record), false)
        await bucket.put(key, { path, bytes: record.bytes, sha256: record.sha256 })
      } finally {
        await rm(path, { force: true })
      }
    },

    async putSegment(projectId, segmentId, text) {
      await bucket.put(keys.segment(projectId, segmentId), text)
    },

    async secure() {},

    async putRevision(projectId, number, text) {
      const key = revisionKey(projectId, number)
      const { isNew } = await bucket.putNew(key, text)
      return isNew || (await bucket.text(key)) === text
    },

    removeRevision: (projectId, number) => bucket.remove(revisionKey(projectId, number)),
    removeSegment: (projectId, segmentId) => bucket.remove(keys.segment(projectId, segmentId)),
    removeVariant: (projectId, imageId, name) => bucket.remove(keys.variant(projectId, imageId, name)),

    async publish() {},
    isPublished: async () => true,
    mayLackFiles: () => false,
    async completed() {},

    async close() {
      if (work !== undefined) await rm(work, { recursive: true, force: true })
      await bucket.close()
    },
  }
}

/** Entries of logs have names of 12 digits in a bucket, and plain numbers in a folder. */
const plainName = (key: string): string => key.replace(/\/(\d{12})\.json$/, (_, digits) => `/${Number(digits)}.json`)
const paddedName = (path: string): string =>
  path.replace(/\/(\d+)\.json$/, (_, digits) => `/${entryName(Number(digits))}`)
