// The app: unknown routes and methods, its root, and the app mounted in another one.

import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { describe, expect, it } from 'vitest'
import { imageListSchema, uploadSchema } from '../../src/http/schemas/images/images.ts'
import { createTestApp, listen, problemOf } from '../support/app.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { formOf } from '../support/upload.ts'

const IMAGE = '/projects/game/images/00000000000000000000'

const METHODS = {
  '/projects': 'GET, HEAD',
  '/projects/game': 'GET, HEAD, PUT, PATCH, DELETE',
  '/projects/game/images': 'POST, GET, HEAD',
  [IMAGE]: 'GET, HEAD, PATCH, DELETE',
  '/projects/game/thumbnail': 'GET, HEAD',
  '/projects/game/primary/00000000000000000000': 'PUT',
  '/health': 'GET, HEAD',
  '/ready': 'GET, HEAD',
  '/docs': 'GET, HEAD',
  '/docs/start.js': 'GET, HEAD',
  '/openapi.json': 'GET, HEAD',
} as const

const EVERY_METHOD = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']

describe('the root', () => {
  it('redirects to the documentation where the app is served alone, under any path', async () => {
    const { app } = await createTestApp({ isWholeSite: true })
    for (const method of ['GET', 'HEAD']) {
      const response = await app.request('/', { method })
      expect([response.status, response.headers.get('location')]).toEqual([302, 'docs'])
    }
    expect(await problemOf(app.request('/', { method: 'POST' }))).toMatchObject({ code: 'method_not_allowed' })
    const proxied = new Hono().mount('/media', app.fetch)
    expect((await proxied.request('/media/')).headers.get('location')).toBe('docs')
  })

  it('is a route of the program that mounts the app', async () => {
    const tintype = await createTestApp()
    expect(await problemOf(tintype.app.request('/'))).toMatchObject({ code: 'route_not_found' })
    const parent = new Hono().route('/', tintype.app).get('/', (c) => c.text('the parent'))
    expect(await (await parent.request('/')).text()).toBe('the parent')
  })
})

describe('a known route', () => {
  it.each(Object.entries(METHODS))('%s accepts %s, and is 405 for others', async (path, methods) => {
    const { app } = await createTestApp()
    for (const method of EVERY_METHOD.filter((method) => !methods.split(', ').includes(method))) {
      const response = await app.request(path, { method })
      expect(response.status, method).toBe(405)
      expect(response.headers.get('allow')).toBe(`${methods}, OPTIONS`)
      if (method !== 'HEAD') expect(await problemOf(response)).toMatchObject({ code: 'method_not_allowed' })
    }
  })

  it('lists its methods in the answer to OPTIONS', async () => {
    const { app } = await createTestApp()
    for (const [path, methods] of Object.entries(METHODS)) {
      const response = await app.request(path, { method: 'OPTIONS' })
      expect([response.status, response.headers.get('allow')], path).toEqual([204, `${methods}, OPTIONS`])
    }
    const deletion = await app.request('/projects/game/images/delete', { method: 'OPTIONS' })
    expect(deletion.headers.get('allow')).toBe('POST, OPTIONS')
  })
})

describe('an unknown route', () => {
  it.each([
    '/',
    '/nothing',
    '/projects/game/nothing',
    '/projects/game/images/a/b',
    '/docs/other.js',
    '/docs/package.json',
  ])('%s is 404', async (path) => {
    const { app } = await createTestApp()
    for (const method of ['GET', 'POST'])
      if (method === 'GET' || !path.startsWith('/docs'))
        expect(await problemOf(app.request(path, { method }))).toMatchObject({ status: 404, code: 'route_not_found' })
  })

  it('results from a slash at the end of a route, and the error explains it', async () => {
    const { app } = await createTestApp()
    for (const path of ['/projects/', '/projects/game/', '/projects/game/images/', '/health/']) {
      const problem = await problemOf(app.request(path))
      expect(problem).toMatchObject({ status: 404, code: 'route_not_found' })
      expect(problem.detail).toContain('at their end')
    }
  })
})

describe('mounted in another app', () => {
  const mount = async () => {
    const tintype = await createTestApp({ basePath: '/media' })
    const parent = new Hono()
    parent.use(async (c, next) => {
      c.header('X-Parent', 'yes')
      await next()
    })
    parent.route('/media', tintype.app)
    parent.get('/', (c) => c.text('the parent'))
    parent.notFound((c) => c.text('the parent knows no such page', 404))
    return parent
  }

  it('puts the path before every URL, and all of them work', async () => {
    const parent = await mount()
    const post = await parent.request('/media/projects/game/images', {
      method: 'POST',
      body: formOf(await smallPhoto()),
    })
    const { urls } = uploadSchema.parse(await post.json())
    const location = post.headers.get('location') ?? ''
    expect([post.status, location.startsWith('/media/projects/game/images/')]).toEqual([201, true])
    for (const url of [location, ...Object.values(urls), '/media/projects/game/thumbnail'])
      expect((await parent.request(url)).headers.get('content-type'), url).toBe('image/jpeg')
    const list = imageListSchema.parse(await (await parent.request('/media/projects/game/images')).json())
    expect(list.images[0]?.urls).toEqual(urls)
  })

  it('answers errors and wrong methods as it does alone', async () => {
    const parent = await mount()
    expect(await problemOf(parent.request('/media/projects/.bad'))).toMatchObject({ code: 'invalid_project_id' })
    expect(await problemOf(parent.request('/media/projects/game/nothing'))).toMatchObject({ code: 'route_not_found' })
    const problem = await problemOf(parent.request('/media/health', { method: 'DELETE' }))
    expect(problem).toMatchObject({ status: 405, code: 'method_not_allowed' })
    expect(problem.response.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  })

  it('does not answer for pages of the parent, and keeps headers that the parent sets', async () => {
    const parent = await mount()
    expect(await (await parent.request('/')).text()).toBe('the parent')
    expect(await (await parent.request('/nothing')).text()).toBe('the parent knows no such page')
    expect((await parent.request('/media/health')).headers.get('x-parent')).toBe('yes')
  })

  it('adds its own headers to those of the parent, and to answers of the parent below its path', async () => {
    const tintype = await createTestApp({ basePath: '/media', allowedOrigins: 'https://shop.example', rateLimit: 10 })
    const parent = new Hono()
    parent.use(async (c, next) => {
      c.header('X-Parent', 'yes')
      c.header('Vary', 'Accept-Language')
      await next()
    })
    parent.route('/media', tintype.app)
    parent.notFound((c) => c.text('the parent knows no such page', 404))
    for (const [path, vary] of [
      ['/media/projects', 'Accept-Language, Origin'],
      ['/media/nothing', 'Accept-Language, Origin'],
      ['/media/projects/nothing', 'Origin'],
    ] as const) {
      const { headers } = await parent.request(path, { headers: { Origin: 'https://shop.example' } })
      expect([path, headers.get('vary')]).toEqual([path, vary])
      expect(headers.get('access-control-allow-origin')).toBe('https://shop.example')
      expect(headers.get('ratelimit-policy')).toBe('"read";q=10;w=60')
      expect(headers.get('x-request-id')).toMatch(/-/)
    }
  })

  it('takes uploads over a socket behind middleware that reads the body first', async () => {
    const tintype = await createTestApp()
    const parent = new Hono()
    parent.use(bodyLimit({ maxSize: 2 ** 20 }))
    parent.route('/', tintype.app)
    const { url } = await listen(parent)
    const form = new Response(formOf(await smallPhoto()))
    // Sent in chunks, because the middleware reads a body only where its length is not declared.
    const response = await fetch(`${url}/projects/game/images`, {
      method: 'POST',
      body: form.body,
      duplex: 'half',
      headers: { 'Content-Type': form.headers.get('content-type') ?? '' },
    })
    expect(response.status).toBe(201)
  })

  it('works without a Node server, as any Hono app', async () => {
    const { app } = await createTestApp()
    const url = 'http://test/projects/game/images'
    const response = await app.fetch(new Request(url, { method: 'POST', body: formOf(await smallPhoto()) }))
    expect(response.status).toBe(201)
  })
})
