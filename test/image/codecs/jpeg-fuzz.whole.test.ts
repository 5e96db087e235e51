import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TintypeError } from '../../../src/core/errors.ts'
import { readJpeg, rewriteJpeg } from '../../../src/image/codecs/jpeg.ts'
import { phonePhoto, segment, withSegments } from '../../support/pictures/pictures.ts'
import { makeProfile, profileChunks } from '../../support/pictures/profiles.ts'
import { thorough } from '../../support/thorough.ts'

/** Reads and rewrites; true where the file was taken. Whatever it throws must be `damaged_image`. */
const isTaken = (file: Buffer): boolean => {
  try {
    const layout = readJpeg(file)
    const pieces = layout.plain ? rewriteJpeg(layout, 6) : []
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0)
    // Two marks, JFIF, EXIF, and a profile with its segment heads are all that can come in addition.
    expect(bytes).toBeLessThanOrEqual(file.length + 2 ** 20 + 1024)
    return true
  } catch (error) {
    if (error instanceof TintypeError && error.code === 'damaged_image') return false
    throw error
  }
}

const profile = makeProfile({ isSwapped: true })
const seed = async () => {
  const chunks = profileChunks(profile, 90).map((chunk) => segment(0xe2, chunk))
  return withSegments(await phonePhoto({ width: 48, height: 40, orientation: 6 }), ...chunks)
}

describe('a hostile JPEG is read or refused as damaged, and nothing else', () => {
  it('made of random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        expect(isTaken(Buffer.concat([Buffer.from([0xff, 0xd8]), bytes]))).toBe(false)
      }),
      { numRuns: thorough(300, 3000) },
    )
  })

  it('made of random markers', () => {
    const piece = fc
      .tuple(fc.integer({ min: 0xbf, max: 0xff }), fc.nat(80), fc.uint8Array({ maxLength: 80 }))
      .map(([marker, length, content]) => Buffer.from([0xff, marker, 0, length, ...content]))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        isTaken(Buffer.concat([Buffer.from([0xff, 0xd8]), ...pieces, Buffer.from([0xff, 0xd9])]))
      }),
      { numRuns: thorough(300, 3000) },
    )
  })

  it('made of a photo with bytes that were changed, removed or repeated', async () => {
    const file = await seed()
    expect(isTaken(file)).toBe(true)
    const place = fc.nat(file.length - 1)
    const change = fc.tuple(place, fc.constantFrom('set', 'cut', 'double'), fc.nat(255), fc.nat(64))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        let hostile = Buffer.from(file)
        for (const [at, kind, value, length] of changes) {
          if (kind === 'set') hostile[at % hostile.length] = value
          else {
            const rest = kind === 'cut' ? at + length : Math.max(0, at - length)
            hostile = Buffer.concat([hostile.subarray(0, at), hostile.subarray(rest)])
          }
        }
        isTaken(hostile)
      }),
      { numRuns: thorough(500, 5000) },
    )
  })
})
