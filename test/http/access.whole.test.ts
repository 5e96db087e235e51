// Authorization on every route of projects and images, for every kind of principal.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { projectListSchema } from '../../src/http/schemas/projects.ts'
import { createApiKeys } from '../../src/services/auth/api-keys.ts'
import { createTestApp, problemOf, uploadTo } from '../support/app.ts'
import { ADMIN, createAccessApp, createCast, keyOf, READER, type Who } from '../support/auth/access.ts'
import { isInBucket, itInFolder, recordsOf } from '../support/store/here.ts'
import { plantProject } from '../support/store/planted-project.ts'
import { thorough } from '../support/thorough.ts'
import { formOf } from '../support/upload.ts'

/** A form whose file is refused once it is looked at. */
const EMPTY_FILE = formOf(new Uint8Array())

/** Requests that change nothing where they are allowed, so that all can be asked in turn. */
const REQUESTS = {
  picture: ['GET', '/images/{image}?size=thumb'],
  file: ['GET', '/images/{image}/game.jpg'],
  webp: ['GET', '/images/{image}/game.webp'],
  head: ['HEAD', '/images/{image}?size=medium'],
  thumbnail: ['GET', '/thumbnail'],
  cover: ['GET', '/cover.jpg?size=game'],
  archive: ['GET', '/archive?size=game'],
  manifest: ['GET', '/manifest.json'],
  atlas: ['GET', '/atlas.json'],
  list: ['GET', '/images'],
  project: ['GET', ''],
  feed: ['GET', '/changes?since=0'],
  stream: ['HEAD', '/events'],
  upload: ['POST', '/images', EMPTY_FILE],
  // Its one file is refused, in an answer that is 200 or 202.
  bulk: ['POST', '/images/bulk', EMPTY_FILE],
  bulkAsync: ['POST', '/images/bulk', EMPTY_FILE, { Prefer: 'respond-async' }],
  edit: ['PATCH', '', { title: 'A title' }],
  details: ['PATCH', '/images/{image}', { title: 'A title' }],
  primary: ['PUT', '/primary/{image}'],
  remove: ['DELETE', '/images/00000000000000000000'],
  removeAll: ['POST', '/images/delete', { image_ids: ['00000000000000000000'] }],
  share: ['PATCH', '', { members: {} }],
} as const

type Answers = Partial<Record<keyof typeof REQUESTS, number>>

const all = (status: number, ...names: (keyof typeof REQUESTS)[]): Answers =>
  Object.fromEntries(names.map((name) => [name, status]))

const looks = (status: number): Answers =>
  all(
    status,
    ...(['picture', 'file', 'webp', 'head', 'thumbnail', 'cover', 'archive', 'manifest', 'atlas'] as const),
    ...(['list', 'project', 'feed', 'stream'] as const),
  )
/** 422 and 404 of an image are what is answered behind the guard. */
const CHANGES: Answers = {
  upload: 422,
  bulk: 200,
  bulkAsync: 202,
  edit: 200,
  details: 200,
  primary: 200,
  remove: 404,
  removeAll: 200,
}
const changes = (status: number): Answers =>
  all(status, 'upload', 'bulk', 'bulkAsync', 'edit', 'details', 'primary', 'remove', 'removeAll')

const LOOKS = { ...looks(200), ...changes(403), share: 403 }
const EDITS = { ...looks(200), ...CHANGES, share: 403 }
const RULES = { ...EDITS, share: 200 }
const HIDDEN = { ...looks(404), ...changes(404), share: 404 }
/** An upload to a project that the caller does not see tells nothing of it: it may create one. */
const NEW = { upload: 422, bulk: 200, bulkAsync: 202 }
const MUST_SIGN_IN = { ...changes(401), share: 401 }

const EXPECTED: Record<string, Record<'open' | 'closed' | 'plain' | 'none', Answers>> = {
  anonymous: {
    open: { ...looks(200), ...MUST_SIGN_IN },
    closed: { ...looks(404), ...MUST_SIGN_IN },
    plain: { ...looks(200), ...MUST_SIGN_IN },
    none: { ...looks(404), ...MUST_SIGN_IN },
  },
  admin: { open: RULES, closed: RULES, plain: RULES, none: { ...HIDDEN, ...NEW } },
  writer: { open: EDITS, closed: EDITS, plain: EDITS, none: { ...HIDDEN, ...NEW, share: 404 } },
  reader: { open: LOOKS, closed: LOOKS, plain: LOOKS, none: { ...HIDDEN, ...changes(403), share: 403 } },
  owner: { open: RULES, closed: RULES, plain: LOOKS, none: { ...HIDDEN, ...NEW } },
  editor: { open: EDITS, closed: EDITS, plain: LOOKS, none: { ...HIDDEN, ...NEW } },
  viewer: { open: LOOKS, closed: LOOKS, plain: LOOKS, none: { ...HIDDEN, ...NEW } },
  stranger: { open: LOOKS, closed: HIDDEN, plain: LOOKS, none: { ...HIDDEN, ...NEW } },
}

describe('authorization', () => {
  it('is enforced by every route, for every principal and kind of project', async () => {
    const { ask, people, images } = await createCast()
    for (const [name, kinds] of Object.entries(EXPECTED))
      for (const [project, expected] of Object.entries(kinds)) {
        const answers: Record<string, number> = {}
        for (const [what, [method, path, body, headers]] of Object.entries(REQUESTS)) {
          const url = `/projects/${project}${path.replace('{image}', images[project] ?? '0'.repeat(20))}`
          const response = await ask({ ...people[name], ...headers }, method, url, body)
          // An archive that nobody reads would keep its place among those at once.
          await response.body?.cancel()
          answers[what] = response.status
        }
        expect({ [`${name}, ${project}`]: answers }).toEqual({ [`${name}, ${project}`]: expected })
      }
  })

  it('refuses an invalid upload before it reads the project, but after authentication', async () => {
    const { ask, people } = await createCast()
    for (const [who, status] of Object.entries({ anonymous: 401, reader: 403, stranger: 415, viewer: 415, owner: 415 }))
      for (const path of ['closed', 'open', 'absent'].flatMap((project) => [
        `/projects/${project}/images`,
        `/projects/${project}/images/bulk`,
      ])) {
        const refused = ask(people[who] ?? {}, 'POST', path, 'no form')
        expect([who, path, (await refused).status]).toEqual([who, path, status])
        const form = { ...people[who], 'Content-Type': 'multipart/form-data' }
        const noBoundary = await ask(form, 'POST', path)
        expect([who, path, noBoundary.status]).toEqual([who, path, status === 415 ? 400 : status])
        const key = await ask({ ...form, 'Idempotency-Key': '\u00e4' }, 'POST', `${path}?dedupe=maybe`)
        expect([who, path, key.status]).toEqual([who, path, status === 415 ? 400 : status])
      }
  })

  it('lets only owners and admins delete a project', async () => {
    const { ask, people, images } = await createCast()
    const remove = async (who: string) => (await ask(people[who] ?? {}, 'DELETE', '/projects/closed')).status
    expect(await remove('anonymous')).toBe(401)
    for (const who of ['writer', 'reader', 'editor', 'viewer']) expect(await remove(who)).toBe(403)
    expect(await remove('stranger')).toBe(404)
    expect((await ask(people.owner ?? {}, 'GET', `/projects/closed/images/${images.closed}`)).status).toBe(200)
    expect(await remove('owner')).toBe(200)
    expect((await ask(people.admin ?? {}, 'DELETE', '/projects/open')).status).toBe(200)
  })

  it('answers requests without access to a private project byte for byte as for an absent one', async () => {
    const { ask, people, images } = await createCast()
    const image = images.closed ?? ''
    const expired = '&exp=1000&sig=x'
    for (const who of ['anonymous', 'stranger'])
      for (const [method, path, body] of [
        ['GET', ''],
        ['GET', '/images'],
        ['GET', '/thumbnail'],
        ['GET', '/cover.png'],
        ['GET', '/archive'],
        ['GET', '/archive?size=huge'],
        ['GET', `/archive?size=thumb${expired}`],
        ['GET', '/manifest.json'],
        ['GET', '/manifest.json?size=huge'],
        ['GET', `/manifest.json?layout=pixi${expired}`],
        ['GET', '/atlas.json'],
        ['GET', '/atlas.json?size=huge'],
        ['GET', `/atlas.json?size=thumb${expired}`],
        ['GET', '/atlas/1.json?multi'],
        ['GET', `/atlas/game.2048.0.3.${'a'.repeat(22)}.webp`],
        ['GET', '/changes?since=0&wait=1'],
        ['GET', '/events?since=0'],
        ['GET', `/images/${image}?size=huge`],
        ['GET', `/images/${image}?size=thumb${expired}`],
        ['GET', `/images/${image}?size=thumb&size=game&sig=x`],
        ['GET', `/images/${image}/render?w=80`],
        ['PATCH', '', { title: 1 }],
        ['DELETE', ''],
        ['DELETE', `/images/${image}`],
        ['PUT', `/primary/${image}`],
      ] as const) {
        const texts = await Promise.all(
          ['closed', 'absent'].map(async (project) => {
            const response = await ask(people[who] ?? {}, method, `/projects/${project}${path}`, body)
            const text = (await response.text()).replaceAll(project, '…')
            const headers = [...response.headers].filter(([name]) => name !== 'x-request-id')
            return JSON.stringify([response.status, headers, text])
          }),
        )
        expect(texts[0]).toBe(texts[1])
      }
  })
})

describe('a credential', () => {
  it('is refused where it is invalid, except for pictures of public projects', async () => {
    const { ask, upload } = await createAccessApp()
    const { image_id } = await upload(keyOf(ADMIN), 'shop')
    for (const who of [
      keyOf('not-a-key-of-this-server'),
      { Authorization: 'Bearer tt_abcdefghijkl_x' },
      { Authorization: `Bearer ${ADMIN}x` },
      { Authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' },
      { Authorization: 'Basic YWRtaW46YWRtaW4=' },
    ]) {
      for (const path of ['/projects', '/projects/shop', '/projects/shop/images', '/projects/absent/thumbnail']) {
        const { response, code } = await problemOf(ask(who, 'GET', path))
        expect([path, code, response.headers.get('www-authenticate')]).toEqual([
          path,
          'unauthenticated',
          'Bearer realm="tintype"',
        ])
      }
      expect((await ask(who, 'GET', `/projects/shop/images/${image_id}?size=game`)).status).toBe(200)
      for (const path of ['/health', '/docs', '/openapi.json']) expect((await ask(who, 'GET', path)).status).toBe(200)
    }
  })

  it('is accepted as a bearer token too', async () => {
    const { ask } = await createAccessApp()
    expect((await ask({ Authorization: `Bearer ${READER}` }, 'GET', '/projects')).status).toBe(200)
    expect((await ask({ Authorization: `Bearer ${READER}` }, 'POST', '/projects/shop/images', 'x')).status).toBe(403)
  })
})

describe('every documented route', () => {
  it('allows only reading of public projects without authentication', async () => {
    const { app } = await createAccessApp({ newVisibility: 'private' })
    const paths = z
      .record(z.string(), z.record(z.string(), z.unknown()))
      .parse(app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } }).paths)
    const open = new Set<string>()
    for (const [path, methods] of Object.entries(paths))
      for (const method of Object.keys(methods)) {
        const url = path
          .replace('{project_id}', 'shop')
          .replace('{collection}', 'spring')
          .replace('{image_id}', '0'.repeat(20))
          .replace('{size}', 'thumb')
          .replace('{format}', 'jpg')
        const { status } = await app.request(url, { method: method.toUpperCase() })
        if (![401, 403, 404].includes(status)) open.add(`${method} ${path}`)
      }
    // Of /auth, those that sign in and out; lists of projects and collections, and the stream of several projects, show the
    // public ones, here none.
    expect([...open].filter((route) => !route.includes(' /auth/')).sort()).toEqual([
      'get /atlas.json',
      'get /collections',
      'get /docs',
      'get /events',
      'get /health',
      'get /openapi.json',
      'get /projects',
      'get /ready',
    ])
  })
})

itInFolder('planted', 'reaches the public project behind hundreds of private ones', async () => {
  const { ask, upload, storageDir } = await createAccessApp()
  const hidden = Array.from({ length: thorough(201, 1001) }, (_, at) => `hidden-${at}`)
  for (const projectId of hidden) await plantProject({ storageDir, projectId, images: 0, visibility: 'private' })
  await upload(keyOf(ADMIN), 'last')
  const pages: string[][] = []
  for (let url: string | null = '/projects?limit=5'; url !== null; ) {
    const text = await (await ask({}, 'GET', url)).text()
    expect(text).not.toContain('hidden')
    const { projects, next }: z.infer<typeof projectListSchema> = projectListSchema.parse(JSON.parse(text))
    pages.push(projects.map(({ project_id }) => project_id))
    url = next
  }
  expect(pages).toEqual([['last']])
})

describe('a project that flips between public and private', () => {
  it('never shows its private title or image to strangers, nor its new state to a removed member', async () => {
    const { ask, people, ids } = await createCast()
    const [owner, viewer] = [people.owner ?? {}, ids.viewer ?? '']
    const paths = ['', '/images', '/thumbnail', '/cover.jpg', '/images?limit=1']
    const seen = new Set<string>()
    let isDone = false
    const readAs = async (who: Who) => {
      for (let n = 0; !isDone; n++) {
        const path = n % 6 === 5 ? '/projects' : `/projects/open${paths[n % 6]}`
        const response = await ask(who, 'GET', path)
        const text = Buffer.from(await response.arrayBuffer()).toString('latin1')
        expect(text).not.toContain('hidden')
        seen.add(`${response.status} ${text.includes('shown')}`)
        // Answers from memory need no turn of the event loop, but the commits do.
        await setImmediate()
      }
    }
    const flip = async () => {
      const edit = async (body: unknown) => expect((await ask(owner, 'PATCH', '/projects/open', body)).status).toBe(200)
      for (let n = 0; n < 40; n++) {
        await edit({ visibility: 'private', title: 'hidden', members: { [viewer]: null } })
        await edit({ visibility: 'public', title: 'shown', members: { [viewer]: 'viewer' } })
      }
      isDone = true
    }
    await ask(owner, 'PATCH', '/projects/open', { title: 'shown' })
    await Promise.all([flip(), readAs({}), readAs(people.stranger ?? {}), readAs(people.viewer ?? {})])
    expect([...seen]).toEqual(expect.arrayContaining(['200 true', '404 false']))
  })
})

describe('a server without keys and accounts', () => {
  it('is open until a key is created, and stays closed after its removal', async () => {
    const { app, storageDir } = await createTestApp()
    await uploadTo(app, 'shop')
    const remove = async () => (await app.request('/projects/shop', { method: 'DELETE' })).status
    expect(await remove()).toBe(200)
    const apiKeys = createApiKeys(await recordsOf(storageDir))
    await apiKeys.create({ name: 'me', role: 'admin' })
    await expect.poll(remove).toBe(401)
    await rm(join(storageDir, '.accounts'), { recursive: true, force: isInBucket })
    expect(await remove()).toBe(401)
  })

  it('is closed with auth=required, and open with auth=none', async () => {
    const required = await createTestApp({ auth: 'required' })
    expect((await required.app.request('/projects/shop', { method: 'DELETE' })).status).toBe(401)
    const none = await createTestApp({ auth: 'none', apiKeys: ADMIN, registration: 'open' })
    await uploadTo(none.app, 'shop')
    expect((await none.app.request('/projects/shop', { method: 'DELETE' })).status).toBe(200)
  })
})
