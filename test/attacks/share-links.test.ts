// Holders of a share link who want more than it gives: every route with every kind of link, and cookies that are not, or
// no longer, those of a link.

import { describe, expect, it } from 'vitest'
import { ADMIN, type Cast, createCast, keyOf, type Who } from '../support/auth/access.ts'
import { guestOf, inSeconds, makeLink, openLink, plantLink } from '../support/auth/links.ts'
import { cookieHeader } from '../support/auth/sessions.ts'
import { document } from '../support/openapi/document.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { formOf } from '../support/upload.ts'

const CSRF = { 'X-CSRF-Token': 'any' }

const FORMS: ReadonlySet<string> = new Set([
  'POST /projects/{project_id}/images',
  'POST /projects/{project_id}/images/bulk',
])

const METHODS = ['get', 'put', 'post', 'patch', 'delete']

interface Route {
  name: string
  method: string
  url: string
  body: unknown
}

/** Every documented route, in the project `closed` and its image. */
const routesOf = ({ images }: Cast, imageId = images.closed ?? ''): Route[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods ?? {})
      .filter((method) => METHODS.includes(method))
      .map((each) => {
        const method = each.toUpperCase()
        const name = `${method} ${path}`
        const url = path
          .replace('{project_id}', 'closed')
          .replace('{image_id}', imageId)
          .replace('{size}', 'thumb')
          .replace('{format}', 'jpg')
          .replace('/render', '/render?preset=card')
          .replace('/render?preset=card.jpg', '/render.jpg?preset=card')
        // An empty file is refused behind the guard. A stream is only begun.
        const body =
          FORMS.has(name) || name.startsWith('PUT /projects/{project_id}/assets') ? formOf(new Uint8Array()) : {}
        return {
          name,
          method: path.endsWith('/events') ? 'HEAD' : method,
          url,
          body: method === 'GET' ? undefined : body,
        }
      }),
  )

/** Routes that answer a guest in another way than a stranger, with both statuses. */
const gained = async (cast: Cast, guest: Who, imageId?: string): Promise<Record<string, string>> => {
  const found: Record<string, string> = {}
  for (const { name, method, url, body } of routesOf(cast, imageId)) {
    const [stranger, holder] = [
      await cast.ask(CSRF, method, url, body),
      await cast.ask({ ...CSRF, ...guest }, method, url, body),
    ]
    await Promise.all([stranger.body?.cancel(), holder.body?.cancel()])
    if (stranger.status !== holder.status) found[name] = `${stranger.status} ${holder.status}`
  }
  return found
}

const PICTURES = {
  'GET /projects/{project_id}/images/{image_id}/{size}.{format}': '404 200',
  'GET /projects/{project_id}/images/{image_id}/render': '404 200',
  'GET /projects/{project_id}/images/{image_id}/render.{format}': '404 200',
}

const LOOKS = {
  ...PICTURES,
  'GET /projects/{project_id}': '404 200',
  'GET /projects/{project_id}/images': '404 200',
  'GET /projects/{project_id}/thumbnail': '404 200',
  'GET /projects/{project_id}/cover.{format}': '404 200',
  'GET /projects/{project_id}/assets': '404 200',
  'GET /projects/{project_id}/atlas.json': '404 200',
  'GET /projects/{project_id}/changes': '404 200',
  'GET /projects/{project_id}/events': '404 200',
  // Refused: whoever holds the link knows that the project is there.
  'GET /projects/{project_id}/members': '404 401',
}

const ORIGINAL = 'GET /projects/{project_id}/images/{image_id}'
const ARCHIVE = 'GET /projects/{project_id}/archive'
const MANIFEST = 'GET /projects/{project_id}/manifest.json'
const SOURCE = 'GET /projects/{project_id}/source/{key}'
/** Originals and all that names or holds them. */
const originals = (change: string) => ({ [ORIGINAL]: change, [ARCHIVE]: change, [MANIFEST]: change })
/** Without downloads. The original of an object is refused before the project is found to have no source, see 404 else. */
const noOriginals = { ...originals('404 403'), [SOURCE]: '404 403' }

const UPLOADS = {
  'POST /projects/{project_id}/images': '401 422',
  'POST /projects/{project_id}/images/bulk': '401 200',
}

const createTarget = () => createCast({ presets: 'card:w=80,h=60;full:format=webp' })

describe('a share link', () => {
  it('gives what it names on every route, and nothing else', async () => {
    const cast = await createTarget()
    const owner = cast.people.owner ?? {}
    const guest = (body: Record<string, unknown>) => guestOf(cast, owner, 'closed', body)
    expect(await gained(cast, await guest({}))).toEqual({ ...LOOKS, ...originals('404 200') })
    const looker = await guest({ download: false })
    expect(await gained(cast, looker)).toEqual({ ...LOOKS, ...noOriginals })
    expect(await gained(cast, await guest({ download: false, upload: true }))).toEqual({
      ...LOOKS,
      ...UPLOADS,
      ...noOriginals,
    })
    const image = cast.images.closed ?? ''
    expect(await gained(cast, await guest({ image_id: image }))).toEqual({ ...PICTURES, [ORIGINAL]: '404 200' })
    const other = (await cast.upload(owner, 'closed')).image_id
    expect(await gained(cast, await guest({ image_id: image }), other)).toEqual({})
    for (const path of [
      'archive?size=thumb',
      'cover.jpg?size=original',
      `images/${image}/original.webp`,
      `images/${image}/render?preset=full`,
    ])
      expect([path, (await cast.ask(looker, 'GET', `/projects/closed/${path}`)).status]).toEqual([path, 403])
  })

  it('gives nothing where it is of another project, has expired, was revoked or planted, or its project is another one', async () => {
    const cast = await createTarget()
    const owner = cast.people.owner ?? {}
    const all = { upload: true }
    const link = await makeLink(cast, owner, 'closed', all)
    const revoked = await openLink(cast, link.url)
    expect(await cast.ask(owner, 'DELETE', `/projects/closed/links/${link.id}`)).toHaveProperty('status', 204)
    const good = await guestOf(cast, owner, 'closed', all)
    const [name = '', secret = ''] = (good.Cookie ?? '').split('=')
    const guests: Record<string, Who> = {
      'of another project': await guestOf(cast, owner, 'open', all),
      expired: await plantLink(cast, owner, 'closed', { ...all, expires_at: inSeconds(-1) }),
      revoked,
      'of an earlier project': await plantLink(cast, owner, 'closed', { ...all, project_created_at: inSeconds(-60) }),
      'another secret': cookieHeader({ [name]: `${secret.slice(0, -2)}${secret.endsWith('AA') ? 'BB' : 'AA'}` }),
      'another id': cookieHeader({ [`tintype_link_${'0'.repeat(24)}`]: secret }),
      'a path as id': cookieHeader({ 'tintype_link_../../keys/aaaaaaaaaaaa': secret }),
      'no secret': cookieHeader({ [name]: '' }),
      'the token as a key': { 'X-API-Key': link.url.slice(3) },
    }
    for (const [who, guest] of Object.entries(guests))
      for (const [method, path] of [
        ['GET', ''],
        ['GET', '/images'],
        ['GET', `/images/${cast.images.closed}/thumb.jpg`],
        ['GET', '/archive'],
        ['POST', '/images'],
      ] as const) {
        const form = method === 'POST' ? formOf(await smallPhoto()) : undefined
        const { status } = await cast.ask({ ...CSRF, ...guest }, method, `/projects/closed${path}`, form)
        const isKey = guest['X-API-Key'] !== undefined
        expect([who, path, status]).toEqual([who, path, method === 'POST' || isKey ? 401 : 404])
      }
    expect((await cast.ask(good, 'GET', '/projects/closed')).status).toBe(200)
    expect((await cast.ask(owner, 'DELETE', '/projects/closed')).status).toBe(200)
    await cast.upload(keyOf(ADMIN), 'closed')
    await cast.ask(keyOf(ADMIN), 'PATCH', '/projects/closed', { visibility: 'private' })
    expect((await cast.ask(good, 'GET', '/projects/closed')).status).toBe(404)
    expect(
      (await cast.ask({ ...CSRF, ...good }, 'POST', '/projects/closed/images', formOf(await smallPhoto()))).status,
    ).toBe(401)
  })

  it('gives no signed URLs, which would outlast it', async () => {
    const cast = await createCast({ signingKeys: 'sixteen characters or more' })
    const guest = await guestOf(cast, cast.people.owner ?? {}, 'closed')
    for (const path of [
      'atlas.json',
      'manifest.json',
      'manifest.json?size=thumb&layout=pixi',
      'images',
      'changes?since=0',
    ]) {
      const answer = await cast.ask(guest, 'GET', `/projects/closed/${path}`)
      expect([path, answer.status, /[?&]sig=/.test(await answer.text())]).toEqual([path, 200, false])
    }
  })

  it('creates no project, replaces no asset, and makes no job', async () => {
    const cast = await createTarget()
    const owner = cast.people.owner ?? {}
    const guest = { ...CSRF, ...(await guestOf(cast, owner, 'closed', { upload: true })) }
    const photo = async () => formOf(await smallPhoto())
    expect((await cast.ask(guest, 'PUT', '/projects/closed/assets/logo', await photo())).status).toBe(401)
    expect((await cast.ask(guest, 'POST', '/projects/new/images', await photo())).status).toBe(401)
    const added = await cast.ask(
      { ...guest, Prefer: 'respond-async' },
      'POST',
      '/projects/closed/images',
      await photo(),
    )
    expect(added.status).toBe(201)
    expect((await cast.ask(owner, 'DELETE', '/projects/closed')).status).toBe(200)
    expect((await cast.ask(guest, 'POST', '/projects/closed/images', await photo())).status).toBe(401)
    expect((await cast.ask(owner, 'GET', '/projects/closed')).status).toBe(404)
  })

  it('adds to the rights of a user who holds it, and to no key', async () => {
    const cast = await createTarget()
    const guest = await guestOf(cast, cast.people.owner ?? {}, 'closed', { upload: true })
    const both = { ...cast.people.stranger, ...guest }
    expect((await cast.ask(both, 'GET', '/projects/closed')).status).toBe(200)
    expect((await cast.ask(both, 'POST', '/projects/closed/images', formOf(await smallPhoto()))).status).toBe(201)
    expect((await cast.ask(both, 'PATCH', '/projects/closed', { title: 'x' })).status).toBe(404)
    expect((await cast.ask(both, 'DELETE', '/projects/closed')).status).toBe(404)
    expect((await cast.ask(both, 'GET', '/projects/closed/links')).status).toBe(404)
    const reader = { ...keyOf('not-a-key-of-this-server'), ...guest }
    expect((await cast.ask(reader, 'GET', '/projects/closed')).status).toBe(401)
  })

  it('held beside another one gives what either gives, each in its own project', async () => {
    const cast = await createTarget()
    const owner = cast.people.owner ?? {}
    await cast.upload(owner, 'second')
    await cast.ask(owner, 'PATCH', '/projects/second', { visibility: 'private' })
    const [first, second] = [
      await guestOf(cast, owner, 'closed', { upload: true, download: false }),
      await guestOf(cast, owner, 'second'),
    ]
    const both = { ...CSRF, Cookie: `${first.Cookie}; ${second.Cookie}; theme=dark` }
    const status = async (method: string, path: string, body?: unknown) =>
      (await cast.ask(both, method, path, body)).status
    expect(await status('GET', '/projects/closed')).toBe(200)
    expect(await status('GET', '/projects/second')).toBe(200)
    expect(await status('GET', '/projects/closed/archive')).toBe(403)
    expect(await status('HEAD', '/projects/second/archive')).toBe(200)
    expect(await status('POST', '/projects/closed/images', formOf(await smallPhoto()))).toBe(201)
    expect(await status('POST', '/projects/second/images', formOf(await smallPhoto()))).toBe(401)
  })

  it('lets no page of another site add pictures', async () => {
    const cast = await createTarget()
    const guest = await guestOf(cast, cast.people.owner ?? {}, 'closed', { upload: true })
    const upload = async (headers: Who) => {
      const answer = await cast.ask(
        { ...guest, ...headers },
        'POST',
        '/projects/closed/images',
        formOf(await smallPhoto()),
      )
      return `${answer.status} ${/"code":"(\w+)"/.exec(await answer.text())?.[1] ?? ''}`
    }
    expect(await upload({})).toBe('403 csrf')
    const pages: Who[] = [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'https://evil.example' },
    ]
    for (const page of pages) expect(await upload({ ...CSRF, ...page })).toBe('403 csrf')
    expect(await upload({ ...CSRF, 'Sec-Fetch-Site': 'same-origin' })).toBe('201 ')
  })
})
