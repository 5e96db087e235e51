// The folder of keys and accounts, and how a file comes into it: complete, synced, and only if its name is free.

import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, rename, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { randomIds } from '../../core/random-id.ts'
import { codeOf, linkNew, makeFolder, removeFile, removeFolder, sync, writeNew } from '../file/fs/durable.ts'

export type AccountsFolder = ReturnType<typeof createAccountsFolder>

/** Nothing that is under way lies in `.tmp` for as long, in milliseconds. */
const LEFT_BEHIND_MS = 3_600_000

const newToken = randomIds(16)

export const createAccountsFolder = (storageDir: string) => {
  const root = join(resolve(storageDir), '.accounts')
  const tmp = join(root, '.tmp')
  const made = new Map<string, Promise<void>>()

  // Only its owner may look: hashes of passwords and the secret of all tokens lie here.
  const open = async (): Promise<void> => {
    await makeFolder(root)
    // A folder that somebody else has made for us is theirs to open and close.
    await chmod(root, 0o700).catch((error: unknown) => {
      if (codeOf(error) !== 'EPERM') throw error
    })
    await makeFolder(tmp)
  }

  /** Made when the first file comes, so that a store without accounts has no such folder. */
  const folder = async (name: string): Promise<string> => {
    const path = join(root, name)
    const making = made.get(name) ?? open().then(() => makeFolder(path))
    made.set(name, making)
    // A folder that could not be made is tried again.
    await making.catch((error: unknown) => {
      made.delete(name)
      throw error
    })
    return path
  }

  return {
    path: (...names: string[]) => join(root, ...names),

    folder,

    /** The file appears with all of its content or not at all; false where its name is taken. Durable when it resolves. */
    async publish(inFolder: string, name: string, content: unknown): Promise<boolean> {
      await folder('.tmp')
      const draft = join(tmp, newToken())
      await writeNew(draft, textOf(content))
      try {
        const isNew = await linkNew(draft, join(inFolder, name))
        if (isNew) await sync(inFolder)
        return isNew
      } finally {
        await removeFile(draft).catch(() => {})
      }
    },

    /** The same for a folder with one file, under a name that nobody else has. */
    async publishFolder(inFolder: string, name: string, file: string, content: unknown): Promise<void> {
      await folder('.tmp')
      const draft = join(tmp, newToken())
      await mkdir(draft)
      try {
        await writeNew(join(draft, file), textOf(content))
        await sync(draft)
        await rename(draft, join(inFolder, name))
      } catch (error) {
        await removeFolder(draft).catch(() => {})
        throw error
      }
      await sync(inFolder)
    },

    /** Takes a folder away at one stroke; does nothing where it is gone. */
    async removeAtOnce(inFolder: string, name: string): Promise<void> {
      await folder('.tmp')
      const away = join(tmp, newToken())
      try {
        await rename(join(inFolder, name), away)
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return
        throw error
      }
      await sync(inFolder)
      await removeFolder(away).catch(() => {})
    },

    /** Removes what crashed processes left, by the clock of the disk: that of the last thing that happened there. */
    async sweep(): Promise<void> {
      const { mtimeMs: lastMs } = await stat(tmp)
      for (const name of await namesIn(tmp)) {
        const found = await stat(join(tmp, name)).catch(() => undefined)
        if (!found || lastMs - found.mtimeMs < LEFT_BEHIND_MS) continue
        if (found.isDirectory()) await removeFolder(join(tmp, name))
        else await removeFile(join(tmp, name))
      }
    },
  }
}

const textOf = (content: unknown): string => `${JSON.stringify(content)}\n`

/** Names in a folder; none where it isn't there. */
export const namesIn = async (path: string): Promise<string[]> => {
  try {
    return await readdir(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

/** A file name for something that must not be a path, or not be readable on the disk. */
export const hashedName = (text: string): string => createHash('sha256').update(text).digest('hex')
