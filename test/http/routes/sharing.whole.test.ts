// Owners, members and restricted keys of projects, and the views that each of them gets.

import { describe, expect, it } from 'vitest'
import { projectListSchema, projectSchema } from '../../../src/http/schemas/projects.ts'
import { createApiKeys } from '../../../src/services/auth/api-keys.ts'
import { problemOf } from '../../support/app.ts'
import { ADMIN, createAccessApp, createCast, keyOf, type Who } from '../../support/auth/access.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { recordsOf } from '../../support/store/here.ts'
import { formOf } from '../../support/upload.ts'

const ANONYMOUS: Who = {}

describe('a project with an owner', () => {
  it('is listed for its owner and members alone', async () => {
    const { ask, people, join } = await createCast()
    const listed = async (who: Who, query = '') => {
      const { projects, next } = projectListSchema.parse(await (await ask(who, 'GET', `/projects${query}`)).json())
      return [...projects.map(({ project_id }) => project_id), ...(next === null ? [] : [next])]
    }
    expect(await listed(ANONYMOUS)).toEqual(['open', 'plain'])
    for (const who of ['admin', 'writer', 'reader'])
      expect(await listed(people[who] ?? {})).toEqual(['closed', 'open', 'plain'])
    for (const who of ['owner', 'editor', 'viewer']) expect(await listed(people[who] ?? {})).toEqual(['closed', 'open'])
    expect(await listed(people.stranger ?? {})).toEqual([])
    expect(await listed((await join('new')).who)).toEqual([])
    const sealed = expect.stringMatching(/^\/projects\?limit=1&after=[\w-]{123}$/)
    const [closed, next = ''] = await listed(people.owner ?? {}, '?limit=1')
    expect([closed, next]).toEqual(['closed', sealed])
    expect(await listed(people.owner ?? {}, next.slice(next.indexOf('?')))).toEqual(['open'])
    expect(await listed(ANONYMOUS, '?limit=1')).toEqual(['open', sealed])
  })

  it('shows owner and members to managers alone, with its own ETag', async () => {
    const { ask, people, ids } = await createCast()
    const read = async (who: string) => {
      const response = await ask(people[who] ?? {}, 'GET', '/projects/open')
      return { view: projectSchema.parse(await response.json()), headers: response.headers }
    }
    const managed = await read('owner')
    expect(managed.view).toMatchObject({
      visibility: 'public',
      owner_id: ids.owner,
      members: { [ids.editor ?? '']: 'editor', [ids.viewer ?? '']: 'viewer' },
    })
    expect(managed.headers.get('cache-control')).toBe('private, no-cache')
    const looked = await read('editor')
    expect(Object.keys(looked.view)).not.toContain('members')
    expect(Object.keys(looked.view)).not.toContain('owner_id')
    expect(looked.view.visibility).toBe('public')
    expect(looked.headers.get('etag')).not.toBe(managed.headers.get('etag'))
  })

  it('follows added and removed members', async () => {
    const { ask, people, ids } = await createCast()
    const status = async (who: string) => (await ask(people[who] ?? {}, 'GET', '/projects/closed/thumbnail')).status
    const share = (members: Record<string, string | null>) =>
      ask(people.owner ?? {}, 'PATCH', '/projects/closed', { members })
    await share({ [ids.stranger ?? '']: 'viewer', [ids.viewer ?? '']: null })
    expect([await status('stranger'), await status('viewer'), await status('editor')]).toEqual([200, 404, 200])
    await ask(people.owner ?? {}, 'PATCH', '/projects/closed', { visibility: 'public' })
    expect(await status('anonymous')).toBe(200)
  })

  it.each([
    ['a visibility that there is not', { visibility: 'hidden' }],
    ['a role that there is not', { members: { someone: 'owner' } }],
    ['a member without an id', { members: { '': 'viewer' } }],
    ['members as a list', { members: ['someone'] }],
  ])('is not changed by %s', async (_, body) => {
    const { ask, upload } = await createAccessApp()
    await upload(keyOf(ADMIN), 'shop')
    const problem = await problemOf(ask(keyOf(ADMIN), 'PATCH', '/projects/shop', body))
    expect(problem).toMatchObject({ status: 400, code: 'invalid_body' })
  })

  it('can have 1000 members, and no more', async () => {
    const { ask, upload } = await createAccessApp()
    await upload(keyOf(ADMIN), 'shop')
    const members = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`user-${at}`, 'viewer']))
    expect((await ask(keyOf(ADMIN), 'PATCH', '/projects/shop', { members })).status).toBe(200)
    const more = { members: { 'one-more': 'viewer' } }
    expect(await problemOf(ask(keyOf(ADMIN), 'PATCH', '/projects/shop', more))).toMatchObject({
      status: 400,
      field: 'members',
    })
    const instead = { members: { 'one-more': 'viewer', 'user-0': null } }
    expect((await ask(keyOf(ADMIN), 'PATCH', '/projects/shop', instead)).status).toBe(200)
  })

  it('belongs to its next creator after a deletion, without former members', async () => {
    const { ask, people, upload } = await createCast()
    await ask(people.owner ?? {}, 'DELETE', '/projects/closed')
    await upload(people.stranger ?? {}, 'closed')
    expect((await ask(people.owner ?? {}, 'GET', '/projects/closed')).status).toBe(200)
    expect((await ask(people.editor ?? {}, 'PATCH', '/projects/closed', { title: 'x' })).status).toBe(403)
    expect((await ask(people.stranger ?? {}, 'PATCH', '/projects/closed', { visibility: 'private' })).status).toBe(200)
    expect((await ask(people.owner ?? {}, 'GET', '/projects/closed')).status).toBe(404)
  })

  it('belongs to one of two simultaneous creators, and contains nothing of the other', async () => {
    const { ask, upload, join } = await createAccessApp()
    const [one, other] = await Promise.all([join('one'), join('other')])
    const done = await Promise.allSettled([upload(one.who, 'same'), upload(other.who, 'same')])
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const project = projectSchema.parse(await (await ask(keyOf(ADMIN), 'GET', '/projects/same')).json())
    expect(project).toMatchObject({ image_count: 1, owner_id: done[0]?.status === 'fulfilled' ? one.id : other.id })
  })

  it('is private from its creation with NEW_VISIBILITY=private', async () => {
    const { ask, upload, join } = await createAccessApp({ newVisibility: 'private' })
    const { who } = await join('ada')
    await upload(who, 'album')
    expect((await ask(ANONYMOUS, 'GET', '/projects/album/thumbnail')).status).toBe(404)
    expect((await ask(who, 'GET', '/projects/album/thumbnail')).status).toBe(200)
  })
})

describe('a key restricted to some projects', () => {
  it('reads and changes these, and has public access to others', async () => {
    const { ask, people, storageDir } = await createCast()
    const apiKeys = createApiKeys(await recordsOf(storageDir))
    const make = async (role: 'admin' | 'writer') =>
      keyOf((await apiKeys.create({ name: 'x', role, projects: ['closed', 'new', 'closed'] })).key)
    const [admin, writer] = [await make('admin'), await make('writer')]
    const listed = async (query = '') =>
      projectListSchema.parse(await (await ask(writer, 'GET', `/projects${query}`)).json())
    expect((await listed()).projects.map(({ project_id }) => project_id)).toEqual(['closed'])
    const status = async (who: Who, method: string, path: string, body?: unknown) =>
      (await ask(who, method, `/projects/${path}`, body)).status

    expect(await status(writer, 'PATCH', 'closed', { title: 'x' })).toBe(200)
    expect(await status(writer, 'POST', 'new/images', formOf(await smallPhoto()))).toBe(201)
    expect(await status(writer, 'POST', 'elsewhere/images', formOf(await smallPhoto()))).toBe(403)
    expect(await status(writer, 'GET', 'open')).toBe(200)
    expect(await status(writer, 'PATCH', 'open', { title: 'x' })).toBe(403)
    expect(await status(writer, 'DELETE', 'closed')).toBe(403)
    await ask(people.owner ?? {}, 'PATCH', '/projects/open', { visibility: 'private' })
    expect(await status(writer, 'GET', 'open')).toBe(404)
    expect(await status(admin, 'DELETE', 'open')).toBe(404)

    const { projects, next } = await listed('?limit=1')
    expect(projects.map(({ project_id }) => project_id)).toEqual(['closed'])
    const rest = await listed(next?.slice(next.indexOf('?')))
    expect([rest.projects.map(({ project_id }) => project_id), rest.next]).toEqual([['new'], null])
    expect(await status(admin, 'DELETE', 'closed')).toBe(200)
  })
})

describe('PUT of a project', () => {
  it('is answered as an upload by each principal, and makes a user the owner', async () => {
    const { ask, people, ids } = await createCast()
    const photo = await smallPhoto()
    const uploaded = async (who: string, project: string) =>
      (await ask(people[who] ?? {}, 'POST', `/projects/${project}/images`, formOf(photo))).status
    const put = (who: string, project: string) => ask(people[who] ?? {}, 'PUT', `/projects/${project}`, {})
    for (const [at, who] of Object.keys(people).entries())
      for (const project of ['open', 'closed', 'plain', `new-${at}`]) {
        const { status } = await put(who, project)
        const expected = await uploaded(who, project)
        const isThere = status === 200 || (status === 201 && project.startsWith('new'))
        expect(isThere ? 201 : status, `${who} ${project}`).toBe(expected)
      }
    await put('stranger', 'mine')
    const mine = await (await ask(people.stranger ?? {}, 'GET', '/projects/mine')).json()
    expect(projectSchema.parse(mine)).toMatchObject({ owner_id: ids.stranger, members: {} })
  })
})
