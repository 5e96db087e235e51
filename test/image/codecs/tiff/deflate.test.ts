import { randomBytes } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isWholeDeflate } from '../../../../src/image/codecs/tiff/deflate.ts'

const MIB = 1024 * 1024

describe.each([
  ['at once', 3000],
  ['in pieces', 5 * MIB],
])('Deflate data that is inflated %s', (_, bytes) => {
  const exactly = { least: bytes, most: bytes }
  const data = deflateSync(randomBytes(bytes), { level: 1 })

  it('is whole with the right length alone', async () => {
    expect(await isWholeDeflate(data, exactly)).toBe(true)
    expect(await isWholeDeflate(Buffer.concat([data, Buffer.alloc(9)]), exactly)).toBe(true)
    expect(await isWholeDeflate(data, { least: bytes - 9, most: bytes + 9 })).toBe(true)
    expect(await isWholeDeflate(data, { least: bytes + 1, most: bytes + 1 })).toBe(false)
    expect(await isWholeDeflate(data, { least: bytes - 1, most: bytes - 1 })).toBe(false)
  })

  it('is not whole where its end is missing or a bit differs', async () => {
    expect(await isWholeDeflate(data.subarray(0, -1), exactly)).toBe(false)
    const other = Buffer.from(data)
    other.writeUInt8(other.readUInt8(bytes >> 1) ^ 1, bytes >> 1)
    expect(await isWholeDeflate(other, exactly)).toBe(false)
  })
})

describe('Deflate data', () => {
  it('that inflates to far more is given up early', async () => {
    const bomb = deflateSync(Buffer.alloc(200 * MIB), { level: 1 })
    const before = process.memoryUsage.rss()
    expect(await isWholeDeflate(bomb, { least: 100, most: 100 })).toBe(false)
    expect(await isWholeDeflate(bomb, { least: 5 * MIB, most: 5 * MIB })).toBe(false)
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * MIB)
  })
})
