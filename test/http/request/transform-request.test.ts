// Transform requests: authorization by signature or preset, the end of validity, and the cache of parsed requests.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TintypeError } from '../../../src/core/errors.ts'
import { presetVersion } from '../../../src/core/transform/focal-version.ts'
import { parsePresets, presetOf } from '../../../src/core/transform/presets.ts'
import { formatOfRecipe } from '../../../src/core/transform/recipe.ts'
import { signUrl } from '../../../src/core/transform/signature.ts'
import { createTransformRequestParser } from '../../../src/http/request/transform-request.ts'

const KEYS = ['a key for tests only, 123']
const PATH = `/projects/game/images/${'a'.repeat(20)}/render`
const NOW = Date.parse('2026-01-01T00:00:00Z')
const YEAR = 31_536_000

const parser = createTransformRequestParser({
  signingKeys: KEYS,
  presets: parsePresets('card:w=80;best:w=80,format=auto'),
})

const signed = (query: string, lifeSeconds?: number): string => {
  const expiresAt = lifeSeconds === undefined ? undefined : new Date(NOW + lifeSeconds * 1000)
  return new URL(signUrl(`${PATH}?${query}`, { keys: KEYS, ...(expiresAt ? { expiresAt } : {}) }), 'http://a').search
}

/** The code and message of a refusal. */
const refusal = (read: () => unknown): string => {
  try {
    read()
  } catch (error) {
    if (error instanceof TintypeError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'accepted'
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('authorization of a transform', () => {
  it('accepts a signed transform in any order of its parameters', () => {
    expect(refusal(() => parser.parse(PATH, signed('w=90&h=70')))).toBe('accepted')
    const [sig] = /sig=.+$/.exec(signed('w=90&h=70')) ?? []
    expect(refusal(() => parser.parse(PATH, `?h=70&${sig}&w=90`))).toBe('accepted')
  })

  it('refuses a transform without a signature, and one with a changed path or width', () => {
    expect(refusal(() => parser.parse(PATH, '?w=91'))).toBe(
      'signature_required: Expected a signature in "sig", or one of the presets in "preset".',
    )
    const changed = 'signature_invalid: The signature does not match this URL.'
    expect(refusal(() => parser.parse(PATH, signed('w=92').replace('92', '93')))).toBe(changed)
    expect(refusal(() => parser.parse(PATH.replace('game', 'shop'), signed('w=92')))).toBe(changed)
  })

  it('names presets as the only way on a server without signing keys', () => {
    expect(refusal(() => createTransformRequestParser({}).parse(PATH, '?w=90'))).toBe(
      'signature_required: Expected a preset: this server has no signing keys, so that it takes no other transforms.',
    )
  })

  it('accepts a preset without a signature, and nothing beside it', () => {
    expect(refusal(() => parser.parse(PATH, '?preset=card'))).toBe('accepted')
    expect(refusal(() => parser.parse(PATH, '?preset=card&w=90'))).toBe(
      'invalid_parameter: w: expected nothing else beside preset, received "90".',
    )
    expect(refusal(() => parser.parse(PATH, '?preset=hero'))).toBe(
      'invalid_parameter: preset: expected one of card, best, received "hero".',
    )
  })

  it('refuses a repeated parameter', () => {
    expect(refusal(() => parser.parse(PATH, '?preset=card&preset=card'))).toBe(
      'invalid_parameter: preset: expected it once, received "card, card".',
    )
  })
})

describe('the end of a signed URL', () => {
  it('is exclusive: valid in the millisecond before, refused from then on, cached or not', () => {
    const search = signed('w=100', 60)
    expect(parser.parse(PATH, search).expiresMs).toBe(NOW + 60_000)
    vi.setSystemTime(NOW + 59_999)
    expect(parser.cached(PATH, search)).toBeDefined()
    expect(refusal(() => parser.parse(PATH, search))).toBe('accepted')
    vi.setSystemTime(NOW + 60_000)
    expect(parser.cached(PATH, search)).toBeUndefined()
    expect(refusal(() => parser.parse(PATH, search))).toBe(
      'signature_expired: The URL was valid until 2026-01-01T00:01:00.000Z.',
    )
  })

  it('limits how long clients cache the picture, to a year at most', () => {
    const request = parser.parse(PATH, signed('w=101', 60))
    expect(request.cacheControl(null)).toBe('public, max-age=60')
    vi.setSystemTime(NOW + 58_500)
    expect(request.cacheControl(null)).toBe('public, max-age=1')
    vi.setSystemTime(NOW + 90_000)
    expect(request.cacheControl(null)).toBe('public, max-age=0')
    vi.setSystemTime(NOW)
    expect(parser.parse(PATH, signed('w=102', YEAR + 1)).cacheControl(null)).toBe(`public, max-age=${YEAR}`)
    expect(parser.parse(PATH, signed('w=102', YEAR - 1)).cacheControl(null)).toBe(`public, max-age=${YEAR - 1}`)
  })

  it('is never without an expiry: the picture is immutable, a preset is cached for a day', () => {
    expect(parser.parse(PATH, signed('w=103')).cacheControl(null)).toBe(`public, max-age=${YEAR}, immutable`)
    expect(parser.parse(PATH, '?preset=card').cacheControl(null)).toBe('public, max-age=86400')
    expect(parser.parse(PATH, signed('preset=card')).cacheControl(null)).toBe('public, max-age=86400')
  })

  it('is required for a private project, and unknown for a preset without a signature', () => {
    const endless = 'signature_invalid: Expected a signature with an expiry ("exp"): the project is private.'
    expect(refusal(() => parser.parse(PATH, signed('w=104')).signedUntil())).toBe(endless)
    expect(refusal(() => parser.parse(PATH, signed('preset=card')).signedUntil())).toBe(endless)
    expect(parser.parse(PATH, signed('preset=card', 60)).signedUntil()).toBe(NOW + 60_000)
    expect(parser.parse(PATH, '?preset=card').signedUntil()).toBeUndefined()
  })

  it('is read from the URL of a stored picture', () => {
    const path = PATH.replace('/render', '')
    const ofPicture = (life?: number) => {
      const expiresAt = life === undefined ? undefined : new Date(NOW + life * 1000)
      return new URL(signUrl(`${path}?size=thumb`, { keys: KEYS, ...(expiresAt ? { expiresAt } : {}) }), 'http://a')
        .search
    }
    expect(parser.signedUntil(path, '?size=thumb')).toBeUndefined()
    expect(parser.signedUntil(path, ofPicture(60))).toBe(NOW + 60_000)
    expect(refusal(() => parser.signedUntil(path, ofPicture()))).toMatch(
      /^signature_invalid: Expected a signature with/,
    )
    expect(refusal(() => parser.signedUntil(path, ofPicture(0)))).toMatch(/^signature_expired: /)
    expect(refusal(() => parser.signedUntil(path, ofPicture(60).replace('thumb', 'original')))).toBe(
      'signature_invalid: The signature does not match this URL.',
    )
  })
})

describe('a background', () => {
  const backgroundOf = (search: string) => {
    const { transparent } = parser.parse(PATH, search).recipesFor(undefined, null)
    return transparent.kind === 'transform' ? transparent.transform.background : undefined
  }
  const changed = 'signature_invalid: The signature does not match this URL.'

  it('is covered by the signature: none can be added, removed or changed', () => {
    expect(backgroundOf(signed('w=106&background=ff0000'))).toBe('#ff0000')
    expect(backgroundOf(signed('w=106&background=fff'))).toBe('#ffffff')
    expect(backgroundOf(signed('w=106'))).toBeUndefined()
    const red = signed('w=107&h=107&fit=contain&background=ff0000')
    for (const search of [red.replace('ff0000', '00ff00'), red.replace('background=ff0000&', '')])
      expect(refusal(() => parser.parse(PATH, search))).toBe(changed)
    expect(refusal(() => parser.parse(PATH, `${signed('w=107&h=107&fit=contain')}&background=ff0000`))).toBe(changed)
  })

  it('that an earlier version left out of its signature is accepted, and without effect unless it is white', () => {
    // As they were signed: white as the default, others where no margin shows them.
    expect(backgroundOf(`${signed('w=108&h=108&fit=contain')}&background=ffffff`)).toBe('#ffffff')
    expect(backgroundOf(`${signed('w=108')}&background=fff`)).toBe('#ffffff')
    expect(backgroundOf(`${signed('w=108')}&background=ff0000`)).toBeUndefined()
    expect(backgroundOf(`${signed('w=108&h=108&fit=inside')}&background=ff0000`)).toBeUndefined()
    expect(refusal(() => parser.parse(PATH, `${signed('w=108')}&background=ff0000&w=108`))).toMatch(
      /^invalid_parameter/,
    )
    expect(refusal(() => parser.parse(PATH, `${signed('w=108', -1)}&background=fff`))).toMatch(/^signature_expired/)
    expect(refusal(() => parser.parse(PATH, '?w=108&background=fff'))).toMatch(/^signature_required/)
  })

  it('makes a picture opaque: auto then chooses JPEG, where it is PNG for one that stays transparent', () => {
    const formats = (search: string, accept?: string) => {
      const { opaque, transparent } = parser.parse(PATH, search).recipesFor(accept, null)
      return [formatOfRecipe(opaque), formatOfRecipe(transparent)]
    }
    expect(formats(signed('w=109&format=auto'))).toEqual(['jpeg', 'png'])
    expect(formats(signed('w=109&format=auto'), 'image/webp,*/*')).toEqual(['webp', 'webp'])
    expect(formats(signed('w=109&format=auto&background=fff'))).toEqual(['jpeg', 'jpeg'])
    expect(formats(signed('w=109&format=png'), 'image/webp')).toEqual(['png', 'png'])
  })
})

describe('a focal point', () => {
  const POINT = { x: 0.3, y: 0.6 }
  const PRESETS = parsePresets('card:w=80,h=60;best:w=80')
  const parser = createTransformRequestParser({ signingKeys: KEYS, presets: PRESETS })
  const positionOf = (search: string, point: typeof POINT | null) => {
    const { opaque } = parser.parse(PATH, search).recipesFor(undefined, point)
    return opaque.kind === 'transform' ? opaque.transform.position : undefined
  }

  it('makes a picture immutable for the URL that names it, and revalidated for others', () => {
    const caching = (search: string, point: typeof POINT | null) => parser.parse(PATH, search).cacheControl(point)
    const immutable = `public, max-age=${YEAR}, immutable`
    const crop = signed('w=110&h=50')
    for (const [search, point, expected] of [
      [crop, null, immutable],
      [crop, POINT, 'no-cache'],
      [`${crop}&v=0.3,0.6`, POINT, immutable],
      [`${crop}&v=0.3,0.6`, null, 'no-cache'],
      [`${crop}&v=0.3,0.61`, POINT, 'no-cache'],
      [signed('w=110&h=50&position=focal'), null, 'no-cache'],
      [signed('w=110&h=50&position=focal&v=0.5,0.5'), null, immutable],
      [signed('w=110&h=50&position=top&v=0.5,0.5'), POINT, immutable],
      [signed('w=110&h=50&v=0.3,0.6', 60), POINT, 'public, max-age=60'],
      [signed('w=110&h=50', 60), POINT, 'no-cache'],
      ['?preset=card', null, 'public, max-age=86400'],
      ['?preset=card', POINT, 'no-cache'],
      ['?preset=card&v=0.3,0.6', POINT, 'public, max-age=86400'],
      ['?preset=card&v=0.3,0.6_000000', POINT, 'no-cache'],
      [`?preset=card&v=${presetVersion(presetOf(PRESETS, 'card'), POINT)}`, POINT, immutable],
      ['?preset=best&v=0.3,0.6', POINT, 'public, max-age=86400'],
    ] as const)
      expect([search, caching(search, point)]).toEqual([search, expected])
    expect(refusal(() => parser.parse(PATH, '?preset=card&v=now'))).toMatch(
      /^invalid_parameter: v: expected the version/,
    )
  })

  it('decides a crop without a position, also of a URL that an earlier version signed', () => {
    expect(positionOf(signed('w=111&h=50'), POINT)).toEqual(POINT)
    expect(positionOf('?preset=card', POINT)).toEqual(POINT)
    expect(positionOf(signed('w=111&h=50&position=focal'), POINT)).toEqual(POINT)
    // The centre was the default, so that it was no part of the signature.
    for (const query of ['w=111&h=50', 'w=111&h=50&fit=cover']) {
      const before = `${signed(query)}&position=center`
      expect(positionOf(before, POINT)).toEqual({ x: 0.5, y: 0.5 })
    }
    const white = `${signed('w=111&h=50')}&position=0.5,0.5&background=fff`
    expect(positionOf(white, POINT)).toEqual({ x: 0.5, y: 0.5 })
  })

  it('cannot be put in the place of another position, nor another in its place', () => {
    const changed = 'signature_invalid: The signature does not match this URL.'
    for (const position of ['focal', 'top', '0.5,0.51'])
      expect(refusal(() => parser.parse(PATH, `${signed('w=112&h=50')}&position=${position}`))).toBe(changed)
    const focal = signed('w=112&h=50&position=focal')
    for (const other of ['center', 'attention'])
      expect(refusal(() => parser.parse(PATH, focal.replace('position=focal', `position=${other}`)))).toBe(changed)
    const centred = signed('w=112&h=50&position=center')
    expect(positionOf(centred, POINT)).toEqual({ x: 0.5, y: 0.5 })
    expect(refusal(() => parser.parse(PATH, centred.replace('position=0.5%2C0.5&', '')))).toBe(changed)
  })
})

describe('the format of a transform', () => {
  it('is negotiated by Accept only where it is auto, with one recipe for each format', () => {
    const chosen = parser.parse(PATH, '?preset=best')
    expect(chosen.isChosen).toBe(true)
    expect(formatOfRecipe(chosen.recipesFor('image/avif', null).opaque)).toBe('avif')
    expect(formatOfRecipe(chosen.recipesFor(undefined, null).opaque)).toBe('jpeg')
    expect(chosen.recipesFor('image/avif', null).opaque).toBe(chosen.recipesFor('image/avif,*/*', null).opaque)
    const fixed = parser.parse(PATH, '?preset=card')
    expect(fixed.isChosen).toBe(false)
    expect(formatOfRecipe(fixed.recipesFor('image/avif', null).opaque)).toBe('jpeg')
  })
})

describe('the extension of a transform', () => {
  const formatAt = (extension: string, search: string) => {
    const request = parser.parse(`${PATH}${extension}`, search)
    return [formatOfRecipe(request.recipesFor('image/avif', null).opaque), request.isChosen]
  }

  it('decides the format, by the signature of that format', () => {
    expect(formatAt('.webp', signed('w=105&format=webp').replace('&format=webp', ''))).toEqual(['webp', false])
    expect(formatAt('.webp', signed('w=105&format=webp'))).toEqual(['webp', false])
    expect(formatAt('.jpg', signed('w=105'))).toEqual(['jpeg', false])
    expect(refusal(() => parser.parse(`${PATH}.webp`, signed('w=105')))).toBe(
      'signature_invalid: The signature does not match this URL.',
    )
  })

  it('decides the format of a preset too, whose signature names both', () => {
    expect(formatAt('.avif', '?preset=card')).toEqual(['avif', false])
    expect(formatAt('.jpg', '?preset=best')).toEqual(['jpeg', false])
    const url = signUrl(`${PATH}.avif?preset=card`, { keys: KEYS, expiresAt: new Date(NOW + 60_000) })
    const { search } = new URL(url, 'http://a')
    expect(parser.parse(`${PATH}.avif`, search).signedUntil()).toBe(NOW + 60_000)
    for (const other of ['', '.webp', '.jpg'])
      expect(refusal(() => parser.parse(PATH + other, search))).toMatch(/^signature_invalid/)
  })

  it('is refused beside another format', () => {
    for (const format of ['avif', 'auto', 'jpeg'])
      expect(refusal(() => parser.parse(`${PATH}.webp`, `?w=106&format=${format}`))).toMatch(
        /^invalid_parameter: format: expected webp as the extension of the path, or no format/,
      )
    expect(refusal(() => parser.parse(`${PATH}.webp`, '?preset=card&format=webp'))).toBe(
      'invalid_parameter: format: expected nothing else beside preset, received "webp".',
    )
  })
})

describe('the cache of parsed requests', () => {
  it('returns a parsed request again, and no refused one', () => {
    const search = signed('w=110')
    expect(parser.cached(PATH, search)).toBeUndefined()
    const request = parser.parse(PATH, search)
    expect(parser.cached(PATH, search)).toBe(request)
    expect(parser.parse(PATH, search)).toBe(request)
    expect(refusal(() => parser.parse(PATH, '?w=110'))).toMatch(/^signature_required/)
    expect(parser.cached(PATH, '?w=110')).toBeUndefined()
  })

  it('holds queries of up to 500 characters', () => {
    const ofLength = (length: number) => `?${'&'.repeat(length - '?preset=card'.length)}preset=card`
    for (const [length, isCached] of [
      [500, true],
      [501, false],
    ] as const) {
      parser.parse(PATH, ofLength(length))
      expect(parser.cached(PATH, ofLength(length)) !== undefined).toBe(isCached)
    }
  })
})
