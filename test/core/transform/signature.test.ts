// Signed URLs.

import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { eachOnce } from '../../../src/core/parameters.ts'
import { parseTransform } from '../../../src/core/transform/parse-transform.ts'
import { parseSigningKeys, signUrl, verifySignature } from '../../../src/core/transform/signature.ts'
import { transformParameters } from '../../../src/core/transform/transform.ts'
import { otherSpellings } from '../../support/auth/spellings.ts'

const OLD = 'the old key, 0123456789'
const NEW = 'the new key, 0123456789'
const PATH = '/projects/demo/images/4f0z6k1m9q2w8e5r7t3y/render'
const NOON = new Date('2026-05-04T12:00:00Z')

/** As the server does it. */
const verify = (url: string, keys: readonly string[], now = NOON.getTime(), path = PATH) => {
  const parameters = eachOnce(new URL(url, 'http://any').searchParams)
  const [signature, exp] = [parameters.get('sig'), parameters.get('exp')]
  parameters.delete('sig')
  parameters.delete('exp')
  const meaning = transformParameters(parseTransform(parameters))
  verifySignature(
    { path, parameters: new Map([...meaning, ...(exp ? [['exp', exp] as const] : [])]) },
    signature,
    keys,
    now,
  )
}
const refusal = (code: string) => expect.objectContaining({ code })

describe('a signed URL', () => {
  it('is accepted with its key, under any mount path and host', () => {
    for (const prefix of ['', '/media', 'https://img.example.com', 'https://img.example.com:8443/a/b']) {
      const url = signUrl(`${prefix}${PATH}?w=320&h=180`, { keys: [NEW] })
      expect(url.startsWith(`${prefix}${PATH}?`)).toBe(true)
      verify(url, [NEW])
    }
  })

  it('is signed by the first key and accepted with any', () => {
    const url = signUrl(`${PATH}?w=320`, { keys: [OLD, NEW] })
    verify(url, [NEW, OLD])
    expect(() => verify(url, [NEW])).toThrow(refusal('signature_invalid'))
    expect(signUrl(`${PATH}?w=320`, { keys: [NEW] })).not.toBe(url)
  })

  it('keeps the version of a focal point, and does not cover it', () => {
    const url = new URL(signUrl(`${PATH}?w=320&h=180&v=0.3,0.6`, { keys: [NEW] }), 'http://any')
    expect(url.searchParams.get('v')).toBe('0.3,0.6')
    const plain = new URL(signUrl(`${PATH}?w=320&h=180`, { keys: [NEW] }), 'http://any')
    expect(url.searchParams.get('sig')).toBe(plain.searchParams.get('sig'))
    expect(() => signUrl(`${PATH}?w=320&h=180&v=now`, { keys: [NEW] })).toThrow(refusal('invalid_parameter'))
  })

  it('covers the meaning of the transform, not its spelling', () => {
    const signature = new URL(signUrl(`${PATH}?w=320&h=180`, { keys: [NEW] }), 'http://any').searchParams.get('sig')
    verify(`${PATH}?sig=${signature}&fit=cover&h=90&w=160&dpr=2&q=80`, [NEW])
  })

  it('is refused in another spelling of its signature', () => {
    const others = otherSpellings(signUrl(`${PATH}?w=320`, { keys: [NEW] }))
    expect(others).toHaveLength(3)
    for (const other of others) expect(() => verify(other, [NEW])).toThrow(refusal('signature_invalid'))
  })

  it.each([
    ['another parameter', (url: string) => `${url}&q=50`],
    ['another value', (url: string) => url.replace('w=320', 'w=321')],
    ['a time added', (url: string) => `${url}&exp=99999999999`],
    ['another signature', (url: string) => url.replace(/sig=./, 'sig=_')],
    ['a shorter signature', (url: string) => url.slice(0, -1)],
    ['an empty signature', (url: string) => url.replace(/sig=.*/, 'sig=')],
  ])('is refused with %s', (_, change) => {
    const url = signUrl(`${PATH}?w=320`, { keys: [NEW] })
    expect(() => verify(change(url), [NEW])).toThrow(refusal('signature_invalid'))
  })

  it('is refused for another image, and where its expiry was changed or removed', () => {
    const url = signUrl(`${PATH}?w=320`, { keys: [NEW], expiresAt: NOON })
    expect(() => verify(url, [NEW], 0, PATH.replace('4f0z', '5f0z'))).toThrow(refusal('signature_invalid'))
    expect(() => verify(url.replace(/exp=\d+/, 'exp=99999999999'), [NEW])).toThrow(refusal('signature_invalid'))
    expect(() => verify(url.replace(/&exp=\d+/, ''), [NEW])).toThrow(refusal('signature_invalid'))
  })

  it('with a doubled parameter is refused before it is verified', () => {
    const url = signUrl(`${PATH}?w=320`, { keys: [NEW] })
    for (const more of ['&w=320', '&w=4000', '&sig=x'])
      expect(() => verify(url + more, [NEW])).toThrow(refusal('invalid_parameter'))
  })

  it('is valid until its expiry and not after', () => {
    const url = signUrl(`${PATH}?w=320`, { keys: [NEW], expiresAt: NOON })
    verify(url, [NEW], NOON.getTime() - 1)
    expect(() => verify(url, [NEW], NOON.getTime())).toThrow(refusal('signature_expired'))
  })

  it('is required, and no signature is valid without keys', () => {
    expect(() => verify(`${PATH}?w=320`, [NEW])).toThrow(refusal('signature_required'))
    expect(() => verify(signUrl(`${PATH}?w=320`, { keys: [NEW] }), [])).toThrow(refusal('signature_invalid'))
  })

  it('is not created without a key, without a project, or for an invalid transform', () => {
    expect(() => signUrl(`${PATH}?w=320`, { keys: [] })).toThrow(refusal('invalid_parameter'))
    expect(() => signUrl('/health', { keys: [NEW] })).toThrow(refusal('invalid_parameter'))
    expect(() => signUrl(`${PATH}?w=99999`, { keys: [NEW] })).toThrow(refusal('invalid_parameter'))
  })

  it('has an HMAC-SHA256 over its path and its parameters, sorted by name', () => {
    const text = `tintype-url-1\n/projects/demo/images/x\nexp=1777896000&format=webp&n=1&size=thumb`
    const expected = createHmac('sha256', NEW).update(text).digest('base64url')
    for (const query of ['size=thumb&n=1&format=webp', 'n=1&size=thumb&format=webp', 'format=webp&n=1&size=thumb'])
      expect(signUrl(`/projects/demo/images/x?${query}`, { keys: [NEW], expiresAt: NOON })).toBe(
        `/projects/demo/images/x?${query}&exp=1777896000&sig=${expected}`,
      )
  })

  it('covers encoded slashes as they are outside of the names of assets', () => {
    for (const path of ['/projects/demo/images/a%2Fb', '/projects/demo/images/projects/x/assets/a%2Fb']) {
      const expected = createHmac('sha256', NEW).update(`tintype-url-1\n${path}\nn=1`).digest('base64url')
      expect(signUrl(`${path}?n=1`, { keys: [NEW] })).toBe(`${path}?n=1&sig=${expected}`)
    }
  })

  it('is the same with the format as an extension and as a parameter', () => {
    const partsOf = (query: string, expiresAt?: Date) => {
      const url = new URL(signUrl(PATH.replace('/render', query), { keys: [NEW], expiresAt }), 'http://any')
      return {
        path: url.pathname.split('/').at(-1),
        names: [...url.searchParams.keys()],
        sig: url.searchParams.get('sig'),
      }
    }
    const webp = partsOf('/render?w=320&format=webp')
    expect(partsOf('/render.webp?w=320')).toEqual({ path: 'render.webp', names: ['w', 'sig'], sig: webp.sig })
    expect(partsOf('/render.webp?format=webp&w=320').sig).toBe(webp.sig)
    expect(partsOf('/render.jpg?w=320').sig).toBe(partsOf('/render?w=320').sig)
    expect(partsOf('/render.jpg?w=320').sig).not.toBe(webp.sig)
    expect(partsOf('/render.webp?w=320', NOON).sig).toBe(partsOf('/render?w=320&format=webp', NOON).sig)
    expect(partsOf('/render.webp?preset=card').names).toEqual(['preset', 'sig'])
    const ofPreset = ['', '.jpg', '.webp', '.avif'].map((extension) => partsOf(`/render${extension}?preset=card`).sig)
    expect(new Set(ofPreset).size, 'each format of a preset has its own').toBe(4)
  })

  it('of an asset is the same with plain slashes in its name and with encoded ones', () => {
    const sigOf = (path: string) => new URL(signUrl(path, { keys: [NEW] }), 'http://any').searchParams.get('sig')
    const encoded = signUrl('/projects/demo/assets/ui%2Fbutton.webp?size=thumb', { keys: [NEW] })
    expect(encoded).toContain('/assets/ui%2Fbutton.webp?size=thumb&sig=')
    expect(encoded).toContain(sigOf('/projects/demo/assets/ui/button.webp?size=thumb') ?? 'none')
    expect(sigOf('/projects/demo/assets/ui%2fbutton/render.webp?w=8')).toBe(
      sigOf('/projects/demo/assets/ui/button/render?w=8&format=webp'),
    )
  })

  it('is not created for an extension of another format than the query', () => {
    for (const query of ['/render.webp?format=avif', '/render.webp?format=auto', '/render.jpg?format=webp'])
      expect(() => signUrl(PATH.replace('/render', query), { keys: [NEW] })).toThrow(refusal('invalid_parameter'))
  })

  it('keeps the parameters of a preset and of a stored picture as they are', () => {
    const parametersOf = (url: string) => [...new URL(signUrl(url, { keys: [NEW] }), 'http://any').searchParams.keys()]
    expect(parametersOf(`${PATH}?preset=card`)).toEqual(['preset', 'sig'])
    expect(parametersOf('/projects/demo/images/x?size=thumb')).toEqual(['size', 'sig'])
    expect(parametersOf('/projects/demo/thumbnail?w=320')).toEqual(['w', 'sig'])
  })

  it('is refused with the reason', () => {
    const messageOf = (work: () => unknown) => {
      try {
        work()
      } catch (error) {
        return error instanceof Error ? error.message : error
      }
    }
    expect(messageOf(() => verify(`${PATH}?w=320`, [NEW]))).toBe(
      'Expected a signature in "sig", or one of the presets in "preset".',
    )
    expect(messageOf(() => verify(`${PATH}?w=320`, []))).toBe(
      'Expected a preset: this server has no signing keys, so that it takes no other transforms.',
    )
    expect(messageOf(() => verify(`${PATH}?w=320&sig=x`, [NEW]))).toBe('The signature does not match this URL.')
    const expired = signUrl(`${PATH}?w=320`, { keys: [NEW], expiresAt: NOON })
    expect(messageOf(() => verify(expired, [NEW]))).toBe('The URL was valid until 2026-05-04T12:00:00.000Z.')
    const latest = signUrl(`${PATH}?w=320`, { keys: [NEW], expiresAt: new Date(999_999_999_999_000) })
    expect(messageOf(() => verify(latest, [NEW], 1e15))).toBe('The URL was valid until +033658-09-27T01:46:39.000Z.')
    const parameters = new Map([['exp', 'soon']])
    const signature = createHmac('sha256', NEW).update(`tintype-url-1\n${PATH}\nexp=soon`).digest('base64url')
    expect(messageOf(() => verifySignature({ path: PATH, parameters }, signature, [NEW], 0))).toBe(
      'exp: expected seconds since 1970, received "soon".',
    )
    expect(messageOf(() => signUrl(`${PATH}?w=320`, { keys: [] }))).toBe(
      'keys: expected at least one signing key, received "none".',
    )
    for (const url of ['/health', 'http://['])
      expect(messageOf(() => signUrl(url, { keys: [NEW] }))).toBe(
        `url: expected a URL with /projects/ in its path, received "${url}".`,
      )
  })

  it('can be signed again with another expiry', () => {
    const once = signUrl(`${PATH}?w=320`, { keys: [OLD], expiresAt: new Date(0) })
    verify(signUrl(once, { keys: [NEW], expiresAt: new Date('2030-01-01') }), [NEW])
  })
})

describe('signing keys', () => {
  it('are parsed from a list or from text, and refused where they are short', () => {
    expect(parseSigningKeys(` ${NEW} ,, `.replace('key,', 'key'))).toHaveLength(1)
    expect(parseSigningKeys([])).toEqual([])
    expect(parseSigningKeys([` ${NEW}\t`, '', '  ', OLD])).toEqual([NEW, OLD])
    expect(parseSigningKeys(['x'.repeat(16)])).toEqual(['x'.repeat(16)])
    expect(() => parseSigningKeys([NEW, 'x'.repeat(15)])).toThrow(
      'signing keys: expected at least 16 characters each, received "one of 15".',
    )
    expect(() => parseSigningKeys(['too short'])).toThrow(/16 characters/)
    expect(() => parseSigningKeys(['too short'])).not.toThrow(/too short/)
  })
})
