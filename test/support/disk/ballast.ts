// Ballast on a small disk: what is needed to fill it, and to make room again.

import { randomUUID } from 'node:crypto'
import { appendFile, mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Room that is given back, for a few hundred revisions and images. */
const BALLAST = { bytes: 3 * 2 ** 20, files: 200 }

/** A disk that was found without room so often in a row is full. */
const QUIET_LOOKS = 5
const LOOK_MS = 100

/** What else lies on the disk: room that can be taken to the last bit, and given back. */
export const createBallast = async (disk: string, short: 'room' | 'inodes') => {
  const folder = join(disk, 'ballast')
  const addFiles = async (count: number) => {
    for (let file = 0; file < count; file++) await writeFile(join(folder, randomUUID()), '')
  }
  await mkdir(folder)
  await writeFile(join(folder, 'bytes'), Buffer.alloc(BALLAST.bytes))
  await addFiles(BALLAST.files)
  return {
    /** Until nothing is given back any more: a change that was answered still cleans up behind itself. */
    async fill() {
      for (let quiet = 0; quiet < QUIET_LOOKS; await sleep(LOOK_MS)) {
        const { bavail, bsize, ffree } = await statfs(disk)
        const left = short === 'inodes' ? ffree : bavail * bsize
        quiet = left === 0 ? quiet + 1 : 0
        const take = short === 'inodes' ? addFiles(left) : appendFile(join(folder, 'bytes'), Buffer.alloc(left))
        // Another process took a part of it meanwhile.
        await take.catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOSPC') throw error
        })
      }
    },
    drop: () => rm(folder, { recursive: true }),
  }
}
