// Whether a folder can hold a store, found out before the first request.

import { constants } from 'node:fs'
import { access, link, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TintypeError } from '../../core/errors.ts'
import { codeOf, makeFolder, removeFolder } from './durable.ts'
import type { Paths } from './paths.ts'
import { newToken } from './workspace.ts'

/** Makes the store's folders. @throws TintypeError `store_unavailable`, with one line that says why it can't be used */
export const openFolder = async (paths: Paths): Promise<void> => {
  try {
    await makeFolder(paths.projects)
    await makeFolder(paths.tmp)
    await access(paths.projects, constants.W_OK)
  } catch (error) {
    throw refused(paths.root, `it can't be written (${codeOf(error) ?? 'unknown error'})`, error)
  }
  await tryHardLink(paths)
}

/** Commits rest on hard links, which some disks (FAT, exFAT, some network shares) don't have. */
const tryHardLink = async (paths: Paths): Promise<void> => {
  const folder = join(paths.tmp, `probe-${newToken()}`)
  let why = "it can't be written"
  try {
    await mkdir(folder)
    await writeFile(join(folder, 'file'), '')
    why = 'its disk makes no hard links'
    await link(join(folder, 'file'), join(folder, 'link'))
  } catch (error) {
    throw refused(paths.root, `${why} (${codeOf(error) ?? 'unknown error'})`, error)
  } finally {
    await removeFolder(folder).catch(() => {})
  }
}

const refused = (root: string, why: string, cause: unknown): TintypeError =>
  new TintypeError('store_unavailable', `The storage folder ${root} can't be used: ${why}.`, { cause })
