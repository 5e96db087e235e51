import { describe, expect, it } from 'vitest'
import { TintypeError } from '../../src/core/errors.ts'
import { parseEncodedReply, parseRenderedReply } from '../../src/image/reply.ts'
import { toReply } from '../../src/image/worker/to-reply.ts'

const variant = { width: 4, height: 3, bytes: 100, sha256: 'a'.repeat(64) }
const picture = {
  type: 'image/png',
  sha256: 'b'.repeat(64),
  sizes: { original: variant, medium: variant, thumb: variant, game: variant },
  placeholder: '1QcSHQRnh493V4dIh4eXh1h4kJUI',
  color: '#a05030',
} as const

/** A value as the other process receives it. */
const received = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('the reply of a worker process', () => {
  it('is the picture', async () => {
    expect(parseEncodedReply(received(await toReply(Promise.resolve(picture))))).toEqual(picture)
  })

  it('is the error, with its cause as text', async () => {
    const error = new TintypeError('too_many_pixels', 'Too large.', {
      details: { width: 9 },
      cause: new Error('libvips'),
    })
    const reply = received(await toReply(Promise.reject(error)))
    expect(() => parseEncodedReply(reply)).toThrow(
      expect.objectContaining({
        code: 'too_many_pixels',
        message: 'Too large.',
        details: { width: 9 },
        cause: expect.stringContaining('libvips'),
      }),
    )
  })

  it('hides an unforeseen error from its public message', async () => {
    const reply = received(await toReply(Promise.reject(new Error('ENOENT /srv/secret'))))
    expect(() => parseEncodedReply(reply)).toThrow(
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
    ['an invalid hash', { result: { ...picture, sha256: '../../etc/passwd' } }],
    ['an invalid colour', { result: { ...picture, color: 'red;background:url(//evil)' } }],
    ['an invalid placeholder', { result: { ...picture, placeholder: '"><script>' } }],
    ['a placeholder of any length', { result: { ...picture, placeholder: 'AAAA'.repeat(1000) } }],
    ['no placeholder', { result: { ...picture, placeholder: undefined } }],
    ['an unknown code', { failure: { code: 'constructor', message: 'x' } }],
  ])('is refused where it is invalid: %s', (_, reply) => {
    expect(() => parseEncodedReply(reply)).toThrow(expect.objectContaining({ code: 'internal' }))
  })

  it('has the dimensions of a render within the limits of a transform', () => {
    const render = { width: 1, height: 4096, bytes: 1 }
    expect(parseRenderedReply({ result: render })).toEqual(render)
    for (const invalid of [{ width: 0 }, { height: 4097 }, { bytes: 0 }, { width: 1.5 }])
      expect(() => parseRenderedReply({ result: { ...render, ...invalid } })).toThrow(
        expect.objectContaining({ code: 'internal' }),
      )
  })

  it('has the content of a render that was not written, in its whole length', () => {
    const content = Buffer.from('made')
    const render = { width: 1, height: 1, bytes: content.length }
    const reply = { result: { ...render, content: content.toString('base64') } }
    expect(parseRenderedReply(received(reply))).toEqual({ ...render, content })
    for (const text of ['', 'bWFk', 'bWFkZSE='])
      expect(() => parseRenderedReply({ result: { ...render, content: text } })).toThrow(
        expect.objectContaining({ code: 'internal' }),
      )
  })
})
