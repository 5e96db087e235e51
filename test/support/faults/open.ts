// The API on a folder, requested without a socket: for a store that is only inspected.

import { openApp } from '../app.ts'
import type { Request } from '../processes/server-tree.ts'

/** Closed by the caller: one test opens too many to leave them open until its end. */
export const openToRequests = async (storageDir: string): Promise<{ request: Request; close(): Promise<void> }> => {
  const { app, close } = await openApp(storageDir)
  return { request: async (path, init) => app.request(path, init), close }
}
