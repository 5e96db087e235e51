// ICC colour profiles (ICC.1:2022): joined from the APP2 segments of JPEG files, checked, and reduced to colour tags.

import { hasTables, modelOfProfile, type ProfileTags } from './icc-model.ts'
import { type ColourModel, isSrgbModel } from './model.ts'

/** Larger profiles are dropped, once reduced: those of RGB and grey pictures have 500 bytes to 200 KB. */
const MAX_PROFILE_BYTES = 1024 * 1024

/** Most bytes of a profile in one segment: 65533 minus 14 for the name and the two counters. */
const CHUNK_BYTES = 65_519

/** Above the number of tags in any real profile. */
const MAX_TAGS = 100
const HEADER_BYTES = 128
const TAG_BYTES = 12
const CHUNK_NAME = 'ICC_PROFILE\0'

/**
 * Tags that are kept. Others are private data that no colour depends on: monitor profiles contain the serial number of
 * the device (`mmod`, `meta`) and its calibration.
 */
const COLOUR_TAGS = new Set(
  ['desc', 'cprt', 'wtpt', 'bkpt', 'chad', 'cicp', 'gamt', 'rXYZ', 'gXYZ', 'bXYZ', 'rTRC', 'gTRC', 'bTRC', 'kTRC']
    .concat(['A2B0', 'A2B1', 'A2B2', 'B2A0', 'B2A1', 'B2A2'])
    .concat(['D2B0', 'D2B1', 'D2B2', 'D2B3', 'B2D0', 'B2D1', 'B2D2', 'B2D3']),
)

/** True where the content of an APP2 segment is part of a profile. */
export const isProfileChunk = (content: Buffer): boolean =>
  content.length > CHUNK_NAME.length + 2 && content.toString('latin1', 0, CHUNK_NAME.length) === CHUNK_NAME

/**
 * Joins the parts of a profile and reduces it; undefined where parts are missing or the profile is invalid.
 *
 * @param channels 1 for grey, 3 for RGB
 */
export const joinProfile = (chunks: readonly Buffer[], channels: number): Profile | undefined => {
  const parts: (Buffer | undefined)[] = []
  for (const chunk of chunks) {
    const [number = 0, count] = chunk.subarray(CHUNK_NAME.length)
    if (count !== chunks.length || number < 1 || number > chunks.length || parts[number]) return undefined
    parts[number] = chunk.subarray(CHUNK_NAME.length + 2)
  }
  return readProfile(Buffer.concat(parts.filter((part) => part !== undefined)), channels)
}

/** Splits a profile into the contents of APP2 segments. */
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

/** A profile that changes how samples are shown. */
export interface Profile {
  /** With colour tags only, and its true length: the one of the upload may be wrong by a few bytes. */
  bytes: Buffer
  /** Its curves and primaries; undefined where it has tables, which the colour engine of the decoder applies. */
  model: ColourModel | undefined
}

/**
 * The profile, checked and reduced; undefined where it is invalid, belongs to another colour model, or is equivalent to
 * sRGB.
 *
 * @param channels 1 for grey, 3 for RGB
 */
export const readProfile = (profile: Buffer, channels: number): Profile | undefined => {
  const read = readTags(profile, channels === 1 ? 'GRAY' : 'RGB ')
  if (!read || !hasColours(read)) return undefined
  const model = modelOfProfile(read)
  if (model && isSrgbModel(model)) return undefined
  const bytes = writeProfile(profile, read.tags)
  return bytes && { bytes, model }
}

/** Classes of profiles that describe the samples of a picture: monitors, scanners, printers and colour spaces. */
const CLASSES = ['mntr', 'scnr', 'prtr', 'spac']

/** Colour tags, as slices of the profile; undefined where it is invalid. */
const readTags = (profile: Buffer, space: string): ProfileTags | undefined => {
  if (profile.length < HEADER_BYTES + 4) return undefined
  const field = (at: number) => profile.toString('latin1', at, at + 4)
  if (field(16) !== space || field(36) !== 'acsp' || !CLASSES.includes(field(12))) return undefined
  const count = profile.readUInt32BE(HEADER_BYTES)
  if (count > MAX_TAGS || HEADER_BYTES + 4 + count * TAG_BYTES > profile.length) return undefined
  const tags = new Map<string, Buffer>()
  for (let at = HEADER_BYTES + 4; at < HEADER_BYTES + 4 + count * TAG_BYTES; at += TAG_BYTES) {
    const name = field(at)
    if (!COLOUR_TAGS.has(name)) continue
    const offset = profile.readUInt32BE(at + 4)
    const bytes = profile.readUInt32BE(at + 8)
    // The length in the header is not compared: phones write profiles that are some bytes longer than it says.
    if (offset + bytes > profile.length) return undefined
    tags.set(name, profile.subarray(offset, offset + bytes))
  }
  return { space, connection: field(20), tags }
}

/** True where the tags say a colour for each sample. */
const hasColours = (read: ProfileTags): boolean => hasTables(read) || modelOfProfile(read) !== undefined

const writeProfile = (profile: Buffer, tags: ReadonlyMap<string, Buffer>): Buffer | undefined => {
  const head = Buffer.alloc(HEADER_BYTES + 4 + tags.size * TAG_BYTES)
  profile.copy(head, 0, 0, HEADER_BYTES)
  // Clears the device maker and model, and the profile id, an MD5 that no longer holds; 0 means "not computed".
  head.fill(0, 48, 56).fill(0, 84, 100)
  head.writeUInt32BE(tags.size, HEADER_BYTES)
  const parts: Buffer[] = [head]
  // The three curves of a profile often share one piece of data.
  const placed = new Map<string, number>()
  let end = head.length
  let entry = HEADER_BYTES + 4
  for (const [name, data] of tags) {
    const key = `${data.byteOffset}+${data.length}`
    const at = placed.get(key) ?? end
    if (!placed.has(key)) {
      const padding = -data.length & 3
      placed.set(key, at)
      parts.push(data, Buffer.alloc(padding))
      end += data.length + padding
    }
    head.write(name, entry, 'latin1')
    head.writeUInt32BE(at, entry + 4)
    head.writeUInt32BE(data.length, entry + 8)
    entry += TAG_BYTES
  }
  // Overlapping tags could multiply the bytes.
  if (end > MAX_PROFILE_BYTES) return undefined
  head.writeUInt32BE(end, 0)
  return Buffer.concat(parts)
}
