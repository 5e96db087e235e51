// Share links as files: `links/<first half of the id>/<id>.json`, whose content never changes. A removed file ends a link.

import { z } from 'zod'
import { groupIn, groupOf, isLinkId } from '../../core/auth/links.ts'
import { createBoundedMap } from '../../core/bounded-map.ts'
import { IMAGE_ID, PROJECT_ID } from '../../core/names.ts'
import { createAccountsFolder } from '../accounts/accounts-folder.ts'
import { createTurns, type Validation } from '../file/fs/turns.ts'
import { onDisk } from '../private/folder.ts'
import { statsOf } from '../private/records.ts'
import type { LinkRecord, Links } from './links.ts'

export const linkSchema = z.object({
  id: z.string().refine(isLinkId),
  project_id: z.string().regex(PROJECT_ID),
  project_created_at: z.iso.datetime(),
  image_id: z.string().regex(IMAGE_ID).nullable(),
  upload: z.boolean(),
  download: z.boolean(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
})

export interface FileLinksOptions {
  /** Folder of the store. */
  storageDir: string
}

/** A link in memory, with the identity of its file and its path, made once because every request uses it. */
interface KnownLink extends Validation {
  record: LinkRecord
  inode: number
  modifiedMs: number
  path: string
}

/** Links that are kept in memory. */
const REMEMBERED = 1000

const FOLDER = 'links'
const ENDING = '.json'

export const createFileLinks = ({ storageDir }: FileLinksOptions): Links => {
  const accounts = createAccountsFolder(storageDir)
  const known = createBoundedMap<KnownLink>(REMEMBERED)
  const turns = createTurns()
  const groupPath = (group: string) => accounts.path(FOLDER, group)
  const pathOf = (id: string) => accounts.path(FOLDER, groupIn(id), `${id}${ENDING}`)

  const current = (id: string, share = false): LinkRecord | undefined => {
    const link = known.get(id)
    if (!link || (share && turns.isShared(link))) return link?.record
    const stats = statsOf(link.path)
    if (stats?.ino !== link.inode || stats.mtimeMs !== link.modifiedMs) return undefined
    turns.validated(link)
    return link.record
  }

  const read = async (id: string): Promise<LinkRecord | undefined> => {
    const record = await accounts.read(pathOf(id), linkSchema)
    return record?.id === id ? record : undefined
  }

  const find = async (id: string): Promise<LinkRecord | undefined> => {
    const before = current(id)
    if (before) return before
    if (!isLinkId(id)) return undefined
    const path = pathOf(id)
    const stats = statsOf(path)
    const record = stats && (await read(id))
    if (!stats || !record) return undefined
    known.set(id, { record, inode: stats.ino, modifiedMs: stats.mtimeMs, path, turn: 0, atMs: 0 })
    return record
  }

  const inGroup = async (group: string): Promise<LinkRecord[]> => {
    const names = await accounts.names(groupPath(group))
    const found: LinkRecord[] = []
    for (const name of names) {
      const id = name.slice(0, -ENDING.length)
      const record = isLinkId(id) && groupIn(id) === group ? await read(id) : undefined
      if (record) found.push(record)
    }
    return found
  }

  const remove = async (id: string): Promise<boolean> => {
    if (!isLinkId(id) || !statsOf(pathOf(id))) return false
    await accounts.remove(pathOf(id))
    return true
  }

  return {
    find: onDisk(find),

    current,

    add: onDisk(async (record) => {
      await accounts.folder(FOLDER)
      await accounts.publish(await accounts.folder(`${FOLDER}/${groupIn(record.id)}`), `${record.id}${ENDING}`, record)
    }),

    list: onDisk(async (projectId) =>
      (await inGroup(groupOf(projectId)))
        .filter((record) => record.project_id === projectId)
        .sort((one, other) => (one.created_at < other.created_at ? -1 : 1)),
    ),

    remove: onDisk(remove),

    sweep: onDisk(async (beforeMs) => {
      for (const group of await accounts.names(accounts.path(FOLDER)))
        for (const { id, expires_at } of await inGroup(group)) if (Date.parse(expires_at) < beforeMs) await remove(id)
    }),
  }
}
