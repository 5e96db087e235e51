// What can meet a request before its route does anything is in the OpenAPI document of every route.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { problems } from '../../../src/http/openapi/problems.ts'
import { createTintype, type Tintype, type TintypeOptions } from '../../../src/index.ts'
import { createTestApp } from '../../support/app.ts'
import { createAccessApp } from '../../support/auth/access.ts'
import { createIssuer, ISSUER, OUR_AUDIENCE } from '../../support/auth/issuer.ts'
import { bearer } from '../../support/auth/sessions.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { descriptionsOf, heldToDocument } from '../../support/documented.ts'
import { silent } from '../../support/store/file-store.ts'

type App = Tintype['app']

/** Asks every route that is described, and gives the statuses. The app throws where one isn't documented. */
const askEach = async (app: App, headers: Record<string, string> = {}) => {
  const statuses: Record<string, number> = {}
  for (const { method, path } of descriptionsOf(app)) {
    const url = path
      .replace('{project_id}', 'shop')
      .replace('{image_id}', '0'.repeat(20))
      .replace('{size}', 'thumb')
      .replace('{format}', 'jpg')
    statuses[`${method} ${path}`] = (await app.request(url, { method: method.toUpperCase(), headers })).status
  }
  return statuses
}

const having = (statuses: Record<string, number>, status: number): string[] =>
  Object.keys(statuses).filter((route) => statuses[route] === status)

/** Like the helper's, of a store that can't be opened. */
const unopened = async (options: TintypeOptions): Promise<App> => {
  const storageDir = join(await temporaryFolder(), 'storage')
  await writeFile(storageDir, 'a file in the place of the folder')
  const tintype = createTintype({ storageDir, encoders: 1, log: silent, ...options })
  onTestFinished(() => tintype.close())
  return heldToDocument(tintype.app)
}

describe('the document of each route describes the answer', () => {
  it('beyond a limit', async () => {
    const { app } = await createTestApp({ rateLimit: 1, rateLimitWrites: 1, registration: 'open' })
    await askEach(app)
    const uncounted = ['get /health', 'get /ready']
    const statuses = await askEach(app)
    expect(having(statuses, 429)).toEqual(Object.keys(statuses).filter((route) => !uncounted.includes(route)))
  })

  it('to a token whose issuer is down', async () => {
    const issuer = await createIssuer()
    issuer.fail(true)
    const options = { jwksUrl: issuer.url, jwksIssuer: ISSUER, jwksAudience: OUR_AUDIENCE }
    const { app } = await createTestApp({ ...options, registration: 'open' })
    const refused = having(await askEach(app, bearer(await issuer.sign({}))), 503)
    expect(refused).toEqual(expect.arrayContaining(['get /projects', 'get /projects/{project_id}', 'get /metrics']))
  })

  it('where the store cannot be opened', async () => {
    const statuses = await askEach(await unopened({ registration: 'open' }))
    expect(having(statuses, 503)).toEqual(Object.keys(statuses))
  })

  it('where accounts cannot be read', async () => {
    const { app, storageDir } = await createAccessApp()
    await writeFile(join(storageDir, '.accounts'), 'a file in the place of the folder')
    const refused = having(
      await askEach(app, bearer('tt_0123456789ab_0123456789012345678901234567890123456789012')),
      503,
    )
    expect(refused).toEqual(expect.arrayContaining(['get /projects', 'get /projects/{project_id}/images']))
  })

  it('without credentials, and to a page of another site', async () => {
    const { app } = await createAccessApp()
    await askEach(app)
    const open = await createTestApp()
    const refused = having(await askEach(open.app, { Origin: 'https://evil.example.com', Host: 'localhost' }), 403)
    expect(refused).toContain('delete /projects/{project_id}')
  })
})

describe('the check of the tests', () => {
  it('finds a status and a code that are not documented', async () => {
    const askedOf = async (notFound: ReturnType<typeof problems>) => {
      const { app } = await createTestApp()
      const held = heldToDocument(app, [{ method: 'get', path: '/projects/{project_id}', responses: notFound }])
      return held.request('/projects/absent')
    }
    await expect(askedOf({})).rejects.toThrow('GET /projects/absent is answered 404, which')
    await expect(askedOf({ 404: { description: '' } })).rejects.toThrow('is answered 404 (project_not_found), which')
    expect((await askedOf(problems('project_not_found'))).status).toBe(404)
  })
})
