// Id in a folder of a store, made once: in `.queue/id.json` the one by which it names its queues on a broker that it may share
// with other stores, in `.fallback/id.json` the one by which it owns a bucket.

import { z } from 'zod'
import { randomIds } from '../../core/random-id.ts'
import { createPrivateFolder, onDisk } from './folder.ts'
import type { RecordFolder } from './record-folder.ts'

/** Folder of the id in a store. */
export const QUEUES = '.queue'
const FILE = 'id.json'

const ID_LENGTH = 12

const schema = z.object({ id: z.string().regex(/^[0-9a-z]{12}$/) })

const newId = randomIds(ID_LENGTH)

/** Folder of the id in a store on disk. */
export const createQueueFolder = (storageDir: string): RecordFolder =>
  createPrivateFolder(storageDir, QUEUES, 'the id of the queues')

/** Reads the id, or makes it, durably. @throws TintypeError `store_unavailable` */
export const ensureFolderId = onDisk(async (folder: RecordFolder): Promise<string> => {
  for (;;) {
    const found = await folder.read(folder.path(FILE), schema)
    if (found) return found.id
    // Of two that are made at once, the first one counts for both.
    await folder.publish(await folder.folder('.'), FILE, { id: newId() })
  }
})
