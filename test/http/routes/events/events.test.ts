import { describe, expect, it, vi } from 'vitest'
import { changesSchema, eventSchema } from '../../../../src/http/schemas/events.ts'
import { createTestApp, problemOf, uploadTo } from '../../../support/app.ts'
import { type AccessApp, createAccessApp, keyOf, READER, WRITER } from '../../../support/auth/access.ts'
import { readStream, type StreamEvent } from '../../../support/event-stream.ts'
import { PATIENCE } from '../../../support/vitest/patience.ts'

type App = Awaited<ReturnType<typeof createTestApp>>['app']

const edit = (app: App, projectId: string, body: object, headers: Record<string, string> = {}) =>
  app.request(`/projects/${projectId}`, {
    method: 'PATCH',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...headers },
  })

const changesOf = async (app: App, projectId: string, query = '', headers: Record<string, string> = {}) => {
  const response = await app.request(`/projects/${projectId}/changes${query}`, { headers })
  expect(response.status).toBe(200)
  return changesSchema.parse(await response.json())
}

const dataOf = (events: readonly StreamEvent[]) => events.map(({ data }) => eventSchema.parse(JSON.parse(data)))
const inShort = (events: readonly StreamEvent[]) => dataOf(events).map(({ type, revision }) => `${revision} ${type}`)

const stream = async (app: App, path: string, headers: Record<string, string> = {}) => {
  const response = await app.request(path, { headers })
  expect(response.status).toBe(200)
  return readStream(response)
}

describe('the changes of a project', () => {
  it('are its events after a revision, with ids and times, and none from now on', async () => {
    const { app } = await createTestApp()
    const { image_id: a } = await uploadTo(app, 'shop')
    await edit(app, 'shop', { title: 'Spring' })
    expect(await changesOf(app, 'shop')).toEqual({ revision: 2, events: [], reset: false })
    const all = await changesOf(app, 'shop', '?since=0')
    expect(all).toMatchObject({ revision: 2, reset: false })
    expect(all.events.map(({ type, revision, image_id }) => [type, revision, image_id])).toEqual([
      ['project.changed', 1, undefined],
      ['image.added', 1, a],
      ['cover.changed', 1, a],
      ['project.changed', 2, undefined],
    ])
    expect(new Set(all.events.map(({ project_id }) => project_id))).toEqual(new Set(['shop']))
    expect((await changesOf(app, 'shop', '?since=1')).events).toHaveLength(1)
    expect(await changesOf(app, 'shop', '?since=2')).toEqual({ revision: 2, events: [], reset: false })
    expect(await changesOf(app, 'shop', '?since=3')).toEqual({ revision: 2, events: [], reset: true })
  })

  it('are waited for, up to the given time', async () => {
    const { app } = await createTestApp()
    await uploadTo(app, 'shop')
    const waiting = changesOf(app, 'shop', '?since=1&wait=30')
    await edit(app, 'shop', { title: 'Spring' })
    expect(await waiting).toMatchObject({ revision: 2, events: [{ type: 'project.changed', revision: 2 }] })
    expect(await changesOf(app, 'shop', '?since=2&wait=1')).toEqual({ revision: 2, events: [], reset: false })
    expect(await changesOf(app, 'shop', '?since=0&wait=60')).toMatchObject({ revision: 2 })
  })

  it('are answered to the head alone without a wait', async () => {
    const { app } = await createTestApp()
    await uploadTo(app, 'shop')
    const response = await app.request('/projects/shop/changes?since=1&wait=60', { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('end with the deletion of the project', async () => {
    const { app } = await createTestApp()
    await uploadTo(app, 'shop')
    const waiting = changesOf(app, 'shop', '?since=1&wait=30')
    await app.request('/projects/shop', { method: 'DELETE' })
    expect(await waiting).toMatchObject({ revision: 2, events: [{ type: 'project.deleted', revision: 2 }] })
    expect((await changesOf(app, 'shop', '?since=0')).events.at(-1)).toMatchObject({ type: 'project.deleted' })
    for (const query of ['?since=2', '', '?since=9'])
      expect((await problemOf(app.request(`/projects/shop/changes${query}`))).code).toBe('project_not_found')
    await uploadTo(app, 'shop')
    expect((await changesOf(app, 'shop', '?since=0')).events.at(-1)).toMatchObject({ type: 'project.deleted' })
    expect((await changesOf(app, 'shop', '?since=2')).events[0]).toMatchObject({ type: 'project.changed', revision: 4 })
  })

  it.each([
    ['since=-1', 'since'],
    ['since=1.5', 'since'],
    ['since=', 'since'],
    ['since=9007199254740992', 'since'],
    ['since=1&since=2', 'since'],
    ['wait=61', 'wait'],
    ['wait=x', 'wait'],
    ['sinse=1', 'sinse'],
  ])('are refused with %s', async (query, field) => {
    const { app } = await createTestApp()
    await uploadTo(app, 'shop')
    expect(await problemOf(app.request(`/projects/shop/changes?${query}`))).toMatchObject({
      code: 'invalid_parameter',
      detail: expect.stringContaining(field),
    })
  })

  it('take the largest revision and wait', async () => {
    const { app } = await createTestApp()
    await uploadTo(app, 'shop')
    expect(await changesOf(app, 'shop', '?since=9007199254740991&wait=60')).toMatchObject({ reset: true })
  })
})

describe('a stream of events', () => {
  it('has each event once and in order, with the revision as the id of its last one', async () => {
    const { app } = await createTestApp()
    const { image_id: a } = await uploadTo(app, 'shop')
    const response = await app.request('/projects/shop/events')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
    const heard = readStream(response)
    await vi.waitFor(() => expect(heard.lastEventId()).toBe('1'), PATIENCE)
    await edit(app, 'shop', { title: 'Spring' })
    await app.request(`/projects/shop/images/${a}`, { method: 'DELETE' })
    await heard.until(3)
    expect(heard.events.map(({ type, lastEventId }) => [type, lastEventId])).toEqual([
      ['project.changed', '2'],
      ['image.deleted', '2'],
      ['cover.changed', '3'],
    ])
    expect(dataOf(heard.events)).toMatchObject([{ revision: 2 }, { revision: 3, image_id: a }, { image_id: null }])
    await heard.cancel()
  })

  it('goes on after the last event id, which comes before since', async () => {
    const { app } = await createTestApp()
    await uploadTo(app, 'shop')
    for (const title of ['a', 'b', 'c']) await edit(app, 'shop', { title })
    const [bySince, byHeader] = [
      await stream(app, '/projects/shop/events?since=2'),
      await stream(app, '/projects/shop/events?since=1', { 'Last-Event-ID': '3' }),
    ]
    expect(inShort(await bySince.until(2))).toEqual(['3 project.changed', '4 project.changed'])
    expect(inShort(await byHeader.until(1))).toEqual(['4 project.changed'])
    for (const each of [bySince, byHeader]) await each.cancel()
  })

  it('says where the changes are not kept any more', async () => {
    const { app } = await createTestApp()
    await uploadTo(app, 'shop')
    const heard = await stream(app, '/projects/shop/events?since=7')
    const [event] = await heard.until(1)
    expect(event).toMatchObject({ type: 'reset', lastEventId: '1' })
    expect(JSON.parse(event?.data ?? '')).toEqual({ type: 'reset', project_id: 'shop', revision: 1 })
    await edit(app, 'shop', { title: 'Spring' })
    expect((await heard.until(2))[1]).toMatchObject({ type: 'project.changed', lastEventId: '2' })
    await heard.cancel()
  })

  it('ends after the deletion of its project, and after the given seconds', async () => {
    const { app } = await createTestApp()
    await uploadTo(app, 'shop')
    const [ending, short] = [
      await stream(app, '/projects/shop/events'),
      await stream(app, '/projects/shop/events?seconds=1'),
    ]
    await vi.waitFor(() => expect(ending.lastEventId()).toBe('1'), PATIENCE)
    await short.ended
    await app.request('/projects/shop', { method: 'DELETE' })
    await ending.ended
    expect(inShort(ending.events)).toEqual(['2 project.deleted'])
    expect(short.events).toEqual([])
  })

  it('of several projects has their revisions as its id, 0 for an absent one', async () => {
    const { app } = await createTestApp()
    for (const id of ['a', 'c', 'c']) await uploadTo(app, id)
    const heard = await stream(app, '/events?projects=a,b,c')
    await vi.waitFor(() => expect(heard.lastEventId()).toBe('1.0.2'), PATIENCE)
    await edit(app, 'c', { title: 'x' })
    await heard.until(1)
    await uploadTo(app, 'b')
    await heard.until(4)
    await app.request('/projects/a', { method: 'DELETE' })
    await heard.until(5)
    await uploadTo(app, 'a')
    await heard.until(8)
    expect(heard.events.map(({ type, lastEventId }) => `${lastEventId} ${type}`)).toEqual([
      '1.0.3 project.changed',
      '1.0.3 project.changed',
      '1.0.3 image.added',
      '1.1.3 cover.changed',
      '2.1.3 project.deleted',
      '3.1.3 project.changed',
      '3.1.3 image.added',
      '4.1.3 cover.changed',
    ])
    await heard.cancel()
    const again = await stream(app, '/events?projects=a,b,c', { 'Last-Event-ID': '2.0.3' })
    expect((await again.until(6)).map(({ lastEventId }) => lastEventId).at(-1)).toMatch(/^[34]\.[01]\.3$/)
    await again.cancel()
  })

  it.each([
    ['/projects/shop/events?since=x', {}, 'since'],
    ['/projects/shop/events', { 'Last-Event-ID': '1.2' }, 'Last-Event-ID'],
    ['/projects/shop/events?seconds=0', {}, 'seconds'],
    ['/projects/shop/events?seconds=86401', {}, 'seconds'],
    ['/projects/shop/events?wait=1', {}, 'wait'],
    ['/events', {}, 'projects'],
    ['/events?projects=', {}, 'projects'],
    ['/events?projects=a,a', {}, 'projects'],
    ['/events?projects=a,.b', {}, 'projects'],
    ['/events?projects=a,b&since=1', {}, 'since'],
    ['/events?projects=a,b&since=1.2.3', {}, 'since'],
    ['/events?projects=a,b', { 'Last-Event-ID': '1.x' }, 'Last-Event-ID'],
    [`/events?projects=${Array.from({ length: 101 }, (_, n) => `p${n}`)}`, {}, 'projects'],
  ])('is refused for %s %j', async (path, headers, field) => {
    const { app } = await createTestApp()
    await uploadTo(app, 'shop')
    expect(await problemOf(app.request(path, { headers }))).toMatchObject({
      code: 'invalid_parameter',
      detail: expect.stringContaining(field),
    })
  })

  it('takes a hundred projects, and is not opened for its head alone', async () => {
    const { app } = await createTestApp({ maxEventStreams: 1 })
    const ids = Array.from({ length: 100 }, (_, n) => `p${n}`)
    for (let n = 0; n < 3; n++)
      expect((await app.request(`/events?projects=${ids}`, { method: 'HEAD' })).status).toBe(200)
    const heard = await stream(app, `/events?projects=${ids}`)
    await uploadTo(app, 'p99')
    expect(await heard.until(3)).toHaveLength(3)
    await heard.cancel()
  })
})

describe('the streams of a server', () => {
  it('are limited, together with the requests that wait, and counted', async () => {
    const { app } = await createTestApp({ maxEventStreams: 2 })
    await uploadTo(app, 'shop')
    const [one, two] = [await stream(app, '/projects/shop/events'), await stream(app, '/events?projects=shop')]
    expect(await (await app.request('/metrics')).text()).toContain('\ntintype_event_streams 2\n')
    for (const path of ['/projects/shop/events', '/events?projects=shop', '/projects/shop/changes?wait=1']) {
      const { code, response } = await problemOf(app.request(path))
      expect([code, response.headers.get('retry-after')]).toEqual(['busy', '5'])
    }
    await changesOf(app, 'shop', '?since=0&wait=60')
    await one.cancel()
    await vi.waitFor(
      async () => expect(await (await app.request('/metrics')).text()).toContain('\ntintype_event_streams 1\n'),
      PATIENCE,
    )
    const waiting = changesOf(app, 'shop', '?wait=30')
    await vi.waitFor(
      async () => expect(await (await app.request('/metrics')).text()).toContain('\ntintype_event_streams 2\n'),
      PATIENCE,
    )
    await edit(app, 'shop', { title: 'x' })
    expect((await waiting).events).toHaveLength(1)
    await two.cancel()
  })

  it('end at a shutdown, and further ones are refused', async () => {
    const { app, endWaits } = await createTestApp()
    await uploadTo(app, 'shop')
    const heard = await stream(app, '/projects/shop/events')
    const waiting = changesOf(app, 'shop', '?wait=60')
    await vi.waitFor(
      async () => expect(await (await app.request('/metrics')).text()).toContain('\ntintype_event_streams 2\n'),
      PATIENCE,
    )
    endWaits()
    await heard.ended
    expect(await waiting).toEqual({ revision: 1, events: [], reset: false })
    for (const path of ['/projects/shop/events', '/projects/shop/changes?wait=1'])
      expect((await problemOf(app.request(path))).code).toBe('shutting_down')
  })
})

/** A private project of a user, and a member of it. */
const createShared = async (app: AccessApp) => {
  const [owner, member] = [await app.join('owner'), await app.join('member')]
  await app.upload(owner.who, 'shop')
  const members = (role: 'viewer' | null) =>
    edit(app.app, 'shop', { visibility: 'private', members: { [member.id]: role } }, owner.who)
  expect((await members('viewer')).status).toBe(200)
  return { owner, member, members }
}

describe('the access to a feed', () => {
  it('is that to the project: others are answered as for an absent one', async () => {
    const app = await createAccessApp()
    const { owner, member } = await createShared(app)
    const other = await app.join('other')
    for (const path of ['changes?since=0', 'events', 'events?since=0'])
      for (const [who, status] of [
        [owner.who, 200],
        [member.who, 200],
        [keyOf(READER), 200],
        [other.who, 404],
        [{}, 404],
        [keyOf('no such key of anybody'), 401],
      ] as const) {
        const [there, absent] = await Promise.all(
          ['shop', 'gone'].map((id) => app.ask(who, 'GET', `/projects/${id}/${path}`)),
        )
        expect([path, there?.status]).toEqual([path, status])
        if (status !== 200)
          expect((await there?.text())?.replaceAll('shop', '…')).toBe((await absent?.text())?.replaceAll('gone', '…'))
        else await there?.body?.cancel()
        await absent?.body?.cancel().catch(() => {})
      }
  })

  it('ends for a member who is let go, before the change that follows', async () => {
    const app = await createAccessApp()
    const { owner, member, members } = await createShared(app)
    const heard = await stream(app.app, '/projects/shop/events', member.who)
    const several = await stream(app.app, '/events?projects=other,shop', member.who)
    const waiting = app.ask(member.who, 'GET', '/projects/shop/changes?wait=30')
    await vi.waitFor(() => expect([heard.lastEventId(), several.lastEventId()]).toEqual(['2', '0.2']), PATIENCE)
    expect((await members(null)).status).toBe(200)
    await edit(app.app, 'shop', { title: 'secret' }, owner.who)
    await Promise.all([heard.ended, several.ended])
    expect([heard.events, several.events]).toEqual([[], []])
    expect((await waiting).status).toBe(404)
    const again = await stream(app.app, '/events?projects=other,shop', { ...member.who, 'Last-Event-ID': '0.2' })
    await edit(app.app, 'shop', { title: 'more' }, owner.who)
    await app.upload(member.who, 'other')
    expect(new Set(dataOf(await again.until(3)).map(({ project_id }) => project_id))).toEqual(new Set(['other']))
    // It comes back into sight.
    expect((await members('viewer')).status).toBe(200)
    expect((await again.until(4))[3]).toMatchObject({ type: 'reset', lastEventId: '1.6' })
    await again.cancel()
  })

  it('ends for a key that may not read any more, and for all of them where a project is made private', async () => {
    const app = await createAccessApp()
    const { owner } = await createShared(app)
    expect((await edit(app.app, 'shop', { visibility: 'public' }, owner.who)).status).toBe(200)
    const [anonymous, key] = [
      await stream(app.app, '/projects/shop/events'),
      await stream(app.app, '/projects/shop/events', keyOf(WRITER)),
    ]
    await vi.waitFor(() => expect([anonymous.lastEventId(), key.lastEventId()]).toEqual(['3', '3']), PATIENCE)
    await edit(app.app, 'shop', { visibility: 'private' }, owner.who)
    await anonymous.ended
    expect(anonymous.events).toEqual([])
    expect(inShort(await key.until(1))).toEqual(['4 project.changed'])
    await key.cancel()
  })

  it('does not show an earlier life of the id to those who come later', async () => {
    const app = await createAccessApp()
    const { owner, member } = await createShared(app)
    const heard = await stream(app.app, '/projects/shop/events', member.who)
    await vi.waitFor(() => expect(heard.lastEventId()).toBe('2'), PATIENCE)
    expect((await app.ask(owner.who, 'DELETE', '/projects/shop')).status).toBe(200)
    await heard.ended
    expect(inShort(heard.events)).toEqual(['3 project.deleted'])
    const other = await app.join('other')
    await app.upload(other.who, 'shop')
    expect(await changesOf(app.app, 'shop', '?since=0', other.who)).toEqual({ revision: 5, events: [], reset: true })
    for (const since of [3, 4])
      expect((await changesOf(app.app, 'shop', `?since=${since}`, other.who)).events).toHaveLength(3)
  })
})
