import { describe, expect, it } from 'vitest'
import { TintypeError } from '../../../src/core/errors.ts'
import { pictureOf } from '../../../src/image/pool/parse-reply.ts'
import { answerOf } from '../../../src/image/worker/reply.ts'

const variant = { width: 4, height: 3, bytes: 100, sha256: 'a'.repeat(64) }
const picture = {
  type: 'image/png',
  sha256: 'b'.repeat(64),
  sizes: { original: variant, medium: variant, thumb: variant, game: variant },
  placeholder: '1QcSHQRnh493V4dIh4eXh1h4kJUI',
  color: '#a05030',
} as const

/** As it goes through the channel between two processes. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('the answer of an encoder process', () => {
  it('is the picture', async () => {
    expect(pictureOf(sent(await answerOf(Promise.resolve(picture))))).toEqual(picture)
  })

  it('is the error, with what lies behind it as text', async () => {
    const error = new TintypeError('too_many_pixels', 'Too large.', {
      details: { width: 9 },
      cause: new Error('libvips'),
    })
    const answer = sent(await answerOf(Promise.reject(error)))
    expect(() => pictureOf(answer)).toThrow(
      expect.objectContaining({
        code: 'too_many_pixels',
        message: 'Too large.',
        details: { width: 9 },
        cause: expect.stringContaining('libvips'),
      }),
    )
  })

  it('says nothing of an unforeseen error in its public message', async () => {
    const answer = sent(await answerOf(Promise.reject(new Error('ENOENT /srv/secret'))))
    expect(() => pictureOf(answer)).toThrow(
      expect.objectContaining({
        code: 'internal',
        message: 'The encoder failed.',
        cause: expect.stringContaining('ENOENT'),
      }),
    )
  })

  it.each([
    ['nothing', undefined],
    ['half a picture', { result: { ...picture, sizes: { original: variant } } }],
    ['a hash that is none', { result: { ...picture, sha256: '../../etc/passwd' } }],
    ['a colour that is none', { result: { ...picture, color: 'red;background:url(//evil)' } }],
    ['a placeholder that is none', { result: { ...picture, placeholder: '"><script>' } }],
    ['a placeholder of any length', { result: { ...picture, placeholder: 'AAAA'.repeat(1000) } }],
    ['no placeholder', { result: { ...picture, placeholder: undefined } }],
    ['a code that is none', { failure: { code: 'constructor', message: 'x' } }],
  ])('is not believed where it makes no sense: %s', (_, answer) => {
    expect(() => pictureOf(answer)).toThrow(expect.objectContaining({ code: 'internal' }))
  })
})
