// Format of the store, in .tintype.json: a program refuses a store of an unknown format. See ../s3/format.ts for buckets.

import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { TintypeError } from '../../core/errors.ts'
import { codeOf, linkNew, readTextNow, removeFolder, sync, writeNew } from './fs/durable.ts'
import type { Paths } from './paths.ts'
import type { Workspace } from './staging/workspace.ts'

/** Newest format that this version reads and writes. */
export const STORE_FORMAT = 1

export const FORMAT_FILE = '.tintype.json'

/** Content of the file for {@link STORE_FORMAT}. */
export const FORMAT_TEXT = `${JSON.stringify({ format: STORE_FORMAT })}\n`

const formatSchema = z.object({ format: z.int().min(1) })

/**
 * Refuses a path that is a file, and a store of a newer format. A store without the file has format 1; so has one whose file is unreadable or not
 * JSON, so that a damaged mark does not lock sound pictures away.
 *
 * @throws TintypeError `store_unavailable`, in one line
 */
export const assertKnownFormat = (storageDir: string): void => {
  const root = resolve(storageDir)
  if (isFileOnPath(root)) throw fileOnPath(root)
  refuseUnknownFormat(readText(join(root, FORMAT_FILE)), root, 'storage folder')
}

/**
 * Refuses a store of a newer or unknown format. One without the file has format 1; so has one whose file is not JSON.
 *
 * @param text of the file, undefined without one
 * @param where the store is, such as its folder
 * @param place as in "name another storage folder"
 * @throws TintypeError `store_unavailable`, in one line
 */
export const refuseUnknownFormat = (text: string | undefined, where: string, place: string): void => {
  const content = jsonOf(text)
  if (content === undefined) return
  const format = formatSchema.safeParse(content).data?.format
  if (format !== undefined && format <= STORE_FORMAT) return
  const found = format === undefined ? `an unknown format (${FORMAT_FILE})` : `format ${format}`
  const advice = `Upgrade tintype, or name another ${place}.`
  throw new TintypeError(
    'store_unavailable',
    `The store in ${where} has ${found}; this version knows formats up to ${STORE_FORMAT}. ${advice}`,
  )
}

/** Writes the file, durably, where it is missing. @throws errors of the system */
export const writeFormat = async (paths: Paths, workspace: Workspace): Promise<void> => {
  const target = join(paths.root, FORMAT_FILE)
  if (jsonOf(readText(target)) !== undefined) return
  const folder = await workspace.folder()
  try {
    const draft = join(folder, 'format.json')
    await writeNew(draft, FORMAT_TEXT)
    if (await linkNew(draft, target)) await sync(paths.root)
  } finally {
    await removeFolder(folder)
  }
}

/** The storage folder is a file, or is below one. */
export const fileOnPath = (root: string, code = 'ENOTDIR', cause?: unknown): TintypeError => {
  const message = `The storage folder ${root} can't be used: it, or a folder above it, is a file (${code}).`
  return new TintypeError('store_unavailable', message, { cause })
}

const isFileOnPath = (root: string): boolean => {
  try {
    return !statSync(root).isDirectory()
  } catch (error) {
    return codeOf(error) === 'ENOTDIR'
  }
}

/** Undefined where the file cannot be read. */
const readText = (path: string): string | undefined => {
  try {
    return readTextNow(path)
  } catch {
    return undefined
  }
}

/** Undefined where the text is no JSON. */
const jsonOf = (text = ''): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
