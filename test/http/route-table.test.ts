// Route table: templates of paths, descriptions in the OpenAPI document, and 405 for other methods.

import { OpenAPIHono } from '@hono/zod-openapi'
import { TrieRouter } from 'hono/router/trie-router'
import { describe, expect, it, vi } from 'vitest'
import { TintypeError } from '../../src/core/errors.ts'
import type { Env } from '../../src/http/context.ts'
import { createRouteTable, rememberMatches } from '../../src/http/route-table.ts'

const setUp = () => {
  const app = new OpenAPIHono<Env>()
  const seen: { route?: string | undefined; error?: unknown } = {}
  app.use('*', async (c, next) => {
    await next()
    seen.route = c.get('route')
  })
  app.onError((error, c) => {
    seen.error = error
    return c.text('', error instanceof TintypeError && error.code === 'method_not_allowed' ? 405 : 500)
  })
  const table = createRouteTable(app, (route) => route)
  const add = (method: 'get' | 'post' | 'delete', path: string, hide = false) =>
    table.add({ method, path, hide, responses: {} }, (c) => c.json(c.req.param()))
  const request = async (path: string, method = 'GET') => {
    seen.route = undefined
    seen.error = undefined
    const response = await app.request(path, { method })
    return { status: response.status, headers: response.headers, body: await response.text(), ...seen }
  }
  return { app, table, add, request }
}

describe('a route', () => {
  it('receives the parameters of its template, and reports the template to the metrics', async () => {
    const { add, request } = setUp()
    add('get', '/projects/{project_id}/images/{image_id}')
    const { status, body, route } = await request('/projects/a/images/b')
    expect([status, JSON.parse(body), route]).toEqual([
      200,
      { project_id: 'a', image_id: 'b' },
      '/projects/{project_id}/images/{image_id}',
    ])
  })

  it('receives a segment of several parameters as one, named file', async () => {
    const { add, request } = setUp()
    add('get', '/images/{size}.{format}')
    add('get', '/cover.{format}')
    expect(JSON.parse((await request('/images/thumb.jpg')).body)).toEqual({ file: 'thumb.jpg' })
    expect(JSON.parse((await request('/cover.webp')).body)).toEqual({ file: 'cover.webp' })
    for (const path of ['/images/thumb', '/images/.jpg', '/cover.', '/coverxwebp'])
      expect([path, (await request(path)).status]).toEqual([path, 404])
  })

  it('stands in the OpenAPI document unless it is hidden', () => {
    const { app, add } = setUp()
    add('get', '/shown')
    add('get', '/hidden', true)
    const document = app.getOpenAPIDocument({ openapi: '3.0.0', info: { title: '', version: '' } })
    expect(Object.keys(document.paths)).toEqual(['/shown'])
  })
})

describe('other methods of a path', () => {
  it('are refused by an error that names the allowed ones', async () => {
    const { add, table, request } = setUp()
    add('get', '/a/{id}')
    add('delete', '/a/{id}')
    add('post', '/b')
    table.refuseOtherMethods()
    const { status, route, error } = await request('/a/1', 'PUT')
    expect([status, route]).toEqual([405, '/a/{id}'])
    expect(error).toMatchObject({
      code: 'method_not_allowed',
      message: 'Expected GET, HEAD, DELETE, OPTIONS, received PUT.',
      details: { allow: ['GET', 'HEAD', 'DELETE', 'OPTIONS'], received: 'PUT' },
    })
    expect((await request('/b')).error).toMatchObject({ message: 'Expected POST, OPTIONS, received GET.' })
    expect((await request('/c')).status).toBe(404)
  })

  it('include OPTIONS, which is answered without a body', async () => {
    const { add, table, request } = setUp()
    add('get', '/a')
    table.refuseOtherMethods()
    const { status, headers, body, route } = await request('/a', 'OPTIONS')
    expect([status, headers.get('allow'), body, route]).toEqual([204, 'GET, HEAD, OPTIONS', '', '/a'])
  })

  it('do not change the methods of the route, including HEAD', async () => {
    const { add, table, request } = setUp()
    add('get', '/a')
    table.refuseOtherMethods()
    expect((await request('/a')).status).toBe(200)
    expect((await request('/a', 'HEAD')).status).toBe(200)
  })
})

const setUpRouter = () => {
  const searched = new TrieRouter<string>()
  const search = vi.spyOn(searched, 'match')
  const router = rememberMatches(searched)
  router.add('ALL', '/*', 'every')
  router.add('GET', '/projects/:project_id/images/:image_id', 'read')
  router.add('DELETE', '/projects/:project_id/images/:image_id', 'remove')
  router.add('GET', '/projects/:project_id/:file{cover\\.[^/]+}', 'cover')
  const match = (method: string, path: string) => router.match(method, path)[0]
  return { match, search }
}

describe('remembered matches', () => {
  it('are the same as those of a search, for each path', () => {
    const { match, search } = setUpRouter()
    const expected = [
      ['every', {}],
      ['cover', { project_id: 'wall', file: 'cover.jpg' }],
    ]
    expect(match('GET', '/projects/wall/cover.jpg')).toEqual(expected)
    expect(match('GET', '/projects/other/cover.webp')).toEqual([
      ['every', {}],
      ['cover', { project_id: 'other', file: 'cover.webp' }],
    ])
    expect(match('GET', '/projects/wall/cover.jpg')).toEqual(expected)
    expect(search).toHaveBeenCalledTimes(2)
  })

  it('are of reads alone', () => {
    const { match, search } = setUpRouter()
    const path = '/projects/wall/images/one'
    const parameters = { project_id: 'wall', image_id: 'one' }
    for (const [method, route] of [
      ['GET', 'read'],
      ['DELETE', 'remove'],
      ['GET', 'read'],
      ['DELETE', 'remove'],
    ] as const)
      expect(match(method, path).at(-1)).toEqual([route, parameters])
    expect(search).toHaveBeenCalledTimes(3)
  })

  it.each([
    [200, 1],
    [201, 2],
  ])('of a path of %i characters need %i searches for two reads', (length, searches) => {
    const { match, search } = setUpRouter()
    const path = '/projects/wall/images/'.padEnd(length, 'i')
    for (let read = 0; read < 2; read++)
      expect(match('GET', path).at(-1)).toEqual(['read', { project_id: 'wall', image_id: path.slice(22) }])
    expect(search).toHaveBeenCalledTimes(searches)
  })

  it('are dropped in the order of their last use', () => {
    const { match, search } = setUpRouter()
    const read = (n: number) => match('GET', `/projects/wall/images/${n}`)
    for (let n = 0; n < 2000; n++) read(n)
    read(0)
    read(2000)
    search.mockClear()
    for (const n of [0, 2, 1999, 2000]) read(n)
    expect(search).not.toHaveBeenCalled()
    read(1)
    expect(search).toHaveBeenCalledOnce()
  })
})
