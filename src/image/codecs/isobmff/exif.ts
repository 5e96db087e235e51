// Finds the EXIF data of an AVIF or HEIC file: an item beside the pictures (ISO/IEC 23008-12 annex A).

import { readMeta } from './meta.ts'

/** Above the bytes of any real EXIF data, which most cameras keep below 64 KB for JPEG. */
const MAX_EXIF_BYTES = 1024 * 1024

/** @returns a TIFF structure, not checked; undefined where the file has none */
export const exifOf = (file: Buffer): Buffer | undefined => {
  const meta = readMeta(file)
  const items = [...(meta?.items.values() ?? [])].filter(({ type }) => type === 'Exif')
  const describesPrimary = ({ id }: { id: number }) =>
    meta?.references.some(({ type, from, to }) => type === 'cdsc' && from === id && to.includes(meta.primary))
  const item = items.find(describesPrimary) ?? items[0]
  const data = item && meta?.dataOf(item.id, MAX_EXIF_BYTES)
  // It begins with the distance of the TIFF structure from these four bytes.
  return data && data.length >= 4 ? data.subarray(4 + data.readUInt32BE(0)) : undefined
}
