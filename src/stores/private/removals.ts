// Notes of removed records, for the copy of a folder in a bucket (FALLBACK), where absence here deletes nothing.
//
//   .fallback/removed/<hash of the path>      path below the store, of a record or of a folder of them
//
// Durable before the record goes, and removed once the bucket has no such record either. A crash in between leaves a note of a
// record that is still here: it deletes nothing while that is so.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { randomIds } from '../../core/random-id.ts'
import { makeFolder, readText, removeFile, sync, unlessMissing, writeNew } from '../file/fs/durable.ts'
import { namesIn } from '../file/fs/names-in.ts'
import { refuseLinks } from '../file/fs/no-follow.ts'

export interface Removals {
  /** Notes a record or a folder that is about to be removed. Nothing where the folder was never copied to a bucket. */
  note(path: string): Promise<void>
  /** Noted paths below the store, with `/`. */
  read(): Promise<string[]>
  forget(path: string): Promise<void>
}

/** Folder of the fallback in a store. */
export const FALLBACK = '.fallback'

const newToken = randomIds(12)

/** @param storageDir folder of the store */
export const createRemovals = (storageDir: string): Removals => {
  const root = resolve(storageDir)
  const folder = join(root, FALLBACK, 'removed')
  const fileOf = (path: string): string => join(folder, createHash('sha256').update(path).digest('hex'))

  return {
    async note(path) {
      if (!existsSync(join(root, FALLBACK))) return
      refuseLinks(root, folder)
      await makeFolder(folder)
      const below = relative(root, path).replaceAll(sep, '/')
      // No hash begins with a dot.
      const draft = join(folder, `.${newToken()}`)
      await writeNew(draft, below)
      await rename(draft, fileOf(below))
      await sync(folder)
    },

    async read() {
      refuseLinks(root, folder)
      const found: string[] = []
      for (const name of await namesIn(folder)) {
        const text = name.startsWith('.') ? undefined : await readText(join(folder, name)).catch(unlessMissing)
        if (text) found.push(text)
      }
      return found
    },

    forget: (path) => removeFile(fileOf(path)),
  }
}
