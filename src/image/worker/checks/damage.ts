// Recognises damage that decoders only warn of, and then show as noise, grey or black.

import type { Sharp } from 'sharp'

/** Warnings of libjpeg, and of libtiff about CCITT, PackBits and JPEG data. */
const DAMAGE = [
  /Corrupt JPEG data: (?!\d+ extraneous)/,
  /Premature end of JPEG/,
  /Improper JPEG strip\/tile size/,
  /Premature EOL|Premature EOF|Line length mismatch|Uncompressed data/,
  /Discarding \d+ bytes to avoid buffer overrun/,
]

/** Stray bytes in front of a marker. Few are harmless; many are data of a scan that ended too early. */
const STRAY = /Corrupt JPEG data: (\d+) extraneous bytes before marker/
const MAX_STRAY_BYTES = 16

/** libjpeg tells its first warning alone, and the number of all. */
const COUNT = /read gave (\d+) warnings/

/** Listens to the warnings of libvips about a picture, which sharp emits before its result. */
export type Watch = (picture: Sharp) => Sharp

/**
 * Decodes, and fails where the decoder has warned of damage.
 *
 * @param decode watches each picture that it opens
 */
export const decodedWhole = async <Result>(decode: (watch: Watch) => Promise<Result>): Promise<Result> => {
  const warnings: string[] = []
  const result = await decode((picture) => picture.on('warning', (warning: string) => warnings.push(warning)))
  const damage = damageIn(warnings)
  if (damage !== undefined) throw new Error(damage)
  return result
}

/** The first warning of damage; undefined where there is none. */
export const damageIn = (warnings: readonly string[]): string | undefined => {
  const isRepeated = warnings.some((warning) => Number(COUNT.exec(warning)?.[1] ?? 1) > 1)
  return warnings.find((warning) => {
    const stray = Number(STRAY.exec(warning)?.[1] ?? 0)
    return stray > MAX_STRAY_BYTES || (stray > 0 && isRepeated) || DAMAGE.some((damage) => damage.test(warning))
  })
}
