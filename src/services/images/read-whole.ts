// Reads stored files into memory.

import type { ReadableFile } from '../../stores/store.ts'

/** Reads a whole file and closes it. @throws Error where it was truncated meanwhile */
export const readWhole = async (file: ReadableFile): Promise<Buffer<ArrayBuffer>> => {
  try {
    const pieces: Uint8Array<ArrayBuffer>[] = []
    for await (const piece of file.read(0, file.bytes)) pieces.push(piece)
    const [first] = pieces
    if (first?.byteLength === file.bytes) return Buffer.from(first.buffer, first.byteOffset, first.byteLength)
    // Not from Node's pool: a small body would retain 8 KiB of it.
    const body = Buffer.allocUnsafeSlow(file.bytes)
    let at = 0
    for (const piece of pieces) {
      body.set(piece, at)
      at += piece.byteLength
    }
    return body
  } finally {
    await file.close()
  }
}
