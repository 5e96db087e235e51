import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { withoutCompressedText } from '../../../src/image/codecs/png-text.ts'
import { gama, pngChunk, pngOf, withChunks } from '../../support/pictures/png.ts'

const png = pngOf({ width: 2, height: 1, colourType: 2, samples: Buffer.from([200, 40, 40, 40, 180, 60]) })
const compressed = pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflateSync('words')]))
const international = pngChunk('iTXt', Buffer.from('Comment\0\0\0\0\0words', 'latin1'))

describe('compressed text of a PNG file', () => {
  it('is removed, wherever it is, and nothing else', () => {
    const kept = [gama(0.5), pngChunk('tEXt', Buffer.from('Comment\0zTXt', 'latin1'))]
    const file = Buffer.concat([
      withChunks(png, compressed, ...kept.slice(0, 1), compressed, international, ...kept.slice(1)).subarray(0, -12),
      compressed,
      png.subarray(-12),
    ])
    expect(withoutCompressedText(file).equals(withChunks(png, ...kept))).toBe(true)
  })

  it('is absent from most files, which are not copied', () => {
    expect(withoutCompressedText(png)).toBe(png)
    expect(withoutCompressedText(Buffer.alloc(8))).toHaveLength(8)
  })

  it('is kept where it breaks off, for the decoder to judge', () => {
    const file = withChunks(png, compressed)
    const cut = file.subarray(0, 33 + compressed.length - 1)
    expect(withoutCompressedText(cut)).toBe(cut)
  })
})
