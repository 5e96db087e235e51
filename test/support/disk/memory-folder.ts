// A folder in memory, for tests of order and concurrency: nothing is to survive there, so its syncs cost nothing.

import { access, constants, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Where Linux has a disk in memory. */
export const IN_MEMORY = '/dev/shm'

/** On the disk of temporary files where there is no disk in memory. Removed at the end of the test. */
export const memoryFolder = async (): Promise<string> => {
  const parent = await access(IN_MEMORY, constants.W_OK).then(
    () => IN_MEMORY,
    () => tmpdir(),
  )
  const folder = await mkdtemp(join(parent, 'tintype-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}
