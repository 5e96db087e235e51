// A small picture from its file into memory.

import type { OpenFile } from '../../stores/store.ts'

/** All of a file, which is closed then. @throws Error where it became shorter since it was opened */
export const readWhole = async ({ handle, bytes }: OpenFile): Promise<Buffer<ArrayBuffer>> => {
  try {
    // Not from Node's pool, of which a small body would hold 8 KiB.
    const body = Buffer.allocUnsafeSlow(bytes)
    for (let at = 0; at < bytes; ) {
      const { bytesRead } = await handle.read(body, at, bytes - at, at)
      if (bytesRead === 0) throw new Error(`the file ends at byte ${at}, when it was opened it had ${bytes}`)
      at += bytesRead
    }
    return body
  } finally {
    await handle.close()
  }
}
