// Folders of secrets, such as keys and accounts. Their files appear complete and synced, and only where their name is free.

import { createHash } from 'node:crypto'
import { chmod, lstat, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { z } from 'zod'
import { randomIds } from '../../core/random-id.ts'
import { unknownOutcome } from '../append-log.ts'
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
import { encodeRecord, readRecord } from './records.ts'

export type PrivateFolder = ReturnType<typeof createPrivateFolder>

/** Age from which a draft in `.tmp` belongs to a crashed process, in milliseconds. */
const ABANDONED_MS = 3_600_000

const newToken = randomIds(16)

/**
 * A folder of records that only the user of the server may read.
 *
 * @param name in the folder of the store
 * @param subject of errors: 'an account'
 */
export const createPrivateFolder = (storageDir: string, name: string, subject: string) => {
  const store = resolve(storageDir)
  const root = join(store, name)
  const tmp = join(root, '.tmp')
  const made = new Map<string, Promise<void>>()

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

  return {
    store,

    path: (...names: string[]) => join(root, ...names),

    folder,

    /**
     * Reads a record of a folder that is not reached by a symbolic link. Undefined where there is none.
     *
     * @throws TintypeError `store_unavailable`, also where the record is damaged
     */
    async read<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
      refuseLinks(store, dirname(path))
      return readRecord(path, schema, subject)
    },

    /** Names in a folder of {@link path}; none where there is no folder. */
    async names(path: string): Promise<string[]> {
      refuseLinks(store, path)
      return namesIn(path)
    },

    /** Makes the folder of an append log. */
    async makeLogFolder(inner: string, log: string): Promise<void> {
      await makeFolder(join(await folder(inner), log))
    },

    /**
     * Creates a file, which appears complete. Durable when it resolves.
     *
     * @param content unique: no other writer creates the same bytes
     * @returns false where the name is taken
     * @throws TintypeError `store_unavailable` where the outcome is unknown; errors of the system
     */
    async publish(inFolder: string, name: string, content: unknown): Promise<boolean> {
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

    /** Removes drafts of crashed processes, by the clock of the disk: the last change of the folder. */
    async sweep(): Promise<void> {
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
