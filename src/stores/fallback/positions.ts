// Positions of a copy: the revision of each project that the bucket has whole, as files.
//
//   .fallback/<hash of the bucket>/<project folder>      its number
//
// Written behind the copy, so that each is a revision that the bucket has: a crash makes a project be compared again.

import { createHash } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { randomIds } from '../../core/random-id.ts'
import { makeFolder, readText, removeFolder, unlessMissing, writeNew } from '../file/fs/durable.ts'
import { namesIn } from '../file/fs/names-in.ts'
import { refuseLinks } from '../file/fs/no-follow.ts'
import { folderOf, projectIdOf } from '../file/paths.ts'
import { FALLBACK } from '../private/removals.ts'
import type { BucketNames } from '../s3/client/failures.ts'

export interface Positions {
  /** Undefined where nothing is known. */
  read(projectId: string): Promise<number | undefined>
  write(projectId: string, revision: number): Promise<void>
  /** False where nothing is known of any project. */
  any(): Promise<boolean>
  /** Forgets all of them: the bucket is to be compared anew. */
  clear(): Promise<void>
}

const newToken = randomIds(12)

export const createPositions = (root: string, bucket: BucketNames & { prefix: string }): Positions => {
  const name = createHash('sha256').update(`${bucket.endpoint} ${bucket.bucket}/${bucket.prefix}`).digest('hex')
  const folder = join(root, FALLBACK, name.slice(0, 16))
  const path = (projectId: string) => join(folder, folderOf(projectId))
  return {
    async read(projectId) {
      refuseLinks(root, folder)
      const text = await readText(path(projectId)).catch(unlessMissing)
      return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
    },

    async write(projectId, revision) {
      refuseLinks(root, folder)
      await makeFolder(folder)
      // No folder of a project begins with a dot.
      const draft = join(folder, `.${newToken()}`)
      await writeNew(draft, String(revision))
      await rename(draft, path(projectId))
    },

    async any() {
      refuseLinks(root, folder)
      return (await namesIn(folder)).some((name) => projectIdOf(name) !== undefined)
    },

    async clear() {
      refuseLinks(root, folder)
      await removeFolder(folder)
    },
  }
}
