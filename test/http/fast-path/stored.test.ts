// Heads of covers and pictures in memory: made once, and never kept for longer than they are true.

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Principal } from '../../../src/core/auth/access.ts'
import type { ProjectState } from '../../../src/core/project/state.ts'
import { signUrl } from '../../../src/core/transform/signature.ts'
import { createFastGuard } from '../../../src/http/fast-path/guard.ts'
import { type ReadVariantUrlOptions, readVariantUrl } from '../../../src/http/fast-path/stored.ts'
import type { FastView } from '../../../src/http/fast-path/types.ts'
import { createTransformRequestParser } from '../../../src/http/request/transform-request.ts'
import type { OpenableVariant } from '../../../src/services/images/variants.ts'

const ID = 'a'.repeat(20)
const CHANGED = Date.parse('2026-03-04T05:06:07.400Z')
const PLAIN: Omit<FastView, 'target'> = {
  method: 'GET',
  header: () => undefined,
  socket: undefined,
  conditions: 0,
  noneMatch: undefined,
  requestId: undefined,
  hasCredentials: false,
  share: false,
  unproved: undefined,
  proved: undefined,
  identity: undefined,
}

interface Seen {
  picture: OpenableVariant
  project: ProjectState
}

const KEYS = ['sixteen characters or more']

const seen = (bytes: number, { imageId = ID, revision = 1, changedMs = CHANGED, isPrivate = false } = {}): Seen => {
  const body = Buffer.alloc(bytes)
  const open = () => Promise.resolve(body)
  const picture = { imageId, size: 'thumb' as const, bytes, modifiedMs: 1, path: 'a.jpg', body, open }
  const project = {
    ...{ project_id: 'shop', revision, created_at: '', updated_at: new Date(changedMs).toISOString(), title: null },
    ...{ primary_image_id: imageId, image_count: 1, deleted: false, images: { segments: [], tail: [] } },
    ...{ visibility: isPrivate ? ('private' as const) : ('public' as const), members: {} },
  }
  return { picture, project }
}

/** What is found at a URL, as the pictures in memory change. */
const looking = (url: string, options: Pick<ReadVariantUrlOptions, 'accelRedirect' | 'redirectsOriginals'> = {}) => {
  const now: { seen: Seen | undefined; by: Principal | undefined } = { seen: undefined, by: { kind: 'anonymous' } }
  const guard = createFastGuard({
    store: { current: () => now.seen?.project, recent: () => now.seen?.project },
    identifyNow: () => now.by && { principal: now.by },
  })
  const transformRequests = createTransformRequestParser({ signingKeys: KEYS })
  const variants = { findCached: () => now.seen?.picture }
  const find = readVariantUrl({ variants, guard, transformRequests, ...options })(url)
  const look = (request: Partial<FastView> = {}) => find?.({ ...PLAIN, target: url, ...request })
  return { now, look, find }
}

const headerIn = (text: string | undefined, name: string) => new RegExp(`^${name}: (.*)\r$`, 'm').exec(text ?? '')?.[1]

describe('the response head of a cover', () => {
  it('has the date of the previous change within its second, and then its own', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const { now, look } = looking('/projects/shop/thumbnail')
    now.seen = seen(10)
    const dates = [0, 500, 600, 1500].map((ms) => {
      vi.setSystemTime(CHANGED + ms)
      return headerIn(look()?.prepared.found, 'Last-Modified')
    })
    const [before, own] = ['Wed, 04 Mar 2026 05:06:06 GMT', 'Wed, 04 Mar 2026 05:06:07 GMT']
    expect(dates).toEqual([before, before, own, own])
  })

  it('is built once while nothing changes, and again for another picture or change', () => {
    const { now, look } = looking('/projects/shop/cover.jpg')
    now.seen = seen(10)
    const first = look()?.prepared
    expect(look()?.prepared).toBe(first)
    // A project whose folder was removed by hand begins again at the same revision.
    now.seen = seen(10, { changedMs: CHANGED + 5000 })
    const second = look()?.prepared
    expect(headerIn(second?.found, 'Last-Modified')).toBe('Wed, 04 Mar 2026 05:06:12 GMT')
    now.seen = seen(11, { changedMs: CHANGED + 5000 })
    expect(headerIn(look()?.prepared.found, 'Content-Length')).toBe('11')
    now.seen = seen(11, { imageId: 'b'.repeat(20) })
    expect(headerIn(look()?.prepared.found, 'ETag')).toBe(`"${'b'.repeat(20)}-thumb-11"`)
  })
})

describe('the response head of a picture by its id', () => {
  it('stays over changes of its project, and is built again for other bytes', () => {
    const { now, look } = looking(`/projects/shop/images/${ID}/thumb.jpg`)
    now.seen = seen(10)
    const first = look()?.prepared
    now.seen = seen(10, { revision: 2 })
    expect(look()?.prepared).toBe(first)
    now.seen = seen(12, { revision: 3 })
    expect(headerIn(look()?.prepared.found, 'Content-Length')).toBe('12')
  })

  it('is undefined where the picture is not in memory', () => {
    const { look, find } = looking(`/projects/shop/images/${ID}?size=game`)
    expect(find).toBeDefined()
    expect(look()).toBeUndefined()
  })
})

describe('an original that the app redirects', () => {
  it.each([
    `/projects/shop/images/${ID}`,
    `/projects/shop/images/${ID}?size=original`,
    `/projects/shop/images/${ID}/original.jpg`,
    '/projects/shop/cover.jpg?size=original',
  ])('is left to the app: %s', (url) => {
    expect(looking(url, { redirectsOriginals: true }).find).toBeUndefined()
    expect(looking(url).find).toBeDefined()
  })

  it('is no other variant', () => {
    for (const url of [`/projects/shop/images/${ID}?size=game`, '/projects/shop/thumbnail'])
      expect(looking(url, { redirectsOriginals: true }).find).toBeDefined()
  })
})

describe('a picture that nginx sends', () => {
  const withConditions = (headers: Record<string, string>): Partial<FastView> => ({
    header: (name) => headers[name],
    conditions: Object.keys(headers).length,
    noneMatch: headers['if-none-match'],
  })

  it.each([`/projects/shop/images/${ID}?size=thumb`, '/projects/shop/cover.jpg'])(
    'is found without a body, and the head names its location: %s',
    (url) => {
      const { now, look } = looking(url, { accelRedirect: '/stored/' })
      now.seen = seen(10)
      now.seen.picture.body = undefined
      const { body, prepared } = look() ?? {}
      expect(body).toBeUndefined()
      expect(headerIn(prepared?.found, 'X-Accel-Redirect')).toBe('/stored/a.jpg')
      expect(headerIn(prepared?.found, 'Content-Length')).toBe('0')
      // nginx adds it itself.
      expect(headerIn(prepared?.found, 'Accept-Ranges')).toBeUndefined()
      expect(headerIn(prepared?.notModified, 'X-Accel-Redirect')).toBeUndefined()
    },
  )

  it('is left to the app under conditions that nginx would evaluate again', () => {
    const { now, look } = looking(`/projects/shop/images/${ID}?size=thumb`, { accelRedirect: '/stored' })
    now.seen = seen(10)
    for (const name of ['if-match', 'if-unmodified-since'])
      expect(look(withConditions({ [name]: '*' })), name).toBeUndefined()
    for (const name of ['if-none-match', 'if-modified-since'])
      expect(look(withConditions({ [name]: '*' })), name).toBeDefined()
  })
})

describe('a picture of a private project', () => {
  const READER: Principal = { kind: 'key', id: 'a key', role: 'reader' }
  const picture = `/projects/shop/images/${ID}/thumb.jpg`
  const caching = (look: () => { prepared: { found: string } } | undefined) =>
    headerIn(look()?.prepared.found, 'Cache-Control')

  it('is found for a principal that may read it, and cached by nobody else', () => {
    for (const url of [picture, '/projects/shop/thumbnail']) {
      const { now, look } = looking(url)
      now.seen = seen(10, { isPrivate: true })
      expect(look()).toBeUndefined()
      now.by = READER
      expect(caching(look)).toBe('private, no-cache')
      now.by = { ...READER, projects: ['other'] }
      expect(look()).toBeUndefined()
      now.by = undefined
      expect(look()).toBeUndefined()
      // Public again, for every client.
      now.seen = seen(10)
      expect(caching(look)).toMatch(url === picture ? /^public/ : /^no-cache$/)
    }
  })

  it('is found by a signed URL until it expires, and cached for that long', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    vi.setSystemTime(CHANGED)
    const expiresAt = new Date(CHANGED + 60_000)
    for (const path of [picture, `/projects/shop/images/${ID}?size=thumb`, '/projects/shop/thumbnail']) {
      vi.setSystemTime(CHANGED)
      const { now, look } = looking(signUrl(path, { keys: KEYS, expiresAt }))
      now.seen = seen(10, { isPrivate: true })
      const first = path.endsWith('thumbnail') ? 'private, no-cache' : 'private, max-age=59'
      expect(caching(look)).toBe(first)
      now.by = READER
      expect(caching(look)).toBe('private, no-cache')
      now.by = undefined
      expect(look()).toBeUndefined()
      now.by = { kind: 'anonymous' }
      vi.setSystemTime(CHANGED + 59_599)
      expect(look()).toBeDefined()
      vi.setSystemTime(CHANGED + 60_000)
      expect(look()).toBeUndefined()
    }
  })

  it('is left to the app with a signature of another URL, key or form', () => {
    const expiresAt = new Date(Date.now() + 60_000)
    const signed = signUrl(picture, { keys: KEYS, expiresAt })
    for (const url of [
      signed.replace('thumb.jpg', 'game.jpg'),
      signUrl(picture, { keys: ['another key of this length'], expiresAt }),
      signUrl(picture, { keys: KEYS }),
      `${signed}&size=thumb`,
      `${signed}&v=1`,
      `${signed}&sig=x`,
      signed.replace('exp=', 'exp=0'),
    ]) {
      const { now, look } = looking(url)
      now.seen = seen(10, { isPrivate: true })
      expect(look(), url).toBeUndefined()
    }
  })
})

describe('a URL', () => {
  it.each(['/projects/shop/images', '/projects/shop', `/projects/shop/images/${ID}?size=huge`, '/projects/a/b'])(
    'is none of a picture: %s',
    (url) => {
      expect(looking(url).find).toBeUndefined()
    },
  )
})
