// Opens the storage folder: checks before the first request that it can hold a store.

import { constants, existsSync } from 'node:fs'
import { access, link, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TintypeError } from '../../core/errors.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { assertKnownFormat, fileOnPath, writeFormat } from './format.ts'
import { codeOf, isFull, makeFolder, removeFolder } from './fs/durable.ts'
import { refuseLinks } from './fs/no-follow.ts'
import type { Paths } from './paths.ts'
import type { Workspace } from './staging/workspace.ts'

export interface OpenFolderOptions {
  paths: Paths
  workspace: Workspace
  /** `auto`: where the folder holds a store and cannot be written. @default 'auto' */
  readOnly?: boolean | 'auto'
  log: Logger
}

/** Folders that hold secrets, or names of private projects. */
const PRIVATE = ['.accounts', '.webhooks', '.collections']

/**
 * Makes the folders of the store and the workspace. On a full disk the workspace is made later, and the store is readable
 * meanwhile.
 *
 * @returns true where the store is read-only: then nothing was written
 * @throws TintypeError `store_unavailable`, with one line that says why the folder cannot be used, such as a newer format
 */
export const openFolder = async ({ paths, workspace, readOnly = 'auto', log }: OpenFolderOptions): Promise<boolean> => {
  assertKnownFormat(paths.root)
  if (readOnly === true) {
    if (await isReadable(paths)) return true
    const message = `Expected a store in ${paths.root}; it has no folder "projects" that can be read.`
    throw new TintypeError('store_unavailable', message)
  }
  let why = "it can't be written"
  const refused = (error: unknown): TintypeError => {
    const code = codeOf(error)
    if (error instanceof TintypeError) return error
    if (isFileOnPath(code)) return fileOnPath(paths.root, code, error)
    const message = `The storage folder ${paths.root} can't be used: ${why} (${code ?? 'unknown error'}).`
    return new TintypeError('store_unavailable', message, { cause: error })
  }
  const mayBeReadOnly = async (error: unknown): Promise<boolean> =>
    readOnly === 'auto' && UNWRITABLE_CODES.has(codeOf(error) ?? '') && (await isReadable(paths))
  try {
    await makeFolder(paths.projects)
    await makeFolder(paths.tmp)
    for (const folder of [paths.projects, paths.tmp, ...PRIVATE.map((name) => join(paths.root, name))])
      refuseLinks(paths.root, folder)
    await access(paths.projects, constants.W_OK)
    await workspace.open()
  } catch (error) {
    if (isFull(error) && existsSync(paths.tmp)) return full(error, log)
    await workspace.close()
    if (!(await mayBeReadOnly(error))) throw refused(error)
    log.warn({ error, folder: paths.root }, 'the storage folder cannot be written; serving it read-only')
    return true
  }
  try {
    await tryHardLink(workspace, () => {
      why = 'its disk makes no hard links'
    })
  } catch (error) {
    if (isFull(error)) return full(error, log)
    await workspace.close()
    throw refused(error)
  }
  // Best effort: every version reads a store without it.
  await writeFormat(paths, workspace).catch((error: unknown) =>
    log.debug({ error }, 'could not write the format of the store; serving it without'),
  )
  return false
}

const full = (error: unknown, log: Logger): false => {
  log.warn({ error }, 'the disk is full; serving stored images and refusing changes until there is space')
  return false
}

/** Errors of a folder that can be read and not written. */
const UNWRITABLE_CODES: ReadonlySet<string> = new Set(['EROFS', 'EACCES', 'EPERM'])

/** True where the folder holds a store. */
const isReadable = async ({ projects }: Paths): Promise<boolean> => {
  try {
    await access(projects, constants.R_OK | constants.X_OK)
    return (await stat(projects)).isDirectory()
  } catch {
    return false
  }
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
