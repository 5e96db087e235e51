// Folders of a store that are moved out of it and replaced by a symbolic link, and what is outside before and after.

import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { expect } from 'vitest'
import { temporaryFolder } from '../disk/folder.ts'

export interface Linked {
  /** Path of the target, outside of the store. */
  target: string
  /** Fails where an entry outside was written, added or removed. */
  expectUntouched(): Promise<void>
  /** Removes the link and puts the folder back. */
  putBack(): Promise<void>
}

/** Moves a folder out of the store, an empty one where it is missing, and leaves a link in its place. */
export const moveAndLink = async (storageDir: string, folder: string): Promise<Linked> => {
  const [path, outside] = [join(storageDir, folder), await temporaryFolder()]
  const target = join(outside, 'moved')
  await rename(path, target).catch(() => mkdir(target))
  await symlink(target, path)
  const before = await entriesIn(outside)
  return {
    target,
    async expectUntouched() {
      expect(await entriesIn(outside), folder).toEqual(before)
    },
    async putBack() {
      if ((await readlink(path).catch(() => undefined)) !== undefined) await rm(path)
      await rename(target, path)
    },
  }
}

/** Every entry below a folder with its type, mode, times of its content and name, and hash. */
const entriesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const lines = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name)
    const { mode, mtimeMs, ctimeMs } = await lstat(path)
    const content = entry.isFile()
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : ''
    return `${relative(folder, path)} ${mode.toString(8)} ${mtimeMs} ${ctimeMs} ${content}`
  })
  return (await Promise.all(lines)).sort()
}
