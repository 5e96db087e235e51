// The API on a folder in the process of the test, for a store that is only looked at.

import { createTintype } from '../../src/index.ts'
import type { Request } from './processes/server-tree.ts'
import { silent } from './store/file-store.ts'

/** Close it: there are too many in one test to leave them open until its end. */
export const openHere = async (storageDir: string): Promise<{ request: Request; close(): Promise<void> }> => {
  const tintype = createTintype({ storageDir, encoders: 1, log: silent })
  await tintype.ready
  return { request: async (path, init) => tintype.app.request(path, init), close: tintype.close }
}
