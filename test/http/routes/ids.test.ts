// Project ids: what is none is 400 and never touches the disk.

import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createTestApp, listen, problemOf } from '../../support/app.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { everythingIn } from '../../support/store/here.ts'
import { formOf } from '../../support/upload.ts'

const BAD_IDS = {
  'a dot at the start': '.hidden',
  'a space': 'a%20b',
  'an encoded slash': 'a%2Fb',
  'an encoded parent folder': '..%2F..%2Fetc',
  'a doubly encoded slash': 'a%252Fb',
  'an encoded backslash': 'a%5Cb',
  'a NUL': 'a%00b',
  'a line break': 'a%0Ab',
  'invalid UTF-8': 'a%FFb',
  'an invalid percent sequence': 'a%zz',
  'a percent sign alone': '%25',
  'a non-ASCII letter': '%C3%A9',
  'a full-width letter': '%EF%BD%81',
  '65 characters': 'a'.repeat(65),
  '5,000 characters': 'a'.repeat(5000),
} as const

const ROUTES = [
  ['GET', '/projects/{id}'],
  ['PATCH', '/projects/{id}'],
  ['DELETE', '/projects/{id}'],
  ['GET', '/projects/{id}/images'],
  ['POST', '/projects/{id}/images'],
  ['GET', '/projects/{id}/images/00000000000000000000'],
  ['DELETE', '/projects/{id}/images/00000000000000000000'],
  ['GET', '/projects/{id}/thumbnail'],
  ['PUT', '/projects/{id}/primary/00000000000000000000'],
] as const

/** The answer to a path that is sent as it stands: `fetch` would resolve `..` first. */
const statusAndBody = (port: number, method: string, path: string) =>
  new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', method, path }, async (response) => {
      let body = ''
      for await (const text of response.setEncoding('utf8')) body += text
      resolve({ status: response.statusCode, body })
    })
    sent.on('error', reject).end()
  })

describe('a project id', () => {
  it.each(Object.entries(BAD_IDS))('with %s is refused by every route', async (_, id) => {
    const { app, storageDir } = await createTestApp()
    const before = await everythingIn(storageDir)
    for (const [method, route] of ROUTES) {
      const body = method === 'POST' ? formOf(await smallPhoto()) : undefined
      const problem = await problemOf(app.request(route.replace('{id}', id), { method, body }))
      expect(problem, `${method} ${route}`).toMatchObject({ status: 400, code: 'invalid_project_id' })
      expect(problem.detail.length).toBeLessThan(300)
    }
    expect(await everythingIn(storageDir)).toEqual(before)
  })

  it.each(['..', '.', '%2e%2e', '%2E', '.%2e'])(
    '%s is refused over a socket, without resolution by a client',
    async (id) => {
      const { port } = await listen((await createTestApp()).app)
      for (const [method, route] of ROUTES) {
        const { status, body } = await statusAndBody(port, method, route.replace('{id}', id))
        expect([status, body], `${method} ${route}`).toEqual([400, expect.stringContaining('"invalid_project_id"')])
      }
    },
  )

  it('cannot be reached by dot segments later in a path', async () => {
    const { port } = await listen((await createTestApp()).app)
    for (const path of [
      '/projects/a/images/%2e%2e',
      '/projects/a/images/..',
      '/projects/a/images/b/../..',
      '/health/.',
    ]) {
      const { status, body } = await statusAndBody(port, 'DELETE', path)
      expect([status, body], path).toEqual([404, expect.stringContaining('"route_not_found"')])
    }
  })

  it.each(['a', '0', '_', '-x', 'A.b-c_D.9', 'a..b', 'x'.repeat(64), 'constructor', '__proto__'])(
    '%s is accepted',
    async (id) => {
      const { app } = await createTestApp()
      expect(await problemOf(app.request(`/projects/${id}`))).toMatchObject({ status: 404, code: 'project_not_found' })
    },
  )
})
