// Collections by a tag: which projects they show to each caller, their atlases and changes, as tags come and go.

import { describe, expect, it, vi } from 'vitest'
import { collectionListSchema, collectionSchema } from '../../../src/http/schemas/collections.ts'
import { createTestApp, problemOf } from '../../support/app.ts'
import { createCast, type Who } from '../../support/auth/access.ts'
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

const SPACE = { query: { tag: 'space' } }
const PATIENCE = { timeout: 60_000, interval: 50 }

const edit = async ({ ask }: Asking, who: Who, id: string, body: unknown) =>
  expect((await ask(who, 'PATCH', `/projects/${id}`, body)).status).toBe(200)

const tag = (app: Asking, who: Who, id: string, ...tags: string[]) => edit(app, who, id, { tags })

describe('a collection by a tag', () => {
  it('shows the projects that carry it, by id, as tags come and go', async () => {
    const app = await openWith(['c', 'a', 'b', 'd'])
    await tag(app, {}, 'c', 'space', 'new')
    await tag(app, {}, 'd', 'new')
    const created = await app.ask({}, 'PUT', '/collections/wall', { ...SPACE, title: 'Space' })
    expect(created.status).toBe(201)
    const wall = await json(created, collectionSchema)
    expect([wall.query, wall.title, idsOf(wall)]).toEqual([{ tag: 'space' }, 'Space', ['c']])
    await tag(app, {}, 'a', 'space')
    expect(idsOf(await read(app, {}, 'wall'))).toEqual(['a', 'c'])
    await tag(app, {}, 'b', 'SPACE')
    await edit(app, {}, 'c', { tags: null })
    expect(idsOf(await read(app, {}, 'wall'))).toEqual(['a'])
    await app.ask({}, 'DELETE', '/projects/a')
    expect(idsOf(await read(app, {}, 'wall'))).toEqual([])
    const list = await json(await app.ask({}, 'GET', '/collections'), collectionListSchema)
    expect(list.collections.map(({ query }) => query)).toEqual([{ tag: 'space' }])
  })

  it('becomes one of a list by PUT, and the other way round', async () => {
    const app = await openWith(['a', 'b'])
    await tag(app, {}, 'b', 'space')
    const list = await put(app, {}, 'wall', { projects: ['a'] })
    expect([list.query, idsOf(list)]).toEqual([null, ['a']])
    const tagged = await put(app, {}, 'wall', SPACE)
    expect([tagged.query, idsOf(tagged)]).toEqual([{ tag: 'space' }, ['b']])
    expect((await put(app, {}, 'wall', SPACE)).updated_at, 'nothing changed').toBe(tagged.updated_at)
    const again = await put(app, {}, 'wall', { projects: ['a', 'b'] })
    expect([again.query, idsOf(again)]).toEqual([null, ['a', 'b']])
  })

  it('refuses what is no tag, and a list beside it', async () => {
    const app = await openWith([])
    const queries = [{}, 'space', null, { tag: '' }, { tag: 'a,b' }, { tag: 'x'.repeat(101) }, { tag: 'a', q: 'b' }]
    for (const body of [...queries.map((query) => ({ query })), { ...SPACE, projects: [] }, { title: 'x' }])
      expect(await problemOf(app.ask({}, 'PUT', '/collections/wall', body))).toMatchObject({ code: 'invalid_body' })
    await put(app, {}, 'wall', { query: { tag: 'x'.repeat(100) } })
  })

  it('shows as many as an atlas may have images, the first by id of those that the caller may read', async () => {
    const app = await createCast({ maxAtlasImages: 2 })
    const { people, ask, upload } = app
    const { owner = {}, stranger = {} } = people
    for (const id of ['x1', 'x2', 'x3']) {
      await upload(owner, id)
      await tag(app, owner, id, 'space')
    }
    await put(app, owner, 'wall', { ...SPACE, visibility: 'public' })
    expect(idsOf(await read(app, owner, 'wall'))).toEqual(['x1', 'x2'])
    await edit(app, owner, 'x1', { visibility: 'private' })
    for (const who of [{}, stranger]) expect(idsOf(await read(app, who, 'wall'))).toEqual(['x2', 'x3'])
    expect(Object.keys((await atlasOf(app, {}, 'wall')).frames).sort()).toEqual(['x2', 'x3'])
    expect(Object.keys((await atlasOf(app, owner, 'wall')).frames).sort()).toEqual(['x1', 'x2'])
    await ask(owner, 'DELETE', '/projects/x2')
    expect(idsOf(await read(app, owner, 'wall'))).toEqual(['x1', 'x3'])
  })
})

describe('who sees what of it', () => {
  it('selects from the list of its owner: no stranger adds a project, and who shares one does', async () => {
    const app = await createCast()
    const { people, ids, upload } = app
    const { owner = {}, stranger = {}, admin = {} } = people
    for (const id of ['public', 'shared', 'hidden']) {
      await upload(stranger, id)
      await tag(app, stranger, id, 'space')
    }
    await edit(app, stranger, 'hidden', { visibility: 'private' })
    for (const id of ['open', 'closed']) await tag(app, owner, id, 'space')
    await put(app, owner, 'wall', SPACE)
    expect(idsOf(await read(app, owner, 'wall'))).toEqual(['closed', 'open'])
    await edit(app, stranger, 'shared', { members: { [ids.owner ?? '']: 'viewer' }, visibility: 'private' })
    expect(idsOf(await read(app, owner, 'wall'))).toEqual(['closed', 'open', 'shared'])
    expect(idsOf(await read(app, people.editor ?? {}, 'wall'))).toEqual(['closed', 'open'])
    expect(idsOf(await read(app, stranger, 'wall'))).toEqual(['open', 'shared'])
    expect(idsOf(await read(app, {}, 'wall'))).toEqual(['open'])
    expect(idsOf(await read(app, admin, 'wall'))).toEqual(['closed', 'open', 'shared'])
    // Made by a key, it has no owner: all projects count.
    await put(app, admin, 'all', { ...SPACE, visibility: 'public' })
    expect(idsOf(await read(app, admin, 'all'))).toEqual(['closed', 'hidden', 'open', 'public', 'shared'])
    expect(idsOf(await read(app, {}, 'all'))).toEqual(['open', 'public'])
  })

  it('tells nothing of tagged projects that the caller may not see', async () => {
    const app = await createCast()
    const { people, ask } = app
    const { owner = {}, stranger = {}, admin = {} } = people
    await tag(app, owner, 'open', 'space')
    await put(app, owner, 'wall', { ...SPACE, visibility: 'public' })
    const answers = async () => {
      const texts: string[] = []
      for (const who of [{}, stranger])
        for (const path of ['', '/atlas.json', '/atlas.json?size=thumb']) {
          const answer = await ask(who, 'GET', `/collections/wall${path}`)
          texts.push(`${answer.status} ${answer.headers.get('etag')} ${await answer.text()}`)
        }
      return texts
    }
    const before = await answers()
    const { tag: known } = await changesOf(app, {}, '')
    const waiting = changesOf(app, {}, `?since=${known}&wait=2`)
    await tag(app, owner, 'closed', 'space')
    for (const who of [owner, admin])
      expect(Object.keys((await atlasOf(app, who, 'wall')).frames).sort()).toEqual(['closed', 'open'])
    expect(await answers()).toEqual(before)
    expect(await waiting).toEqual({ tag: known, changed: false })
    await tag(app, owner, 'closed')
    await atlasOf(app, owner, 'wall')
    expect(await answers()).toEqual(before)
  })
})

describe('the atlas of a collection by a tag', () => {
  it('moves no frame when projects get the tag and lose it, and gives one that comes back its place', async () => {
    const app = await openWith(['a', 'b', 'c', '-d'])
    await put(app, {}, 'wall', SPACE)
    const places = async () => placesOf(await atlasOf(app, {}, 'wall'))
    expect(await places()).toEqual({})
    for (const id of ['b', 'c']) await tag(app, {}, id, 'space')
    expect(await places()).toEqual({ b: '2 2', c: '56 2' })
    await tag(app, {}, 'a', 'space')
    expect(await places()).toEqual({ b: '2 2', c: '56 2', a: '110 2' })
    await tag(app, {}, 'b', 'other')
    expect(await places()).toEqual({ c: '56 2', a: '110 2' })
    await tag(app, {}, '-d', 'space')
    expect(await places()).toEqual({ c: '56 2', a: '110 2', '-d': '164 2' })
    await tag(app, {}, 'b', 'space')
    expect(await places()).toEqual({ b: '2 2', c: '56 2', a: '110 2', '-d': '164 2' })
    await put(app, {}, 'wall', { projects: ['-d', 'a', 'c', 'b'] })
    expect(await places()).toEqual({ b: '2 2', c: '56 2', a: '110 2', '-d': '164 2' })
  })

  it('has the same places in all workers that share a store', async () => {
    const one = await openWith(['a', 'b', 'c'])
    const other = await createTestApp({ storageDir: one.storageDir, auth: 'none' })
    for (const id of ['c', 'a']) await tag(one, {}, id, 'space')
    await put(one, {}, 'wall', SPACE)
    const there: Asking = {
      ask: async (_, method, path, body) =>
        other.app.request(path, {
          method,
          ...(body ? { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } } : {}),
        }),
    }
    const both = async () => [placesOf(await atlasOf(one, {}, 'wall')), placesOf(await atlasOf(there, {}, 'wall'))]
    const [a, c] = ['2 2', '56 2']
    await vi.waitFor(
      async () =>
        expect(await both()).toEqual([
          { a, c },
          { a, c },
        ]),
      PATIENCE,
    )
    await tag(there, {}, 'b', 'space')
    const b = '110 2'
    await vi.waitFor(
      async () =>
        expect(await both()).toEqual([
          { a, b, c },
          { a, b, c },
        ]),
      PATIENCE,
    )
    await tag(one, {}, 'a')
    await vi.waitFor(
      async () =>
        expect(await both()).toEqual([
          { b, c },
          { b, c },
        ]),
      PATIENCE,
    )
  })
})

describe('changes of a collection by a tag', () => {
  it('are heard when a project gets the tag, loses it or changes, from every worker', async () => {
    const app = await openWith(['a', 'b'])
    const other = await createTestApp({ storageDir: app.storageDir, auth: 'none' })
    const elsewhere = (id: string, body: unknown) =>
      other.app.request(`/projects/${id}`, {
        method: 'PATCH',
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json' },
      })
    await put(app, {}, 'wall', SPACE)
    const changes = [
      () => tag(app, {}, 'a', 'space'),
      () => elsewhere('b', { tags: ['space'] }),
      () => elsewhere('a', { title: 'Drift' }),
      () => elsewhere('a', { tags: [] }),
      () => put(app, {}, 'wall', { query: { tag: 'other' } }),
    ]
    for (const change of changes) {
      const { tag: known } = await changesOf(app, {}, '')
      const waiting = changesOf(app, {}, `?since=${known}&wait=60`)
      await change()
      expect(await waiting).toMatchObject({ changed: true, tag: expect.not.stringMatching(known) })
    }
  })
})
