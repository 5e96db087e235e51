import { describe, expect, it } from 'vitest'
import { box, type NewItem } from '../../../../src/image/codecs/isobmff/writer.ts'
import { decodeHeic } from '../../../../src/image/worker/decodable/heic.ts'
import { heicFile, hevcItem } from '../../../support/pictures/heic.ts'
import { ALPHA, auxC, gridOf, ispe } from '../../../support/pictures/heif.ts'

const damaged = expect.objectContaining({ code: 'damaged_image' })

const decode = (items: readonly NewItem[]) => decodeHeic(heicFile(items), 1_000_000)

/** The picture with bytes of its slice overwritten. The first 8 are the length, the header and the start of the slice. */
const overwritten = (name: Parameters<typeof hevcItem>[0], at: number, bytes: number, value: number) => {
  const item = hevcItem(name)
  const data = Buffer.from(item.data)
  data.fill(value, at, at + bytes)
  return { ...item, data }
}

describe('HEVC data', () => {
  // The decoder conceals what it cannot read, in green or grey. What happens to be read as another picture of the same
  // length cannot be told.
  it('are damaged where they are overwritten, nearly everywhere', () => {
    const stored: string[] = []
    let count = 0
    for (const name of ['colour', 'colour10', 'colour12', 'colour444'] as const)
      for (const value of [0, 0x55, 0xff])
        for (let at = 8; at + 16 <= hevcItem(name).data.length; at += 16, count++)
          try {
            decode([overwritten(name, at, 16, value)])
            stored.push(`${name} with ${value} at ${at}`)
          } catch (error) {
            expect(error).toEqual(damaged)
          }
    expect(count).toBeGreaterThan(40)
    expect(stored.length, stored.join()).toBeLessThan(count / 20)
  })

  it('are damaged where their last part is missing, and the lengths are right', () => {
    const { data, ...item } = hevcItem('colour')
    for (const bytes of [20, 40, 60, 80]) {
      const cut = Buffer.from(data.subarray(0, bytes))
      cut.writeUInt32BE(bytes - 4)
      expect(() => decode([{ ...item, data: cut }]), String(bytes)).toThrow(damaged)
    }
  })

  it('are damaged in any tile of a grid', () => {
    const grid = {
      type: 'grid',
      properties: [ispe(128, 128)],
      data: gridOf(2, 2, 128, 128),
      references: { dimg: [2, 3, 4, 5] },
    }
    const sound = Array.from({ length: 4 }, () => hevcItem('colour'))
    expect(decode([grid, ...sound])).toMatchObject({ width: 128, height: 128 })
    for (const index of sound.keys())
      expect(() => decode([grid, ...sound.with(index, overwritten('colour', 40, 16, 0))])).toThrow(damaged)
  })

  it('are refused before they are decoded where they say more pixels than the file', () => {
    const { properties: [size = ispe(64, 64), hvcC = Buffer.alloc(0)] = [], data } = hevcItem('colour')
    // The largest dimensions that fit into the place of 64×64 (0000001000001 each) in the parameter set.
    const digits = [...hvcC].map((byte) => byte.toString(2).padStart(8, '0')).join('')
    const at = digits.indexOf('0000001000001'.repeat(2))
    expect(at).toBeGreaterThan(0)
    const large = digits.slice(0, at) + '0000001111111'.repeat(2) + digits.slice(at + 26)
    const content = Buffer.from(large.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [])
    expect(() => decode([{ type: 'hvc1', properties: [size, content], data }])).toThrow(damaged)
  })

  it('are not supported in profiles that the decoder does not know', () => {
    const { properties = [], data } = hevcItem('colour')
    const content = Buffer.from(properties[1]?.subarray(8) ?? [])
    // Screen content coding, and data that only such a decoder reads.
    content[1] = 9
    const item = { type: 'hvc1', properties: [ispe(64, 64), box('hvcC', content)], data: Buffer.from(data).fill(0, 12) }
    expect(() => decode([item])).toThrow(expect.objectContaining({ code: 'unsupported_image_layout' }))
  })
})

describe('the opacity of a HEIC picture', () => {
  it('is scaled to it', () => {
    const mask = hevcItem('mask', auxC(ALPHA))
    const grid = {
      type: 'grid',
      properties: [ispe(128, 64)],
      data: gridOf(2, 1, 128, 64),
      references: { dimg: [3, 3] },
    }
    const { data, width } = decode([grid, { ...mask, references: { auxl: [1] } }, hevcItem('colour')])
    const alpha = (x: number) => data[(32 * width + x) * 4 + 3] ?? 999
    expect([4, 56].map(alpha).every((level) => level < 8)).toBe(true)
    expect([72, 124].map(alpha).every((level) => level > 247)).toBe(true)
  })
})
