// Folders of records in a bucket, see record-folder.ts.

import { dirname } from 'node:path/posix'
import { createBucketLog } from '../s3/append-log.ts'
import type { Bucket } from '../s3/client/bucket.ts'
import { entryName, entryNumber } from '../s3/keys.ts'
import type { RecordFolder } from './record-folder.ts'
import { createRecordFormat, encodeRecord, parseRecord } from './records.ts'

export interface BucketFolderOptions {
  bucket: Bucket
  /** Begins every key: '.accounts'. */
  name: string
  /** Subject of errors: 'an account'. */
  subject: string
  /** Age up to which an entry in memory counts as the newest where no request can be made, in milliseconds. */
  staleMs: number
  /** Called with the path of each record that was created. @default nothing */
  onCreated?(path: string): void
}

/** For each further try, another writer's record was removed. */
const MOST_TRIES = 10

export const createBucketFolder = (options: BucketFolderOptions): RecordFolder => {
  const { bucket, name: root, subject, staleMs, onCreated = () => {} } = options
  const path = (...names: string[]): string => [root, ...names].join('/').replace(/\/\.$/, '')

  const read: RecordFolder['read'] = async (key, schema) => {
    const text = await bucket.text(key)
    return text === undefined ? undefined : parseRecord(text, schema, key, subject)
  }

  const names = async (folder: string): Promise<string[]> => {
    const found: string[] = []
    let from: string | undefined
    do {
      const { objects, folders, next } = await bucket.list({ prefix: `${folder}/`, delimiter: '/', from })
      found.push(...objects.map(({ key }) => key.slice(folder.length + 1)))
      found.push(...folders.map((each) => each.slice(folder.length + 1, -1)))
      from = next
    } while (from !== undefined)
    return found
  }

  return {
    path,
    folder: (inner) => Promise.resolve(path(inner)),
    names,

    read,

    async exists(key) {
      if ((await bucket.head(key)).found) return true
      return (await bucket.list({ prefix: `${key}/`, limit: 1 })).objects.length > 0
    },

    async publish(inFolder, name, content) {
      const key = `${inFolder}/${name}`
      const text = encodeRecord(content)
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const { isNew } = await bucket.putNew(key, text)
        // A request whose answer was lost is sent again, and finds its own.
        const found = isNew ? text : await bucket.text(key)
        if (found === text) onCreated(key)
        if (found !== undefined) return found === text
      }
      throw new Error(`the object ${key} is created and removed all the time`)
    },

    remove: bucket.remove,

    async removeFolder(folder) {
      const { objects } = await bucket.listAll(`${folder}/`)
      for (const { key } of objects) await bucket.remove(key)
    },

    log({ folder, schema, older, keep = 1, isRemovable = true }) {
      const log = createBucketLog({
        bucket,
        format: createRecordFormat(schema, subject),
        prefix: (name) => `${path(folder, name)}/`,
        // Read by a listing each time, a removable log needs no age of entries.
        ...(older === 'pruned' ? (isRemovable ? { isRemovable, keep, minAgeMs: 0 } : { keep }) : {}),
      })
      return {
        newest: log.newest,
        remove: log.remove,
        current: (name) => log.current(name, staleMs),
        numbers: async (name) => (await names(path(folder, name))).flatMap((each) => entryNumber(each) ?? []),
        entry: (name, number) => read(path(folder, name, entryName(number)), schema),
        async append(name, ...entry) {
          const appended = await log.append(name, ...entry)
          if (appended.outcome !== 'taken') onCreated(path(folder, name))
          return appended
        },
        readNewest(name) {
          log.forget(name)
          return log.newest(name)
        },
      }
    },

    async *logs(inner) {
      const prefix = `${path(inner)}/`
      const changed = new Map<string, number>()
      for (const { key, modifiedMs } of (await bucket.listAll(prefix)).objects) {
        if (entryNumber(key.slice(key.lastIndexOf('/') + 1)) === undefined) continue
        const log = dirname(key).slice(prefix.length)
        changed.set(log, Math.max(modifiedMs, changed.get(log) ?? 0))
      }
      for (const [log, changedMs] of changed) yield { log, changedMs }
    },

    // A record is created by one request.
    sweep: () => Promise.resolve(),
  }
}
