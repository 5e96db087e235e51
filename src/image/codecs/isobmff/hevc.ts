// Takes coded HEVC pictures of HEIC files apart into NAL units (ISO/IEC 14496-15 section 8, ITU-T H.265 section 7).

import { failDamaged, readerOf } from './boxes.ts'

/** Content of a box `hvcC`. */
export interface HevcConfiguration {
  /** Parameter sets. */
  nalUnits: Buffer[]
  /** Bytes of the length before each NAL unit of a picture: 1, 2 or 4. */
  lengthBytes: number
  /** `general_profile_idc` of H.265 annex A. */
  profile: number
}

/** @throws TintypeError `damaged_image` */
export const readHevcConfiguration = (content: Buffer): HevcConfiguration => {
  const reader = readerOf(content)
  const [, profile = 0] = reader.take(21)
  const lengthBytes = (reader.uint(1) & 3) + 1
  const nalUnits: Buffer[] = []
  for (let arrays = reader.uint(1); arrays > 0; arrays--) {
    reader.uint(1)
    for (let count = reader.uint(2); count > 0; count--) nalUnits.push(unitOf(reader.take(reader.uint(2))))
  }
  return { nalUnits, lengthBytes, profile: profile & 31 }
}

/**
 * The NAL units that the data of a picture consists of.
 *
 * @throws TintypeError `damaged_image` where a length does not fit, or no unit is part of a picture
 */
export const nalUnitsIn = (data: Buffer, lengthBytes: number): Buffer[] => {
  const reader = readerOf(data)
  const nalUnits: Buffer[] = []
  while (reader.left > 0) nalUnits.push(unitOf(reader.take(reader.uint(lengthBytes))))
  return nalUnits.some((unit) => typeOf(unit) < SLICE_TYPES) ? nalUnits : failDamaged('a picture has no slices')
}

/** A unit is at least as long as its header. */
const unitOf = (bytes: Buffer): Buffer => (bytes.length < 2 ? failDamaged('a NAL unit is too short') : bytes)

/** NAL units of types below are slices. */
const SLICE_TYPES = 32
const SPS = 33

const typeOf = (unit: Buffer): number => ((unit[0] ?? 0xff) >> 1) & 63

/**
 * The most pixels that a decoder makes of a picture by its parameter sets, before it is cropped.
 *
 * @throws TintypeError `damaged_image`
 */
export const codedPixels = (nalUnits: readonly Buffer[]): number =>
  Math.max(0, ...nalUnits.filter((unit) => typeOf(unit) === SPS).map(pixelsOfSps))

/** Above the bytes in front of the dimensions, which stand behind profiles of up to 7 sub-layers. */
const SPS_HEAD_BYTES = 160

const pixelsOfSps = (unit: Buffer): number => {
  const bits = bitsOf(withoutStuffing(unit.subarray(2, SPS_HEAD_BYTES)))
  bits.uint(4)
  const subLayers = bits.uint(3)
  bits.skip(1 + PROFILE_BITS + LEVEL_BITS)
  const present = Array.from({ length: subLayers }, () => ({ profile: bits.uint(1), level: bits.uint(1) }))
  if (subLayers > 0) bits.skip(2 * (8 - subLayers))
  for (const { profile, level } of present) bits.skip(profile * PROFILE_BITS + level * LEVEL_BITS)
  bits.exponential()
  if (bits.exponential() === 3) bits.skip(1)
  return bits.exponential() * bits.exponential()
}

const PROFILE_BITS = 88
const LEVEL_BITS = 8

/** Two zeros are followed by a 3 where the bytes would look like the start of a NAL unit. */
const withoutStuffing = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.filter((byte, at) => byte !== 3 || at < 2 || bytes[at - 1] !== 0 || bytes[at - 2] !== 0))

const bitsOf = (bytes: Buffer) => {
  let at = 0
  const uint = (count: number): number => {
    let value = 0
    for (const end = at + count; at < end; at++) value = value * 2 + (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1)
    return value
  }
  return {
    uint,
    skip(count: number): void {
      at += count
    },
    /** Exp-Golomb code (section 9.2). */
    exponential(): number {
      let zeros = 0
      while (uint(1) === 0) if (++zeros > 31) failDamaged('a parameter set has a number of more than 32 bits')
      return 2 ** zeros - 1 + uint(zeros)
    },
  }
}
