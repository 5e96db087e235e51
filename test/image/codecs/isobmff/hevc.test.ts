import { describe, expect, it } from 'vitest'
import { codedPixels, nalUnitsIn, readHevcConfiguration } from '../../../../src/image/codecs/isobmff/hevc.ts'
import { u8 } from '../../../../src/image/codecs/isobmff/writer.ts'
import { hevcItem } from '../../../support/pictures/heic.ts'

const damaged = expect.objectContaining({ code: 'damaged_image' })

const configurationOf = (name: Parameters<typeof hevcItem>[0]) =>
  readHevcConfiguration((hevcItem(name).properties?.[1] ?? Buffer.alloc(0)).subarray(8))

/** NAL unit header of a slice. */
const SLICE = [0x26, 0x01]

describe('a configuration of HEVC', () => {
  it('has the parameter sets, the profile and the size of lengths', () => {
    const { nalUnits, lengthBytes, profile } = configurationOf('colour')
    expect(nalUnits.map(([first = 0]) => first >> 1)).toEqual([32, 33, 34])
    expect({ lengthBytes, profile }).toEqual({ lengthBytes: 4, profile: 3 })
    expect(configurationOf('colour10').profile).toBe(4)
  })

  it('is damaged where it ends too early, or a unit has no header', () => {
    const content = (hevcItem('colour').properties?.[1] ?? Buffer.alloc(0)).subarray(8)
    for (const bytes of [5, 22, 30, content.length - 1])
      expect(() => readHevcConfiguration(content.subarray(0, bytes))).toThrow(damaged)
    const short = Buffer.concat([content.subarray(0, 22), u8(1, 33, 0, 1, 0, 1, 0)])
    expect(() => readHevcConfiguration(short)).toThrow(damaged)
  })
})

describe('the data of an HEVC picture', () => {
  it.each([
    [1, [3]],
    [2, [0, 3]],
    [4, [0, 0, 0, 3]],
  ])('has NAL units behind lengths of %i bytes', (lengthBytes, length) => {
    const data = u8(...length, ...SLICE, 7, ...length, ...SLICE, 8)
    expect(nalUnitsIn(data, lengthBytes)).toEqual([u8(...SLICE, 7), u8(...SLICE, 8)])
  })

  it('is damaged where a length does not fit exactly, or no unit is a slice', () => {
    for (const data of [
      u8(0, 0, 0, 4, ...SLICE, 7),
      u8(0, 0, 0, 2, ...SLICE, 7),
      u8(0, 0, 0, 1, SLICE[0] ?? 0),
      u8(0, 0, 0, 3, 0x4e, 0x01, 7),
      u8(),
    ])
      expect(() => nalUnitsIn(data, 4)).toThrow(damaged)
  })
})

describe('the pixels of an HEVC picture', () => {
  it('are read from its parameter set', () => {
    for (const name of ['colour', 'colour10', 'colour12', 'mask', 'colour444'] as const)
      expect(codedPixels(configurationOf(name).nalUnits)).toBe(64 * 64)
    expect(codedPixels([u8(...SLICE, 7)])).toBe(0)
  })

  it('are read behind stuffing and sub-layers', () => {
    // 3 bits of sub-layers, nesting, 96 bits of profile, flags of one sub-layer and 7 fillers, its level, id 0, chroma 1,
    // then 1024 and 512 as Exp-Golomb codes.
    const bits = `0000 001 1 ${'0'.repeat(96)} 01 ${'0'.repeat(14)} 00000011 1 010 ${code(1024)} ${code(512)} 1`
    const digits = bits.replaceAll(' ', '')
    const bytes = Array.from({ length: Math.ceil(digits.length / 8) }, (_, at) =>
      Number.parseInt(digits.slice(at * 8, at * 8 + 8).padEnd(8, '0'), 2),
    )
    const stuffed = bytes.flatMap((byte, at) =>
      at > 1 && at % 2 === 1 && byte <= 3 && bytes[at - 1] === 0 && bytes[at - 2] === 0 ? [3, byte] : [byte],
    )
    expect(stuffed.length).toBeGreaterThan(bytes.length)
    expect(codedPixels([u8(0x42, 0x01, ...bytes)])).toBe(1024 * 512)
    expect(codedPixels([u8(0x42, 0x01, ...stuffed)])).toBe(1024 * 512)
  })

  it('are damaged where a number has no end', () => {
    expect(() => codedPixels([u8(0x42, 0x01, ...Array(200).fill(0))])).toThrow(damaged)
  })
})

const code = (value: number): string => {
  const digits = (value + 1).toString(2)
  return '0'.repeat(digits.length - 1) + digits
}
