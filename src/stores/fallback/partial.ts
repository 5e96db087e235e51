// Mark of a folder that may lack files of pictures, which the bucket of its fallback has: `.fallback/partial`.
//
// In such a folder a missing file is no damage, as long as the bucket has it.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf, makeFolder, removeFile, sync, writeNew } from '../file/fs/durable.ts'
import { refuseLinks } from '../file/fs/no-follow.ts'
import { FALLBACK } from '../private/removals.ts'

/** Mark of a folder into which a store is being brought back, see restoring.ts. */
export const RESTORING = 'restoring.json'

const pathIn = (root: string): string => join(root, FALLBACK, 'partial')

export const isPartial = (root: string): boolean => existsSync(pathIn(root))

/** Marks a folder, durably: before its first file is missing. */
export const markPartial = async (root: string): Promise<void> => {
  if (isPartial(root)) return
  const folder = join(root, FALLBACK)
  refuseLinks(root, folder)
  await makeFolder(folder)
  await writeNew(pathIn(root), '').catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })
  await sync(folder)
}

/** Removes the marks of a folder that has everything. */
export const markWhole = async (root: string): Promise<void> => {
  const folder = join(root, FALLBACK)
  refuseLinks(root, folder)
  await removeFile(join(folder, RESTORING))
  await removeFile(pathIn(root))
}
