// File stores for tests.

import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createFileStore, type FileStoreOptions } from '../../../src/stores/file/file-store.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import type { StoreFixture } from '../../contracts/store.ts'
import { filesIn, temporaryFolder } from '../disk/folder.ts'

export const silent = createLogger({ level: 'silent' })

/** A file store that is open, closed at the end of the test. */
export const openFileStore = async (storageDir: string, options: Partial<FileStoreOptions> = {}) => {
  const store = createFileStore({ storageDir, log: silent, ...options })
  await store.open()
  onTestFinished(() => store.close())
  return store
}

export const fileStoreFixture = async (
  options: Partial<FileStoreOptions> = {},
): Promise<StoreFixture & { folder: string }> => {
  const folder = join(await temporaryFolder(), 'storage')
  return {
    folder,
    store: await openFileStore(folder, options),
    another: () => openFileStore(folder, options),
    leftovers: async () => (await filesIn(folder)).filter((path) => !path.endsWith('owner.json')),
    close: async () => {},
  }
}
