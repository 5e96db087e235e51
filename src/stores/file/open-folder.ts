// Opens the storage folder: checks before the first request that it can hold a store.

import { constants } from 'node:fs'
import { access, link, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TintypeError } from '../../core/errors.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { assertKnownFormat, fileOnPath, writeFormat } from './format.ts'
import { codeOf, isFull, makeFolder, removeFolder } from './fs/durable.ts'
import type { Paths } from './paths.ts'
import type { Workspace } from './staging/workspace.ts'

export interface OpenFolderOptions {
  paths: Paths
  workspace: Workspace
  log: Logger
}

/**
 * Makes the folders of the store and the workspace. On a full disk the workspace is made later, and the store is readable
 * meanwhile.
 *
 * @throws TintypeError `store_unavailable`, with one line that says why the folder cannot be used, such as a newer format
 */
export const openFolder = async ({ paths, workspace, log }: OpenFolderOptions): Promise<void> => {
  assertKnownFormat(paths.root)
  let why = "it can't be written"
  const refused = (error: unknown): TintypeError => {
    const code = codeOf(error)
    if (isFileOnPath(code)) return fileOnPath(paths.root, code, error)
    const message = `The storage folder ${paths.root} can't be used: ${why} (${code ?? 'unknown error'}).`
    return new TintypeError('store_unavailable', message, { cause: error })
  }
  try {
    await makeFolder(paths.projects)
    await makeFolder(paths.tmp)
    await access(paths.projects, constants.W_OK)
  } catch (error) {
    throw refused(error)
  }
  try {
    await workspace.open()
    await tryHardLink(workspace, () => {
      why = 'its disk makes no hard links'
    })
  } catch (error) {
    if (isFull(error)) {
      log.warn({ error }, 'the disk is full; serving stored images and refusing changes until there is space')
      return
    }
    await workspace.close()
    throw refused(error)
  }
  // Best effort: every version reads a store without it.
  await writeFormat(paths, workspace).catch((error: unknown) =>
    log.debug({ error }, 'could not write the format of the store'),
  )
}

/** ENOTDIR and EEXIST: `mkdir` found a file on the path. */
const isFileOnPath = (code: string | undefined): boolean => code === 'ENOTDIR' || code === 'EEXIST'

/**
 * Commits need hard links, which some disks (FAT, exFAT, some network shares) lack. Tried in the workspace, so that a sweep
 * cleans up should this process be killed.
 */
const tryHardLink = async (workspace: Workspace, writable: () => void): Promise<void> => {
  const folder = await workspace.folder()
  try {
    await writeFile(join(folder, 'file'), '')
    writable()
    await link(join(folder, 'file'), join(folder, 'link'))
  } finally {
    await removeFolder(folder).catch(() => {})
  }
}
