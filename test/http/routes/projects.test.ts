// The project routes: list, look at one, title, tags and order, delete.

import { describe, expect, it } from 'vitest'
import { imageListSchema } from '../../../src/http/schemas/images/images.ts'
import { projectListSchema, projectSchema } from '../../../src/http/schemas/projects.ts'
import { createTestApp, problemOf, type TestApp, uploadTo } from '../../support/app.ts'
import { everythingIn, itInFolder } from '../../support/store/here.ts'

const patch = ({ app }: TestApp, body: unknown, headers: Record<string, string> = {}) =>
  app.request('/projects/game', {
    method: 'PATCH',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...headers },
  })

const put = ({ app }: TestApp, body?: unknown, headers: Record<string, string> = {}) =>
  app.request('/projects/game', {
    method: 'PUT',
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
  })

const projectOf = async (response: Response | Promise<Response>) => projectSchema.parse(await (await response).json())

describe('GET /projects', () => {
  it('lists projects by id with title, cover, number of images and newest change', async () => {
    const tintype = await createTestApp()
    await uploadTo(tintype.app, 'zebra')
    const { image_id } = await uploadTo(tintype.app, 'game')
    await patch(tintype, { title: 'Cosmic Drift' })
    const body: unknown = await (await tintype.app.request('/projects')).json()
    const { projects, next } = projectListSchema.parse(body)
    expect(body, 'no field that the schema does not know').toEqual({ projects, next })
    expect(next).toBeNull()
    expect(projects.map((project) => project.project_id)).toEqual(['game', 'zebra'])
    expect(projects[0]).toMatchObject({
      title: 'Cosmic Drift',
      cover_url: `/projects/game/images/${image_id}?size=thumb`,
      image_count: 1,
      primary_image_id: image_id,
      revision: 2,
    })
    expect((await tintype.app.request(projects[0]?.cover_url ?? '')).headers.get('content-type')).toBe('image/jpeg')
  })

  it('sorts and searches, and names both in the next page', async () => {
    const { app } = await createTestApp()
    for (const [id, title] of [
      ['a', 'Zoo & more'],
      ['b', 'Äpfel & more'],
      ['c', 'Birds'],
    ] as const) {
      await app.request(`/projects/${id}`, {
        method: 'PUT',
        body: JSON.stringify({ title }),
        headers: { 'Content-Type': 'application/json' },
      })
      // Times of their own.
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
    const pageOf = async (path: string) => projectListSchema.parse(await (await app.request(path)).json())
    const ids = async (query: string) =>
      (await pageOf(`/projects?${query}`)).projects.map(({ project_id }) => project_id).join('')
    expect([await ids('sort=id'), await ids('sort=title'), await ids('sort=created'), await ids('q=')]).toEqual([
      'abc',
      'bca',
      'cba',
      'abc',
    ])
    await uploadTo(app, 'a')
    expect([await ids('sort=updated'), await ids('q=%20BIRD%20'), await ids('q=nothing')]).toEqual(['acb', 'c', ''])
    const first = await pageOf('/projects?limit=1&sort=title&q=%26%20MORE')
    expect(first.projects.map(({ project_id }) => project_id)).toEqual(['b'])
    expect(first.next).toMatch(/^\/projects\?limit=1&sort=title&q=%26\+MORE&after=[\w-]{360}$/)
    const second = await pageOf(first.next ?? '')
    expect([second.projects.map(({ project_id }) => project_id), second.next]).toEqual([['a'], null])
    for (const [url, field] of [
      [first.next?.replace('sort=title', 'sort=updated'), 'after'],
      [first.next?.replace('sort=title&', ''), 'after'],
      ['/projects?sort=name', 'sort'],
      ['/projects?sort=', 'sort'],
      [`/projects?q=${'x'.repeat(201)}`, 'q'],
    ] as const) {
      const response = await app.request(url ?? '')
      expect(response.status, url).toBe(400)
      expect(await response.json()).toMatchObject({ code: 'invalid_parameter', field })
    }
  })

  it('is empty without projects', async () => {
    const { app } = await createTestApp()
    expect(await (await app.request('/projects')).json()).toEqual({ projects: [], next: null })
  })

  it('pages by limit and a sealed cursor, which names the next page, and stays valid when projects are deleted', async () => {
    const { app } = await createTestApp()
    for (const id of ['a', 'b', 'c']) await uploadTo(app, id)
    const pageOf = async (path: string) => projectListSchema.parse(await (await app.request(path)).json())
    const first = await pageOf('/projects?limit=2')
    expect(first.projects.map(({ project_id }) => project_id)).toEqual(['a', 'b'])
    expect(first.next).toMatch(/^\/projects\?limit=2&after=[\w-]{123}$/)
    expect(await pageOf(first.next?.replace('after=', 'from=') ?? ''), 'as older versions name it').toEqual(
      await pageOf(first.next ?? ''),
    )
    await app.request('/projects/b', { method: 'DELETE' })
    const last = await pageOf(first.next ?? '')
    expect([last.projects.map(({ project_id }) => project_id), last.next]).toEqual([['c'], null])
  })

  it('is answered 304 until a project changes', async () => {
    const { app } = await createTestApp()
    await uploadTo(app, 'game')
    const etag = (await app.request('/projects')).headers.get('etag') ?? ''
    const again = async () => (await app.request('/projects', { headers: { 'If-None-Match': etag } })).status
    expect(await again()).toBe(304)
    await uploadTo(app, 'game')
    expect(await again()).toBe(200)
  })

  it('refuses parameters that it does not have, and names those that it has', async () => {
    const { app } = await createTestApp()
    for (const query of ['visibilty=public', 'limit=2&Limit=3', '__proto__=1'])
      expect(await problemOf(app.request(`/projects?${query}`)), query).toMatchObject({
        status: 400,
        code: 'invalid_parameter',
        detail: expect.stringContaining('limit, after'),
      })
  })

  it('refuses an invalid page', async () => {
    const { app } = await createTestApp()
    for (const query of [
      'limit=0',
      'limit=1001',
      'after=',
      'after=b',
      `after=${'A'.repeat(123)}`,
      'from=',
      'from=a',
      'from=a&from=b',
      'after=a&after=b',
    ])
      expect(await problemOf(app.request(`/projects?${query}`)), query).toMatchObject({
        status: 400,
        code: 'invalid_parameter',
      })
  })
})

describe('GET /projects/{project_id}', () => {
  it('answers the project, with its revision as the ETag', async () => {
    const { app } = await createTestApp()
    const { image_id } = await uploadTo(app, 'game')
    const response = await app.request('/projects/game')
    const etag = response.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"1-manage-[\w-]{8}"$/)
    const body: unknown = await response.json()
    expect(body).toEqual(projectSchema.parse(body))
    expect(body).toMatchObject({ project_id: 'game', title: null, image_count: 1, primary_image_id: image_id })
    expect((await app.request('/projects/game', { headers: { 'If-None-Match': etag } })).status).toBe(304)
  })

  it('answers 404 for a missing project', async () => {
    const { app } = await createTestApp()
    expect(await problemOf(app.request('/projects/game'))).toMatchObject({ status: 404, code: 'project_not_found' })
  })
})

describe('the cover of a project', () => {
  it('is in the list and the project, with what pages need, as the list of images shows it', async () => {
    const tintype = await createTestApp({ presets: 'card:w=80' })
    const { app } = tintype
    const first = await uploadTo(app, 'game')
    const { image_id } = await uploadTo(app, 'game')
    const shown = async () => {
      const { images } = imageListSchema.parse(await (await app.request('/projects/game/images')).json())
      const { projects } = projectListSchema.parse(await (await app.request('/projects')).json())
      const project = await projectOf(app.request('/projects/game'))
      expect(projects).toEqual([project])
      const image = images.find(({ id }) => id === project.primary_image_id)
      if (project.cover) expect(image).toMatchObject(project.cover)
      return project.cover
    }
    expect(await shown()).toMatchObject({ id: first.image_id, alt: null, srcset: first.srcset, files: first.files })
    const before = (await app.request('/projects/game')).headers.get('etag')
    await app.request(`/projects/game/primary/${image_id}`, { method: 'PUT' })
    await app.request(`/projects/game/images/${image_id}`, {
      method: 'PATCH',
      body: JSON.stringify({ alt: 'A ship' }),
      headers: { 'Content-Type': 'application/json' },
    })
    expect(await shown()).toMatchObject({ id: image_id, alt: 'A ship' })
    expect((await app.request('/projects/game')).headers.get('etag')).not.toBe(before)
    for (const id of [image_id, first.image_id]) await app.request(`/projects/game/images/${id}`, { method: 'DELETE' })
    expect(await shown()).toBeNull()
    expect((await projectOf(put(tintype))).cover).toBeNull()
  })
})

describe('GET /projects?tag=', () => {
  const tagged = async () => {
    const tintype = await createTestApp()
    const { app } = tintype
    const all = { a: ['space'], b: ['new', 'space'], c: ['new'], d: [], e: ['space', 'new'] }
    for (const [id, tags] of Object.entries(all))
      await app.request(`/projects/${id}`, {
        method: 'PUT',
        body: JSON.stringify({ tags, title: id === 'e' ? 'Astro' : id }),
        headers: { 'Content-Type': 'application/json' },
      })
    const pageOf = async (path: string) => {
      const { projects, next } = projectListSchema.parse(await (await app.request(path)).json())
      return { ids: projects.map(({ project_id: id }) => id).join(''), tags: projects.map(({ tags }) => tags), next }
    }
    return { app, pageOf }
  }

  it('lists the projects with a tag, with all of several, in every order and with a search', async () => {
    const { pageOf } = await tagged()
    const ids = async (query: string) => (await pageOf(`/projects?${query}`)).ids
    expect([await ids('tag=space'), await ids('tag=new'), await ids('tag=space&tag=new')]).toEqual(['abe', 'bce', 'be'])
    expect([await ids('tag=spac'), await ids('tag=Space'), await ids('tag=none')]).toEqual(['', '', ''])
    expect([await ids('tag=space&sort=title'), await ids('tag=new&q=ASTRO'), await ids('tag=new&q=a')]).toEqual([
      'aeb',
      'e',
      'e',
    ])
    expect((await pageOf('/projects?tag=new')).tags).toEqual([['new', 'space'], ['new'], ['space', 'new']])
  })

  it('names the tags in the next page', async () => {
    const { app, pageOf } = await tagged()
    const first = await pageOf('/projects?limit=1&tag=space&tag=new')
    expect([first.ids, first.next]).toEqual([
      'b',
      expect.stringMatching(/^\/projects\?limit=1&tag=space&tag=new&after=/),
    ])
    expect(await pageOf(first.next ?? '')).toMatchObject({ ids: 'e', next: null })
    const eleven = Array.from({ length: 11 }, (_, at) => `tag=t${at}`)
    expect((await app.request(`/projects?${eleven.slice(1).join('&')}`)).status).toBe(200)
    for (const query of [eleven.join('&'), 'tag=', 'tag=a,b', `tag=${'x'.repeat(101)}`, 'tags=a'])
      expect(await problemOf(app.request(`/projects?${query}`))).toMatchObject({ code: 'invalid_parameter' })
  })
})

describe('PUT /projects/{project_id}', () => {
  it('creates a project with title and visibility, which reads and lists well without images', async () => {
    const tintype = await createTestApp()
    const { app } = tintype
    const response = await put(tintype, { title: 'Cosmic Drift', visibility: 'private' })
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe('/projects/game')
    const view = await projectOf(response)
    expect(view).toMatchObject({
      project_id: 'game',
      title: 'Cosmic Drift',
      visibility: 'private',
      image_count: 0,
      primary_image_id: null,
      cover_url: null,
      revision: 1,
    })
    const read = await app.request('/projects/game')
    expect(read.headers.get('etag')).toBe(response.headers.get('etag'))
    expect(await projectOf(read)).toEqual(view)
    expect(projectListSchema.parse(await (await app.request('/projects')).json()).projects).toEqual([view])
    expect(imageListSchema.parse(await (await app.request('/projects/game/images')).json()).images).toEqual([])
    expect(await problemOf(app.request('/projects/game/thumbnail'))).toMatchObject({ code: 'no_primary_image' })
    const { image_id, is_primary } = await uploadTo(app, 'game')
    expect(is_primary).toBe(true)
    expect(await projectOf(app.request('/projects/game'))).toMatchObject({
      title: 'Cosmic Drift',
      visibility: 'private',
      primary_image_id: image_id,
      created_at: view.created_at,
    })
  })

  it('is answered 200 as often as it is repeated, and changes nothing', async () => {
    const tintype = await createTestApp()
    const body = { title: 'Cosmic Drift', tags: ['space', ' new '], visibility: 'public' }
    expect((await put(tintype, body)).status).toBe(201)
    const parts = [{ title: 'Cosmic Drift' }, { tags: ['space', 'new', 'space'] }, { visibility: 'public' }, {}]
    for (const same of [body, ...parts, undefined]) {
      const again = await put(tintype, same)
      expect([again.status, (await projectOf(again)).revision]).toEqual([200, 1])
    }
  })

  it('creates once of many at the same time, in two workers', async () => {
    const first = await createTestApp()
    const second = await createTestApp({ storageDir: first.storageDir })
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) => put(at % 2 === 0 ? first : second, { title: 'Cosmic Drift' })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(11).fill(200), 201])
    expect((await projectOf(first.app.request('/projects/game'))).revision).toBe(1)
  })

  it('takes the visibility of new projects from the settings', async () => {
    const tintype = await createTestApp({ newVisibility: 'private' })
    expect((await projectOf(put(tintype))).visibility).toBe('private')
  })

  it('refuses another title or visibility, or other tags, which PATCH is for', async () => {
    const tintype = await createTestApp()
    await uploadTo(tintype.app, 'game')
    expect(await problemOf(put(tintype, { title: 'Drift' }))).toMatchObject({
      status: 409,
      code: 'project_exists',
      field: 'title',
      expected: 'null',
      received: '"Drift"',
    })
    expect(await problemOf(put(tintype, { visibility: 'private' }))).toMatchObject({
      code: 'project_exists',
      field: 'visibility',
    })
    expect(await problemOf(put(tintype, { tags: ['a', 'b'] }))).toMatchObject({
      code: 'project_exists',
      field: 'tags',
      expected: '[]',
      received: '["a","b"]',
    })
    expect((await projectOf(tintype.app.request('/projects/game'))).revision).toBe(1)
  })

  it('honours If-None-Match and If-Match', async () => {
    const tintype = await createTestApp()
    const answered = async (headers: Record<string, string>) => (await put(tintype, { title: 'x' }, headers)).status
    expect(await answered({ 'If-Match': '*' })).toBe(412)
    expect(await answered({ 'If-Match': '"1"' })).toBe(412)
    expect(await answered({ 'If-None-Match': ' * ' })).toBe(201)
    expect(await answered({ 'If-None-Match': '*' })).toBe(412)
    expect(await answered({ 'If-Match': '*' })).toBe(200)
    expect(await answered({ 'If-Match': '"1"' })).toBe(200)
    expect(await answered({ 'If-Match': '"2"' })).toBe(412)
    expect(await answered({ 'If-Match': '"1"', 'If-None-Match': '*' })).toBe(412)
    expect(await problemOf(put(tintype, {}, { 'If-None-Match': '"1"' }))).toMatchObject({
      code: 'invalid_parameter',
      field: 'If-None-Match',
      expected: ['*'],
    })
  })

  it('creates a deleted project anew, with nothing of the old one', async () => {
    const tintype = await createTestApp()
    await put(tintype, { title: 'Old', tags: ['old'], visibility: 'private' })
    await uploadTo(tintype.app, 'game')
    await tintype.app.request('/projects/game', { method: 'DELETE' })
    const response = await put(tintype, undefined, { 'If-None-Match': '*' })
    expect(response.status).toBe(201)
    const view = await projectOf(response)
    expect(view).toMatchObject({ title: null, tags: [], visibility: 'public', image_count: 0 })
    expect(view.revision).toBeGreaterThan(3)
  })

  it.each<[body: unknown, field: string | undefined]>([
    [{ title: 7 }, 'title'],
    [{ title: 'x'.repeat(201) }, 'title'],
    [{ tags: 'space' }, 'tags'],
    [{ tags: ['a,b'] }, 'tags.0'],
    [{ visibility: 'hidden' }, 'visibility'],
    [{ members: {} }, 'members'],
    ['{', undefined],
    ['null', undefined],
    [[], undefined],
  ])('refuses %j, and creates nothing', async (body, field) => {
    const tintype = await createTestApp()
    expect(await problemOf(put(tintype, body))).toMatchObject({
      status: 400,
      code: 'invalid_body',
      ...(field === undefined ? {} : { field }),
    })
    expect((await tintype.app.request('/projects/game')).status).toBe(404)
  })

  it('refuses a body that is not declared as JSON, and an id that cannot be', async () => {
    const tintype = await createTestApp()
    const type = { 'Content-Type': 'text/plain' }
    expect(await problemOf(put(tintype, { title: 'x' }, type))).toMatchObject({ code: 'invalid_body' })
    expect((await put(tintype, '', type)).status, 'no body, no type').toBe(201)
    const answer = tintype.app.request(`/projects/${'x'.repeat(65)}`, { method: 'PUT' })
    expect(await problemOf(answer)).toMatchObject({ code: 'invalid_project_id' })
  })

  itInFolder('disk', 'refuses where the disk has no room for an upload either', async () => {
    const tintype = await createTestApp({ minFreeBytes: Number.MAX_SAFE_INTEGER })
    expect(await problemOf(put(tintype))).toMatchObject({ status: 507, code: 'storage_full' })
    expect((await tintype.app.request('/projects/game')).status).toBe(404)
  })
})

describe('PATCH /projects/{project_id}', () => {
  it('sets and removes a title', async () => {
    const tintype = await createTestApp()
    await uploadTo(tintype.app, 'game')
    expect((await projectOf(patch(tintype, { title: 'Übermut 🎲' }))).title).toBe('Übermut 🎲')
    expect((await projectOf(tintype.app.request('/projects/game'))).title).toBe('Übermut 🎲')
    expect((await projectOf(patch(tintype, { title: null }))).title).toBeNull()
  })

  it('sets, replaces and removes tags, as those of images are', async () => {
    const tintype = await createTestApp()
    await uploadTo(tintype.app, 'game')
    const tagged = await patch(tintype, { tags: [' space ', 'Cafe\u0301', 'space'] })
    expect((await projectOf(tagged)).tags).toEqual(['space', 'Café'])
    expect((await projectOf(patch(tintype, { title: 'Drift' }))).tags).toEqual(['space', 'Café'])
    const again = await projectOf(patch(tintype, { tags: ['Café', 'space'] }))
    expect(again.tags).toEqual(['Café', 'space'])
    expect((await projectOf(patch(tintype, { tags: ['Café', 'space'] }))).revision).toBe(again.revision)
    for (const none of [null, []]) {
      await patch(tintype, { tags: ['x'] })
      expect((await projectOf(patch(tintype, { tags: none }))).tags).toEqual([])
      expect((await projectOf(tintype.app.request('/projects/game'))).tags).toEqual([])
    }
  })

  it('takes 50 tags of 100 characters, also where a project is created with them', async () => {
    const tintype = await createTestApp()
    const most = Array.from({ length: 50 }, (_, at) => '🎲'.repeat(98) + String(at).padStart(2, '0'))
    const escaped = JSON.stringify({ tags: most }).replaceAll(
      /[^ -~]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
    )
    expect((await put(tintype, escaped)).status).toBe(201)
    expect((await projectOf(patch(tintype, { tags: most }))).tags).toEqual(most)
    for (const tags of [[...most, 'one more'], ['🎲'.repeat(101)], [''], ['a,b'], ['a\u0007'], [7]])
      expect(await problemOf(patch(tintype, { tags }))).toMatchObject({ code: 'invalid_body' })
  })

  it('puts images in order; those not named follow', async () => {
    const tintype = await createTestApp()
    const ids: string[] = []
    for (let n = 0; n < 3; n++) ids.push((await uploadTo(tintype.app, 'game')).image_id)
    const [first, second, third] = ids
    expect((await patch(tintype, { image_order: [third, first] })).status).toBe(200)
    const list = imageListSchema.parse(await (await tintype.app.request('/projects/game/images')).json())
    expect(list.images.map(({ id }) => id)).toEqual([third, first, second])
  })

  it('refuses an order that names an unknown image or one twice', async () => {
    const tintype = await createTestApp()
    const { image_id } = await uploadTo(tintype.app, 'game')
    for (const image_order of [['0'.repeat(20)], [image_id, image_id]])
      expect(await problemOf(patch(tintype, { image_order }))).toMatchObject({
        status: 400,
        code: 'invalid_parameter',
        field: 'image_order',
      })
  })

  it('refuses an invalid body, and names the field', async () => {
    const tintype = await createTestApp()
    await uploadTo(tintype.app, 'game')
    const wrong: [body: unknown, field: string | undefined][] = [
      ['', undefined],
      ['{', undefined],
      ['{"title":"\ud800', undefined],
      ['null', undefined],
      ['[]', undefined],
      ['"title"', undefined],
      [{}, undefined],
      [{ name: 'x' }, 'name'],
      [{ title: 'x', constructor: 'y' }, 'constructor'],
      ['{"title":"x","__proto__":{"a":1}}', '__proto__'],
      [{ title: 7 }, 'title'],
      [{ title: 'x'.repeat(201) }, 'title'],
      [{ image_order: 'x' }, 'image_order'],
      [{ image_order: ['x', 7] }, 'image_order.1'],
    ]
    for (const [body, field] of wrong) {
      const problem = await problemOf(patch(tintype, body))
      expect(problem, JSON.stringify(body)).toMatchObject({ status: 400, code: 'invalid_body' })
      if (field === undefined) expect(problem).not.toHaveProperty('field')
      else expect(problem, JSON.stringify(body)).toMatchObject({ field, detail: expect.stringContaining(field) })
    }
    expect((await projectOf(tintype.app.request('/projects/game'))).revision, 'nothing was changed').toBe(1)
  })

  it.each<[body: unknown, field: string | undefined, expected: string, received: string]>([
    [{ title: 3 }, 'title', 'a text of at most 200 characters, or null', 'a number'],
    [{ title: '🎲'.repeat(201) }, 'title', 'a text of at most 200 characters, or null', 'a text of 201 characters'],
    [{ image_order: null }, 'image_order', 'an array of image ids', 'null'],
    [{ image_order: ['x', ['y']] }, 'image_order.1', 'an image id', 'an array'],
    [{ visibility: 'hidden' }, 'visibility', 'one of public, private', 'hidden'],
    [{ visibility: true }, 'visibility', 'one of public, private', 'true'],
    [{ members: 'ada' }, 'members', 'an object of user ids, each with its role or null', 'a text of 3 characters'],
    [{ members: { ada: 'owner' } }, 'members.ada', 'one of viewer, editor, or null', 'owner'],
    [{ members: { ada: { role: 'viewer' } } }, 'members.ada', 'one of viewer, editor, or null', 'an object with role'],
    [{ members: { '': 'viewer' } }, 'members.', 'a user id of 1 to 255 characters', 'an empty text'],
    [{ names: 'x' }, 'names', 'one of title, tags, image_order, visibility, members, source', 'names'],
    [{}, undefined, 'one or more of title, tags, image_order, visibility, members, source', 'an empty object'],
    [['title'], undefined, 'an object', 'an array'],
  ])('refuses %j with the field, the expected and the received value', async (body, field, expected, received) => {
    const tintype = await createTestApp()
    await uploadTo(tintype.app, 'game')
    const problem = await problemOf(patch(tintype, body))
    expect(problem).toMatchObject({ code: 'invalid_body', expected, received })
    expect(Object.entries(problem).find(([name]) => name === 'field')?.[1]).toBe(field)
    expect(problem.detail.replaceAll('"', '')).toBe(
      `${field === 'names' || field === undefined ? 'body' : field}: expected ${expected}, received ${received}.`,
    )
  })

  it('accepts user ids of 255 characters and refuses 256, of which it repeats 80', async () => {
    const tintype = await createTestApp()
    await uploadTo(tintype.app, 'game')
    const letIn = (length: number) => patch(tintype, { members: { ['m'.repeat(length)]: 'viewer' } })
    expect((await letIn(1)).status).toBe(200)
    expect((await letIn(255)).status).toBe(200)
    const problem = await problemOf(letIn(256))
    expect(problem).toMatchObject({ code: 'invalid_body', received: 'a text of 256 characters' })
    expect(problem).toMatchObject({ field: `members.${'m'.repeat(72)}…` })
  })

  it('accepts a title of 200 characters, whatever their size in bytes', async () => {
    const tintype = await createTestApp()
    await uploadTo(tintype.app, 'game')
    expect((await projectOf(patch(tintype, { title: '🎲'.repeat(200) }))).title).toBe('🎲'.repeat(200))
  })

  it('refuses a body that is not declared as JSON', async () => {
    const tintype = await createTestApp()
    await uploadTo(tintype.app, 'game')
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const problem = await problemOf(patch(tintype, { title: 'x' }, type))
    expect(problem).toMatchObject({ status: 400, code: 'invalid_body' })
    expect(problem.detail).toContain('application/x-www-form-urlencoded')
    expect((await patch(tintype, { title: 'x' }, { 'Content-Type': 'application/json; charset=utf-8' })).status).toBe(
      200,
    )
  })

  it('accepts an order of 100,000 images, and at most 4 MiB', async () => {
    const tintype = await createTestApp()
    await uploadTo(tintype.app, 'game')
    const image_order = Array.from({ length: 100_000 }, (_, n) => String(n).padStart(20, '0'))
    expect(await problemOf(patch(tintype, { image_order }))).toMatchObject({ code: 'invalid_parameter' })
    const problem = await problemOf(patch(tintype, { title: 'x'.repeat(4 * 2 ** 20) }))
    expect(problem).toMatchObject({ status: 413, code: 'upload_too_large', max_bytes: 4 * 2 ** 20 })
  })

  it('answers 404 for a missing project', async () => {
    const tintype = await createTestApp()
    expect(await problemOf(patch(tintype, { title: 'x' }))).toMatchObject({ status: 404, code: 'project_not_found' })
  })
})

describe('DELETE /projects/{project_id}', () => {
  it('deletes the project and the files of all its images', async () => {
    const { app, storageDir } = await createTestApp()
    await uploadTo(app, 'game')
    await uploadTo(app, 'game')
    const remove = () => app.request('/projects/game', { method: 'DELETE' })
    expect(await (await remove()).json()).toEqual({ project_id: 'game', deleted: true, deleted_images: 2 })
    expect(await problemOf(app.request('/projects/game'))).toMatchObject({ code: 'project_not_found' })
    expect((await everythingIn(storageDir)).filter((path) => path.endsWith('.jpg'))).toEqual([])
    expect(await problemOf(remove())).toMatchObject({ status: 404, code: 'project_not_found' })
  })

  it('allows the project to be created again by its next upload', async () => {
    const { app } = await createTestApp()
    await uploadTo(app, 'game')
    await app.request('/projects/game', { method: 'DELETE' })
    expect((await uploadTo(app, 'game')).is_primary).toBe(true)
    expect((await projectOf(app.request('/projects/game'))).image_count).toBe(1)
  })
})
