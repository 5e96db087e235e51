// Collections over HTTP: lists of covers, access, changes, atlases.

import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { atlasSchema } from '../../../src/http/schemas/atlases/atlases.ts'
import { collectionListSchema, collectionSchema } from '../../../src/http/schemas/collections.ts'
import { createApiKeys } from '../../../src/services/auth/api-keys.ts'
import { createTestApp, problemOf, uploadTo } from '../../support/app.ts'
import { ADMIN, createAccessApp, createCast, keyOf, type Who } from '../../support/auth/access.ts'
import {
  type Asking,
  atlasOf,
  changesOf,
  idsOf,
  json,
  openWith,
  placesOf,
  put,
  read,
} from '../../support/auth/collections.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { recordsOf } from '../../support/store/here.ts'

describe('a collection', () => {
  it('is created and replaced by PUT, read with the covers in its order, listed and deleted', async () => {
    const app = await openWith(['a', 'b'])
    const created = await app.ask({}, 'PUT', '/collections/Wall', { projects: ['b', 'absent', 'a', 'b'], title: 'All' })
    expect([created.status, created.headers.get('location')]).toEqual([201, '/collections/Wall'])
    const wall = await json(created, collectionSchema)
    expect(wall).toMatchObject({ name: 'Wall', title: 'All', atlas_url: '/collections/Wall/atlas.json' })
    expect(idsOf(wall)).toEqual(['b', 'a'])
    expect(wall.projects[0]?.cover?.files.game?.webp).toMatch(/^\/projects\/b\/images\/\w+\/game\.webp$/)
    const replaced = await app.ask({}, 'PUT', '/collections/Wall', { projects: ['a'] })
    expect([replaced.status, (await json(replaced, collectionSchema)).title]).toEqual([200, 'All'])
    const etag = replaced.headers.get('etag') ?? ''
    expect((await app.ask({ 'If-None-Match': etag }, 'GET', '/collections/Wall')).status).toBe(304)
    await put(app, {}, 'other', { projects: [] })
    const page = await json(await app.ask({}, 'GET', '/collections?limit=1'), collectionListSchema)
    expect([page.collections.map(({ name }) => name), page.next]).toEqual([['Wall'], '/collections?limit=1&after=Wall'])
    const rest = await json(await app.ask({}, 'GET', page.next ?? ''), collectionListSchema)
    expect([rest.collections.map(({ name }) => name), rest.next]).toEqual([['other'], null])
    expect((await app.ask({}, 'DELETE', '/collections/Wall')).status).toBe(204)
    for (const method of ['GET', 'DELETE'])
      expect(await problemOf(app.ask({}, method, '/collections/Wall'))).toMatchObject({ code: 'collection_not_found' })
    expect((await app.ask({}, 'GET', '/projects/a')).status).toBe(200)
    expect((await json(await app.ask({}, 'GET', '/collections'), collectionListSchema)).collections).toHaveLength(1)
    const again = await app.ask({}, 'PUT', '/collections/Wall', { projects: ['b'] })
    expect([again.status, (await json(again, collectionSchema)).title]).toEqual([201, null])
  })

  it('is changed and deleted only as it was read, where If-Match or If-None-Match says so', async () => {
    const app = await openWith(['a', 'b'])
    const body = { projects: ['a', 'b'] }
    const refused = async (answer: Promise<Response>) =>
      expect(await problemOf(answer)).toMatchObject({ code: 'precondition_failed', status: 412 })
    const etag = async () => ({ 'If-Match': (await app.ask({}, 'GET', '/collections/wall')).headers.get('etag') ?? '' })
    const change = (who: Who, title = 'x') => app.ask(who, 'PUT', '/collections/wall', { ...body, title })

    await refused(change({ 'If-Match': '*' }))
    await refused(change({ 'If-Match': `"${'a'.repeat(22)}"` }))
    expect((await change({ 'If-None-Match': '*' })).status).toBe(201)
    await refused(change({ 'If-None-Match': '*' }))
    await refused(change({ 'If-None-Match': '*', 'If-Match': '*' }))
    const first = await etag()
    const second = await change(first, 'y')
    expect([second.status, second.headers.get('etag')]).toEqual([200, (await etag())['If-Match']])
    await refused(change(first))
    expect((await read(app, {}, 'wall')).title).toBe('y')
    expect((await change({ 'If-Match': `"7", ${(await etag())['If-Match']}` }, 'z')).status).toBe(200)
    // A cover that changed is another state, of which the places of an atlas are no part.
    const before = await etag()
    await atlasOf(app, {}, 'wall')
    expect((await change(before)).status).toBe(200)
    const shown = await etag()
    const { image_id: cover } = await uploadTo(app.app, 'b', await plainJpeg(90, 90, '#12c43f'))
    await app.ask({}, 'PUT', `/projects/b/primary/${cover}`)
    await refused(change(shown))

    for (const header of ['none', '7'])
      expect(await problemOf(change({ 'If-Match': header }))).toMatchObject({ code: 'invalid_parameter' })
    await refused(app.ask(shown, 'DELETE', '/collections/wall'))
    expect((await app.ask(await etag(), 'DELETE', '/collections/wall')).status).toBe(204)
    expect(await problemOf(app.ask(shown, 'DELETE', '/collections/wall'))).toMatchObject({
      code: 'collection_not_found',
    })
  })

  it('of two changes of one state, one is refused', async () => {
    const app = await openWith(['a'])
    await put(app, {}, 'wall', { projects: ['a'] })
    const match = { 'If-Match': (await app.ask({}, 'GET', '/collections/wall')).headers.get('etag') ?? '' }
    const titles = ['x', 'y', 'z']
    const answers = await Promise.all(
      titles.map((title) => app.ask(match, 'PUT', '/collections/wall', { projects: ['a'], title })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412])
    const won = titles[answers.findIndex(({ status }) => status === 200)]
    expect((await read(app, {}, 'wall')).title).toBe(won)
  })

  it('shows a project as long as it is there, and again when it comes back', async () => {
    const app = await openWith(['a', 'b'])
    await put(app, {}, 'wall', { projects: ['a', 'b', 'c'] })
    await app.ask({}, 'DELETE', '/projects/a')
    expect(idsOf(await read(app, {}, 'wall'))).toEqual(['b'])
    for (const id of ['a', 'c']) await uploadTo(app.app, id, await plainJpeg(40, 40))
    expect(idsOf(await read(app, {}, 'wall'))).toEqual(['a', 'b', 'c'])
  })

  it('refuses other names and bodies', async () => {
    const app = await openWith([])
    for (const name of ['.hidden', 'a%2Fb', 'x'.repeat(65)])
      expect(await problemOf(app.ask({}, 'PUT', `/collections/${name}`, { projects: [] }))).toMatchObject({
        code: 'invalid_parameter',
        field: 'collection',
      })
    const bodies = [
      {},
      { projects: 'a' },
      { projects: ['.a'] },
      { projects: [], x: 1 },
      { projects: [], visibility: 'x' },
    ]
    for (const body of [...bodies, { projects: Array.from({ length: 2001 }, (_, at) => `p${at}`) }])
      expect(await problemOf(app.ask({}, 'PUT', '/collections/wall', body))).toMatchObject({ code: 'invalid_body' })
    expect(await problemOf(app.ask({}, 'GET', '/collections/wall/nothing'))).toMatchObject({ code: 'route_not_found' })
  })
})

describe('access to collections', () => {
  /** Answers of GET, PUT, DELETE and GET of the atlas. */
  const answersOf = async ({ ask }: Asking, who: Who, name: string) => {
    const [body, path] = [{ projects: ['open', 'closed'] }, `/collections/${name}`]
    const answers = [
      await ask(who, 'GET', path),
      await ask(who, 'GET', `${path}/atlas.json`),
      await ask(who, 'PUT', path, body),
    ]
    const rules = await ask(who, 'PUT', path, {
      ...body,
      title: 'x',
      visibility: name === 'shown' ? 'public' : 'private',
    })
    return [...answers, rules].map(({ status }) => status).join(' ')
  }

  it('follows owner, members and visibility as for projects', async () => {
    const app = await createCast()
    const { people, ids } = app
    const members = { [ids.editor ?? '']: 'editor', [ids.viewer ?? '']: 'viewer' }
    for (const [name, visibility] of [
      ['shown', 'public'],
      ['hidden', 'private'],
    ])
      await put(app, people.owner ?? {}, name ?? '', { projects: ['open', 'closed'], visibility, members })
    const expected: Record<string, [shown: string, hidden: string]> = {
      anonymous: ['200 200 401 401', '404 404 401 401'],
      stranger: ['200 200 403 403', '404 404 404 404'],
      viewer: ['200 200 403 403', '200 200 403 403'],
      reader: ['200 200 403 403', '200 200 403 403'],
      editor: ['200 200 200 403', '200 200 200 403'],
      writer: ['200 200 200 403', '200 200 200 403'],
      owner: ['200 200 200 200', '200 200 200 200'],
      admin: ['200 200 200 200', '200 200 200 200'],
    }
    for (const [name, answers] of Object.entries(expected)) {
      const who = people[name] ?? {}
      const found = [await answersOf(app, who, 'shown'), await answersOf(app, who, 'hidden')]
      expect({ [name]: found }).toEqual({ [name]: answers })
      const names = (await json(await app.ask(who, 'GET', '/collections'), collectionListSchema)).collections
      const listed = name === 'anonymous' ? ['shown'] : name === 'stranger' ? [] : ['hidden', 'shown']
      expect([name, names.map((each) => each.name)]).toEqual([name, listed])
      const manages = name === 'owner' || name === 'admin'
      expect('members' in (await read(app, who, 'shown'))).toBe(manages)
    }
    for (const [name, status] of Object.entries({
      anonymous: 401,
      stranger: 404,
      viewer: 403,
      editor: 403,
      owner: 204,
    }))
      expect([name, (await app.ask(people[name] ?? {}, 'DELETE', '/collections/hidden')).status]).toEqual([
        name,
        status,
      ])
  })

  it('a key for single projects has no right in a collection of the same name', async () => {
    const app = await createAccessApp()
    const keys = createApiKeys(await recordsOf(app.storageDir))
    const { key } = await keys.create({ name: 'one', role: 'admin', projects: ['shop'] })
    const [one, all] = [keyOf(key), keyOf(ADMIN)]
    expect((await app.ask(one, 'PUT', '/collections/shop', { projects: [] })).status).toBe(403)
    await put(app, all, 'shop', { projects: [], visibility: 'private' })
    for (const method of ['GET', 'DELETE']) expect((await app.ask(one, method, '/collections/shop')).status).toBe(404)
  })

  it('leaves out what the caller may not see, byte for byte as if it were absent', async () => {
    const app = await createCast()
    const { people, ask } = app
    const answers = async (who: Who) => {
      const [view, atlas] = [
        await ask(who, 'GET', '/collections/wall'),
        await ask(who, 'GET', '/collections/wall/atlas.json'),
      ]
      const text = [await view.text(), await atlas.text()]
        .join('\n')
        .replaceAll(/"(?:created|updated)_at":"[^"]*"/g, '')
      return [text, view.headers.get('etag')?.length, [...atlas.headers.keys()].join()].join('\n')
    }
    const without = { projects: ['plain', 'absent', 'open'], visibility: 'public' }
    await put(app, people.admin ?? {}, 'wall', without)
    const expected = await Promise.all([answers({}), answers(people.stranger ?? {})])
    await ask(people.admin ?? {}, 'DELETE', '/collections/wall')
    await put(app, people.owner ?? {}, 'wall', { ...without, projects: ['plain', 'closed', 'open'] })
    // The table of those who see more is made first, and changes.
    expect(Object.keys((await atlasOf(app, people.owner ?? {}, 'wall')).frames)).toEqual(['plain', 'closed', 'open'])
    expect(Object.keys((await atlasOf(app, people.admin ?? {}, 'wall')).frames)).toEqual(['plain', 'closed', 'open'])
    expect(await Promise.all([answers({}), answers(people.stranger ?? {})])).toEqual(expected)
    const members = await ask(people.admin ?? {}, 'PATCH', '/projects/closed', { visibility: 'public' })
    expect(members.status).toBe(200)
    expect(idsOf(await read(app, {}, 'wall'))).toEqual(['plain', 'closed', 'open'])
    await ask(people.admin ?? {}, 'PATCH', '/projects/closed', { visibility: 'private' })
    expect(idsOf(await read(app, {}, 'wall'))).toEqual(['plain', 'open'])
  })

  it('shows no page that has the cover of a project which became private, under no name', async () => {
    const app = await createCast()
    const { people, ask } = app
    await put(app, people.owner ?? {}, 'wall', { projects: ['open', 'plain'], visibility: 'public' })
    const before = await atlasOf(app, {}, 'wall', '?format=png')
    const url = `/collections/wall/${before.meta.image}`
    const pageAt = async (who: Who) => {
      const response = await ask(who, 'GET', url)
      const { data, info } = await sharp(Buffer.from(await response.arrayBuffer()))
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true })
      const { x, y } = before.frames.open?.frame ?? { x: 0, y: 0 }
      return { alpha: data[((y + 25) * info.width + x + 25) * 4 + 3], caching: response.headers.get('cache-control') }
    }
    expect(await pageAt({})).toEqual({ alpha: 255, caching: 'public, max-age=31536000, immutable' })
    await ask(people.owner ?? {}, 'PATCH', '/projects/open', { visibility: 'private' })
    expect(await pageAt({})).toEqual({ alpha: 0, caching: 'no-cache' })
    expect(await pageAt(people.stranger ?? {})).toMatchObject({ alpha: 0 })
    const owner = await pageAt(people.owner ?? {})
    expect(owner).toMatchObject({ alpha: 255, caching: expect.stringContaining('private') })
    await put(app, people.owner ?? {}, 'wall', { projects: ['open'], visibility: 'private' })
    expect((await ask({}, 'GET', url)).status).toBe(404)
  })

  it('a share link shows no more of a collection', async () => {
    const app = await createCast()
    const { people, ask } = app
    await put(app, people.owner ?? {}, 'wall', { projects: ['closed', 'open'], visibility: 'public' })
    const expires = new Date(Date.now() + 3_600_000).toISOString()
    const made = await ask(people.owner ?? {}, 'POST', '/projects/closed/links', { expires })
    const { url } = z.object({ url: z.string() }).parse(await made.json())
    const opened = await ask({ Accept: 'application/json' }, 'GET', url)
    const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    expect((await ask({ Cookie: cookie }, 'GET', '/projects/closed')).status).toBe(200)
    expect(idsOf(await read(app, { Cookie: cookie }, 'wall'))).toEqual(['open'])
    expect(Object.keys((await atlasOf(app, { Cookie: cookie }, 'wall')).frames)).toEqual(['open'])
  })
})

describe('the atlas of a collection', () => {
  it('has a frame of each cover, which does not move when projects come, go, are put in order or get another cover', async () => {
    const app = await openWith(['a', 'b', 'c', '-d'])
    await put(app, {}, 'wall', { projects: ['a', 'b', 'c'] })
    const first = await atlasOf(app, {}, 'wall')
    expect(placesOf(first)).toEqual({ a: '2 2', b: '56 2', c: '110 2' })
    await app.ask({}, 'DELETE', '/projects/a')
    await put(app, {}, 'wall', { projects: ['-d', 'c', 'b', 'a'] })
    const second = await atlasOf(app, {}, 'wall')
    expect(placesOf(second)).toEqual({ b: '56 2', c: '110 2', '-d': '164 2' })
    const { image_id: cover } = await uploadTo(app.app, 'b', await plainJpeg(90, 90, '#12c43f'))
    await app.ask({}, 'PUT', `/projects/b/primary/${cover}`)
    const third = await atlasOf(app, {}, 'wall')
    expect(placesOf(third)).toEqual(placesOf(second))
    expect([third.meta.revision, third.meta.image === second.meta.image]).toEqual([second.meta.revision, false])
    for (const { meta } of [first, third])
      expect((await app.ask({}, 'GET', `/collections/wall/${meta.image}`)).status).toBe(200)
    const thumbs = await atlasOf(app, {}, 'wall', '?size=thumb&page=4096')
    expect(placesOf(thumbs)).toEqual({ '-d': '2 2', c: '406 2', b: '810 2' })
    expect(thumbs.frames.b?.frame).toMatchObject({ w: 90, h: 90 })
  })

  it('has the same places in all workers that share a store, whichever is asked first, and after a restart', async () => {
    const one = await openWith(['a', 'b', 'c'])
    const other = await createTestApp({ storageDir: one.storageDir, auth: 'none' })
    await put(one, {}, 'wall', { projects: ['a', 'b', 'c'] })
    const atlasAt = async (app: typeof other.app) =>
      json(await app.request('/collections/wall/atlas.json'), atlasSchema)
    const both = await Promise.all([one.app, other.app, one.app, other.app].map(atlasAt))
    for (const each of both) expect(each).toEqual(both[0])
    await other.app.request('/projects/b', { method: 'DELETE' })
    const after = await Promise.all([atlasAt(one.app), atlasAt(other.app)])
    expect(after[0]).toEqual(after[1])
    const later = await createTestApp({ storageDir: one.storageDir, auth: 'none', readOnly: true })
    expect(await atlasAt(later.app)).toEqual(after[0])
  })

  it('of a store that is only read has places in the order of the list, and writes nothing', async () => {
    const one = await openWith(['a', 'b'])
    await put(one, {}, 'wall', { projects: ['b', 'a'] })
    const reading = await createTestApp({ storageDir: one.storageDir, auth: 'none', readOnly: true })
    const atlas = await json(await reading.app.request('/collections/wall/atlas.json'), atlasSchema)
    expect(placesOf(atlas)).toEqual({ b: '2 2', a: '56 2' })
    expect((await reading.app.request('/collections/wall', { method: 'DELETE' })).status).toBe(503)
    await put(one, {}, 'wall', { projects: ['a', 'b'] })
    expect(placesOf(await atlasOf(one, {}, 'wall'))).toEqual({ a: '2 2', b: '56 2' })
  })
})

describe('changes of a collection', () => {
  it('are reported at once where it looks different already, and at the end of the wait where it does not', async () => {
    const app = await openWith(['a'])
    await put(app, {}, 'wall', { projects: ['a'] })
    const etag = (await app.ask({}, 'GET', '/collections/wall')).headers.get('etag') ?? ''
    const tag = etag.replaceAll('"', '')
    expect(await changesOf(app, {}, '')).toEqual({ tag, changed: true })
    expect(await changesOf(app, {}, `?since=${tag}`)).toEqual({ tag, changed: false })
    expect(await changesOf(app, {}, `?since=${encodeURIComponent(etag)}&wait=1`)).toEqual({ tag, changed: false })
    expect(await changesOf(app, {}, `?since=${'x'.repeat(22)}&wait=60`)).toEqual({ tag, changed: true })
    for (const query of ['?since=7', '?wait=61', '?x=1'])
      expect((await app.ask({}, 'GET', `/collections/wall/changes${query}`)).status).toBe(400)
  })

  it('are heard by those who wait, of the list and of each project, from every worker', async () => {
    const app = await openWith(['a'])
    const other = await createTestApp({ storageDir: app.storageDir, auth: 'none' })
    await put(app, {}, 'wall', { projects: ['a', 'later'] })
    const changes = [
      async () => uploadTo(other.app, 'later', await plainJpeg(40, 40)),
      async () => other.app.request('/projects/a', { method: 'DELETE' }),
      async () => put(app, {}, 'wall', { projects: ['later'], title: 'Now' }),
      async () => other.app.request('/projects/later', { method: 'DELETE' }),
    ]
    for (const change of changes) {
      const { tag } = await changesOf(app, {}, '')
      const waiting = changesOf(app, {}, `?since=${tag}&wait=60`)
      await change()
      expect(await waiting).toMatchObject({ changed: true, tag: expect.not.stringMatching(tag) })
    }
  })

  it('end at the deletion of the collection, for every one who waits', async () => {
    const app = await openWith([])
    await put(app, {}, 'wall', { projects: [] })
    const { tag } = await changesOf(app, {}, '')
    const waiting = app.ask({}, 'GET', `/collections/wall/changes?since=${tag}&wait=60`)
    await app.ask({}, 'DELETE', '/collections/wall')
    expect(await problemOf(waiting)).toMatchObject({ code: 'collection_not_found' })
  })

  it('do not tell of projects that the caller may not see', async () => {
    const app = await createCast()
    const { people, ask } = app
    await put(app, people.owner ?? {}, 'wall', { projects: ['closed', 'open'], visibility: 'public' })
    const [open, owner] = [await changesOf(app, {}, ''), await changesOf(app, people.owner ?? {}, '')]
    const waiting = changesOf(app, {}, `?since=${open.tag}&wait=1`)
    await ask(people.owner ?? {}, 'PATCH', '/projects/closed', { title: 'Other' })
    await atlasOf(app, people.owner ?? {}, 'wall')
    expect(await waiting).toEqual({ tag: open.tag, changed: false })
    expect(await changesOf(app, people.owner ?? {}, `?since=${owner.tag}`)).toMatchObject({ changed: true })
  })
})
