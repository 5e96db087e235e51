import { describe, expect, it } from 'vitest'
import { readFirstFrame } from '../../../src/image/codecs/gif.ts'
import { gifOf } from '../../support/pictures/gif.ts'
import { photoAs } from '../../support/pictures/pictures.ts'

describe('the first frame of a GIF', () => {
  it('covers the screen in ordinary files', async () => {
    const file = await (await photoAs({ width: 60, height: 40 })).gif().toBuffer()
    expect(readFirstFrame(file)).toEqual({
      width: 60,
      height: 40,
      frame: { left: 0, top: 0, width: 60, height: 40 },
      isWhole: true,
    })
  })

  it.each([
    ['covers a part', { width: 40, height: 30 }, { left: 8, top: 6, width: 16, height: 12 }, { width: 40, height: 30 }],
    [
      'reaches over it',
      { width: 40, height: 30 },
      { left: 30, top: 20, width: 16, height: 12 },
      { width: 46, height: 32 },
    ],
    ['needs no screen', { width: 0, height: 0 }, { left: 0, top: 0, width: 16, height: 12 }, { width: 16, height: 12 }],
  ])('%s', (_, screen, frame, size) => {
    const isWhole = frame.left === 0
    expect(readFirstFrame(gifOf(screen, frame))).toEqual({ ...size, frame, isWhole })
  })

  it('is found behind extensions, and not behind the end of a file', () => {
    const file = gifOf(
      { width: 40, height: 30 },
      { left: 8, top: 6, width: 16, height: 12 },
      { comment: 'x'.repeat(200) },
    )
    const whole = readFirstFrame(file)
    expect(whole?.frame).toEqual({ left: 8, top: 6, width: 16, height: 12 })
    for (let end = 0; end < file.length; end++) {
      const found = readFirstFrame(file.subarray(0, end))
      if (found) expect(found).toEqual(whole)
    }
    expect(readFirstFrame(Buffer.from('GIF89a'))).toBeUndefined()
  })
})
