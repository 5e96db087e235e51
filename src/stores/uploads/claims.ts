// "This upload is running": a mark for each Idempotency-Key in use, so that the same one coming again meanwhile is told.
//
//   .running/<name>      who is at it, as in .tmp/<owner>/owner.json
//
// For that answer only. Of two uploads with one key that run at the same time nevertheless, the commit stores one; so a
// mark that was lost, or could not be set, does no harm.

import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { codeOf, removeFile } from '../file/durable.ts'
import { ownerLives, thisProcess } from '../file/owner.ts'
import { sealOwner } from '../file/owner-seal.ts'

export interface ClaimsOptions {
  /** Folder of the store. */
  storageDir: string
}

export interface Claims {
  /**
   * Undefined where a living process has it. Release it in every case; that never throws.
   *
   * @param name of `0-9 a-z`
   */
  take(name: string): Promise<{ release(): Promise<void> } | undefined>
}

const MOST_TRIES = 3

export const createClaims = ({ storageDir }: ClaimsOptions): Claims => {
  const folder = join(resolve(storageDir), '.running')
  let owner: ReturnType<typeof thisProcess> | undefined
  let swept = false

  /** What crashes left, once: the same key may never come again. */
  const sweep = async (): Promise<void> => {
    for (const name of await readdir(folder)) {
      const path = join(folder, name)
      if (!(await ownerLives(path))) await removeFile(path)
    }
  }

  const mark = async (path: string): Promise<void> => {
    owner ??= thisProcess()
    await mkdir(folder, { recursive: true })
    await writeFile(path, sealOwner(path, await owner), { flag: 'wx' })
  }

  return {
    async take(name) {
      const path = join(folder, name)
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        try {
          await mark(path)
          if (!swept) void sweep().catch(() => {})
          swept = true
          return { release: () => removeFile(path).catch(() => {}) }
        } catch (error) {
          if (codeOf(error) !== 'EEXIST') return { release: async () => {} }
          if (await ownerLives(path)) return undefined
          await removeFile(path).catch(() => {})
        }
      }
      return undefined
    },
  }
}
