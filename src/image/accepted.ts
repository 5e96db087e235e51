// The types of uploads that this installation accepts.

import { createRequire } from 'node:module'
import { ACCEPTED_TYPES, type AcceptedType } from './encoder.ts'

/** Names for messages. */
export const TYPE_NAMES: Record<AcceptedType, string> = {
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'image/gif': 'GIF',
  'image/tiff': 'TIFF',
  'image/avif': 'AVIF',
  'image/heic': 'HEIC',
}

/**
 * Accepted types by what is installed.
 *
 * @param resolve finds a module without loading it, or throws
 */
export const acceptedTypesBy = (resolve: (module: string) => string): readonly AcceptedType[] => {
  try {
    // Decodes HEIC in WebAssembly. sharp reads HEIF files, but its build has no decoder of HEVC.
    resolve('libheif-js/libheif-wasm/libheif.js')
    return ACCEPTED_TYPES
  } catch {
    return ACCEPTED_TYPES.filter((type) => type !== 'image/heic')
  }
}

let known: readonly AcceptedType[] | undefined

/** Found out at the first call, in a millisecond; what is installed later counts from the next start on. */
export const acceptedTypes = (): readonly AcceptedType[] => {
  known ??= acceptedTypesBy(createRequire(import.meta.url).resolve)
  return known
}
