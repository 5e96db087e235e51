// Share links as objects in a bucket, by the keys of the files. A link that another server removed may count here for some
// seconds where no request is made.

import { groupIn, groupOf, isLinkId } from '../../core/auth/links.ts'
import { createBoundedMap } from '../../core/bounded-map.ts'
import type { RecordFolder } from '../private/record-folder.ts'
import { linkSchema } from './file-links.ts'
import type { LinkRecord, Links } from './links.ts'

/** Links that are kept in memory. */
const REMEMBERED = 1000

const FOLDER = 'links'
const ENDING = '.json'

/** @param staleMs age up to which a link in memory counts without a request, in milliseconds */
export const createBucketLinks = (folder: RecordFolder, staleMs: number): Links => {
  /** With the time at which their request began. */
  const known = createBoundedMap<{ record: LinkRecord; atMs: number }>(REMEMBERED)
  /** Links that this process has removed, for reads that are under way meanwhile. */
  const removed = createBoundedMap<true>(REMEMBERED)
  const pathOf = (id: string) => folder.path(FOLDER, groupIn(id), `${id}${ENDING}`)

  const find = async (id: string): Promise<LinkRecord | undefined> => {
    if (!isLinkId(id)) return undefined
    const atMs = performance.now()
    const record = await folder.read(pathOf(id), linkSchema)
    if (record?.id !== id || removed.get(id)) {
      known.delete(id)
      return undefined
    }
    known.set(id, { record, atMs })
    return record
  }

  const inGroup = async (group: string): Promise<LinkRecord[]> => {
    const found: LinkRecord[] = []
    for (const name of await folder.names(folder.path(FOLDER, group))) {
      const id = name.slice(0, -ENDING.length)
      const record = isLinkId(id) && groupIn(id) === group ? await folder.read(pathOf(id), linkSchema) : undefined
      if (record?.id === id) found.push(record)
    }
    return found
  }

  const remove = async (id: string): Promise<boolean> => {
    if (!isLinkId(id) || !(await folder.read(pathOf(id), linkSchema))) return false
    await folder.remove(pathOf(id))
    removed.set(id, true)
    known.delete(id)
    return true
  }

  return {
    find,
    remove,

    current(id) {
      const link = known.get(id)
      return link && performance.now() - link.atMs < staleMs ? link.record : undefined
    },

    async add(record) {
      await folder.publish(folder.path(FOLDER, groupIn(record.id)), `${record.id}${ENDING}`, record)
    },

    list: async (projectId) =>
      (await inGroup(groupOf(projectId)))
        .filter((record) => record.project_id === projectId)
        .sort((one, other) => (one.created_at < other.created_at ? -1 : 1)),

    async sweep(beforeMs) {
      for (const group of await folder.names(folder.path(FOLDER)))
        for (const { id, expires_at } of await inGroup(group)) if (Date.parse(expires_at) < beforeMs) await remove(id)
    },
  }
}
