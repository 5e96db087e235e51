// Folders of secrets, such as keys and accounts. Their files appear complete and synced, and only where their name is free.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, lstat, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { randomIds } from '../../core/random-id.ts'
import { unknownOutcome } from '../append-log.ts'
import { createFileLog, entryNumbers } from '../file/append-log.ts'
import {
  codeOf,
  linkOnce,
  makeFolder,
  removeFile,
  removeFolder,
  storeError,
  sync,
  writeNew,
} from '../file/fs/durable.ts'
import { namesIn } from '../file/fs/names-in.ts'
import { refuseLinks } from '../file/fs/no-follow.ts'
import type { RecordFolder } from './record-folder.ts'
import { createRecordFormat, encodeRecord, readRecord } from './records.ts'
import { createRemovals } from './removals.ts'

/** Age from which a draft in `.tmp` belongs to a crashed process, in milliseconds. */
const ABANDONED_MS = 3_600_000

const newToken = randomIds(16)

/**
 * A folder of records that only the user of the server may read.
 *
 * @param name in the folder of the store
 * @param subject of errors: 'an account'
 */
export const createPrivateFolder = (storageDir: string, name: string, subject: string): RecordFolder => {
  const store = resolve(storageDir)
  const root = join(store, name)
  const tmp = join(root, '.tmp')
  const made = new Map<string, Promise<void>>()
  const removals = createRemovals(store)

  // Private: it holds hashes of passwords and the secret of all tokens.
  const open = async (): Promise<void> => {
    await makeFolder(root)
    // A folder of another user keeps its mode.
    await chmod(root, 0o700).catch((error: unknown) => {
      if (codeOf(error) !== 'EPERM') throw error
    })
    await makeFolder(tmp)
  }

  /** Makes a folder for its first file: a store without accounts has none. */
  const folder = async (inner: string): Promise<string> => {
    const path = join(root, inner)
    refuseLinks(store, path)
    const making = made.get(inner) ?? open().then(() => makeFolder(path))
    made.set(inner, making)
    // The next call tries again.
    await making.catch((error: unknown) => {
      made.delete(inner)
      throw error
    })
    return path
  }

  const path = (...names: string[]) => join(root, ...names)

  /** The folder of a record must not be reached by a symbolic link. */
  const read: RecordFolder['read'] = async (of, schema) => {
    refuseLinks(store, dirname(of))
    return readRecord(of, schema, subject)
  }

  const names = async (of: string): Promise<string[]> => {
    refuseLinks(store, of)
    return namesIn(of)
  }

  return {
    path,
    names,

    folder,

    read,

    exists: (of) => Promise.resolve(existsSync(of)),

    async remove(of, isDurable = true) {
      await removals.note(of)
      await removeFile(of)
      if (isDurable) await sync(dirname(of))
    },

    async removeFolder(of) {
      await removals.note(of)
      await removeFolder(of)
    },

    log({ folder: inner, schema, older, keep = 1, isDurable }) {
      const log = createFileLog({
        format: createRecordFormat(schema, subject),
        root: store,
        folder: (of) => path(inner, of),
        drafts: () => folder('.tmp'),
        ...(older === 'kept' ? { older: 'emptied' } : { older, keep }),
        isDurable,
        makeFolder: async (of) => makeFolder(join(await folder(inner), of)),
      })
      return {
        ...log,
        async remove(of) {
          await removals.note(path(inner, of))
          await log.remove(of)
        },
        numbers: async (of) => entryNumbers(await names(path(inner, of))),
        entry: (of, number) => read(path(inner, of, `${number}.json`), schema),
      }
    },

    /** A new entry changes the folder, and a copy of the store is as new as the copy. */
    async *logs(inner) {
      for (const log of await names(path(inner))) {
        const found = await stat(path(inner, log)).catch(() => undefined)
        if (found) yield { log, changedMs: Math.max(found.mtimeMs, found.ctimeMs) }
      }
    },

    async publish(inFolder, name, content) {
      refuseLinks(store, inFolder)
      const draft = join(await folder('.tmp'), newToken())
      await writeNew(draft, encodeRecord(content))
      try {
        const linked = await linkOnce(draft, join(inFolder, name), encodeRecord(content))
        if (linked.outcome === 'taken') return false
        if (linked.outcome !== 'ours') throw unknownOutcome(subject, 'cause' in linked ? linked.cause : undefined)
        await sync(inFolder)
        return true
      } finally {
        await removeFile(draft).catch(() => {})
      }
    },

    /** By the clock of the disk: the last change of the folder. */
    async sweep() {
      if (!existsSync(tmp)) return
      refuseLinks(store, tmp)
      const { mtimeMs: lastMs } = await stat(tmp)
      for (const name of await namesIn(tmp)) {
        const found = await lstat(join(tmp, name)).catch(() => undefined)
        if (!found || lastMs - found.mtimeMs < ABANDONED_MS) continue
        if (found.isDirectory()) await removeFolder(join(tmp, name))
        else await removeFile(join(tmp, name))
      }
    },
  }
}

/** Translates failed system calls of a store, see {@link storeError}. */
export const onDisk =
  <Given extends unknown[], Result>(work: (...given: Given) => Promise<Result>) =>
  async (...given: Given): Promise<Result> => {
    try {
      return await work(...given)
    } catch (error) {
      throw storeError(error)
    }
  }

/** File name for text that may contain a path, or must not be readable on disk. */
export const hashedName = (text: string): string => createHash('sha256').update(text).digest('hex')
