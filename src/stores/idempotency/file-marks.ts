// Marks of uploads under way, as files.
//
//   .running/<name>      the process, as in .tmp/<owner>/owner.json

import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, removeFile } from '../file/fs/durable.ts'
import { refuseLinks } from '../file/fs/no-follow.ts'
import { createPaths } from '../file/paths.ts'
import { ownerLives, thisProcess } from '../file/staging/owner.ts'
import { sealOwner } from '../file/staging/owner-file.ts'
import type { IdempotencyMarks } from './marks.ts'

export interface FileMarksOptions {
  /** Folder of the store. */
  storageDir: string
}

const MOST_TRIES = 3

export const createFileMarks = ({ storageDir }: FileMarksOptions): IdempotencyMarks => {
  const { root, running: folder } = createPaths(storageDir)
  let owner: ReturnType<typeof thisProcess> | undefined

  const mark = async (path: string): Promise<void> => {
    owner ??= thisProcess()
    refuseLinks(root, folder)
    const text = sealOwner(path, await owner)
    await writeFile(path, text, { flag: 'wx' }).catch(async (error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error
      await mkdir(folder, { recursive: true })
      await writeFile(path, text, { flag: 'wx' })
    })
  }

  return {
    async take(name) {
      const path = join(folder, name)
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        try {
          await mark(path)
          return { release: () => removeFile(path).catch(() => {}) }
        } catch (error) {
          if (codeOf(error) !== 'EEXIST') return { release: async () => {} }
          if (await ownerLives(path)) return undefined
          await removeFile(path).catch(() => {})
        }
      }
      return undefined
    },

    async sweep() {
      refuseLinks(root, folder)
      const names = await readdir(folder).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return []
        throw error
      })
      for (const name of names) {
        const path = join(folder, name)
        if ((await isEmpty(path)) || !(await ownerLives(path))) await removeFile(path)
      }
    },
  }
}

/** True where the process died before it wrote the mark, or is about to: removing it does no harm. */
const isEmpty = (path: string): Promise<boolean> =>
  lstat(path).then(
    ({ size }) => size === 0,
    () => false,
  )
