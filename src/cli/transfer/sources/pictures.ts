// Which files of a folder, a ZIP file or a bucket are pictures: by their extension, else by their first bytes.

import { sniff } from '../../../image/codecs/sniff.ts'

const EXTENSION = /\.(?:jpe?g|jfif|png|webp|gif|tiff?|avif|heic|heif)$/i

/** Bytes from which a format is known. */
export const HEAD_BYTES = 4096

/** True for hidden files, and for what macOS puts into archives. */
export const isHidden = (name: string): boolean => name.startsWith('.') || name === '__MACOSX'

/** @param open reads the file; called only where the extension says nothing */
export const isPicture = async (name: string, open: () => AsyncIterable<Uint8Array>): Promise<boolean> => {
  if (EXTENSION.test(name)) return true
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of open()) {
    pieces.push(piece)
    bytes += piece.byteLength
    if (bytes >= HEAD_BYTES) break
  }
  return sniff(Buffer.concat(pieces).subarray(0, HEAD_BYTES))?.startsWith('image/') ?? false
}

/** The path without the extension of its last part, of any kind. */
export const withoutExtension = (path: string): string => path.replace(/(?<=[^/])\.[^./]*$/, '')
