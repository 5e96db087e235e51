// Colour profiles (ICC.1:2022): what a JPEG file carries in its APP2 segments, checked and reduced to what colours need.

/** Larger ones are dropped: profiles of RGB and grey pictures have 500 bytes to 200 KB. */
const MAX_PROFILE_BYTES = 1024 * 1024

/** Most bytes of a profile in one segment: 65533 less the 14 of the name and the two counters. */
const CHUNK_BYTES = 65_519

const MAX_TAGS = 100
const HEADER_BYTES = 128
const TAG_BYTES = 12
const CHUNK_NAME = 'ICC_PROFILE\0'

/**
 * What may stay. Private tags go: monitor profiles name the serial number of the device (`mmod`, `meta`), its owner's
 * calibration and more, and no colour depends on them.
 */
const COLOUR_TAGS = new Set(
  ['desc', 'cprt', 'wtpt', 'bkpt', 'chad', 'cicp', 'gamt', 'rXYZ', 'gXYZ', 'bXYZ', 'rTRC', 'gTRC', 'bTRC', 'kTRC']
    .concat(['A2B0', 'A2B1', 'A2B2', 'B2A0', 'B2A1', 'B2A2'])
    .concat(['D2B0', 'D2B1', 'D2B2', 'D2B3', 'B2D0', 'B2D1', 'B2D2', 'B2D3']),
)

/** True where an APP2 segment's content is part of a profile. */
export const isProfileChunk = (content: Buffer): boolean =>
  content.length > CHUNK_NAME.length + 2 && content.toString('latin1', 0, CHUNK_NAME.length) === CHUNK_NAME

/**
 * The profile whose parts these APP2 contents are, undefined where the parts are not all there, or are not a profile
 * for such pictures.
 *
 * @param channels 1 for grey, 3 for RGB
 */
export const joinProfile = (chunks: readonly Buffer[], channels: number): Buffer | undefined => {
  const parts: (Buffer | undefined)[] = []
  for (const chunk of chunks) {
    const [number = 0, count] = chunk.subarray(CHUNK_NAME.length)
    if (count !== chunks.length || number < 1 || number > chunks.length || parts[number]) return undefined
    parts[number] = chunk.subarray(CHUNK_NAME.length + 2)
  }
  const profile = Buffer.concat(parts.filter((part) => part !== undefined))
  return profile.length > MAX_PROFILE_BYTES ? undefined : reduceProfile(profile, channels)
}

/** The contents of the APP2 segments that carry a profile. */
export const splitProfile = (profile: Buffer): Buffer[] => {
  const count = Math.ceil(profile.length / CHUNK_BYTES)
  return Array.from({ length: count }, (_, index) =>
    Buffer.concat([
      Buffer.from(CHUNK_NAME, 'latin1'),
      Buffer.from([index + 1, count]),
      profile.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
    ]),
  )
}

const reduceProfile = (profile: Buffer, channels: number): Buffer | undefined => {
  const space = channels === 1 ? 'GRAY' : 'RGB '
  if (profile.length < HEADER_BYTES + 4 || profile.readUInt32BE(0) !== profile.length) return undefined
  if (profile.toString('latin1', 16, 20) !== space || profile.toString('latin1', 36, 40) !== 'acsp') return undefined
  const count = profile.readUInt32BE(HEADER_BYTES)
  if (count > MAX_TAGS || HEADER_BYTES + 4 + count * TAG_BYTES > profile.length) return undefined

  const tags: { entry: Buffer; offset: number; bytes: number }[] = []
  for (let index = 0; index < count; index++) {
    const start = HEADER_BYTES + 4 + index * TAG_BYTES
    const entry = profile.subarray(start, start + TAG_BYTES)
    const offset = entry.readUInt32BE(4)
    const bytes = entry.readUInt32BE(8)
    if (offset + bytes > profile.length) return undefined
    if (COLOUR_TAGS.has(entry.toString('latin1', 0, 4))) tags.push({ entry, offset, bytes })
  }
  return writeProfile(profile, tags)
}

const writeProfile = (
  profile: Buffer,
  tags: readonly { entry: Buffer; offset: number; bytes: number }[],
): Buffer | undefined => {
  const head = Buffer.alloc(HEADER_BYTES + 4 + tags.length * TAG_BYTES)
  profile.copy(head, 0, 0, HEADER_BYTES)
  // Device maker and model, and the checksum over the whole, which is no longer true; 0 says "not computed".
  head.fill(0, 48, 56).fill(0, 84, 100)
  head.writeUInt32BE(tags.length, HEADER_BYTES)
  const pieces: Uint8Array[] = [head]
  const placed = new Map<string, number>()
  let end = head.length
  for (const [index, { entry, offset, bytes }] of tags.entries()) {
    // The three curves of a profile are often one piece of data under three names.
    const key = `${offset}+${bytes}`
    const at = placed.get(key) ?? end
    if (at === end) {
      placed.set(key, at)
      const padding = -bytes & 3
      pieces.push(profile.subarray(offset, offset + bytes), Buffer.alloc(padding))
      end += bytes + padding
    }
    const place = HEADER_BYTES + 4 + index * TAG_BYTES
    entry.copy(head, place)
    head.writeUInt32BE(at, place + 4)
  }
  // Tags that overlap each other could multiply the bytes.
  if (end > MAX_PROFILE_BYTES) return undefined
  head.writeUInt32BE(end, 0)
  return Buffer.concat(pieces)
}
