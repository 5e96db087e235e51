// ZIP files read by yauzl, which knows nothing of how they were made.

import { buffer } from 'node:stream/consumers'
import { fromBufferPromise } from 'yauzl'

/** Contents by name, in the order of the ZIP file. */
export const filesInZip = async (zip: Uint8Array): Promise<Map<string, Buffer>> => {
  const file = await fromBufferPromise(Buffer.from(zip), { strictFileNames: true })
  const files = new Map<string, Buffer>()
  for await (const entry of file.eachEntry()) {
    if (entry.compressionMethod !== 0) throw new Error(`${entry.fileName} is compressed`)
    files.set(entry.fileName, await buffer(await file.openReadStreamPromise(entry)))
  }
  return files
}
