// Id by which a store names its queues on a broker that it may share with other stores: `.queue/id.json`, made once.

import { z } from 'zod'
import { randomIds } from '../../core/random-id.ts'
import { createPrivateFolder, onDisk } from './folder.ts'

const FOLDER = '.queue'
const FILE = 'id.json'

const ID_LENGTH = 12

const schema = z.object({ id: z.string().regex(/^[0-9a-z]{12}$/) })

const newId = randomIds(ID_LENGTH)

/** Reads the id, or makes it, durably. @throws TintypeError `store_unavailable` */
export const ensureQueueId = onDisk(async (storageDir: string): Promise<string> => {
  const folder = createPrivateFolder(storageDir, FOLDER, 'the id of the queues')
  for (;;) {
    const found = await folder.read(folder.path(FILE), schema)
    if (found) return found.id
    // Of two that are made at once, the first one counts for both.
    await folder.publish(await folder.folder('.'), FILE, { id: newId() })
  }
})
