// What can meet a request before its route does anything is in the OpenAPI document of every route.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createTintype, type Tintype, type TintypeOptions } from '../../../src/index.ts'
import { createTestApp } from '../../support/app.ts'
import { createAccessApp } from '../../support/auth/access.ts'
import { createIssuer, ISSUER, OUR_AUDIENCE } from '../../support/auth/issuer.ts'
import { bearer } from '../../support/auth/sessions.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { type DescribedResponse, describedOperations, heldToDocument } from '../../support/openapi/answers.ts'
import { document, operations } from '../../support/openapi/document.ts'
import { exampleMistakes, locate, pointerTo } from '../../support/openapi/schemas.ts'
import { silent } from '../../support/store/file-store.ts'
import { itInFolder } from '../../support/store/here.ts'

type App = Tintype['app']

/** Asks every route that is described, and gives the statuses. The app throws where one isn't documented. */
const askEach = async (app: App, headers: Record<string, string> = {}) => {
  const statuses: Record<string, number> = {}
  for (const { route } of operations) {
    const [method = '', path = ''] = route.split(' ')
    const url = path
      .replace('{project_id}', 'shop')
      .replace('{image_id}', '0'.repeat(20))
      .replace('{size}', 'thumb')
      .replace('{format}', 'jpg')
    statuses[route] = (await app.request(url, { method, headers })).status
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
    const uncounted = ['GET /health', 'GET /ready']
    const statuses = await askEach(app)
    expect(having(statuses, 429)).toEqual(Object.keys(statuses).filter((route) => !uncounted.includes(route)))
  })

  it('to a token whose issuer is down', async () => {
    const issuer = await createIssuer()
    issuer.fail(true)
    const options = { jwksUrl: issuer.url, jwksIssuer: ISSUER, jwksAudience: OUR_AUDIENCE }
    const { app } = await createTestApp({ ...options, registration: 'open' })
    const refused = having(await askEach(app, bearer(await issuer.sign({}))), 503)
    expect(refused).toEqual(expect.arrayContaining(['GET /projects', 'GET /projects/{project_id}', 'GET /metrics']))
  })

  it('where the store cannot be opened', async () => {
    const statuses = await askEach(await unopened({ registration: 'open' }))
    expect(having(statuses, 503)).toEqual(Object.keys(statuses))
  })

  itInFolder('files', 'where accounts cannot be read', async () => {
    const { app, storageDir } = await createAccessApp()
    await writeFile(join(storageDir, '.accounts'), 'a file in the place of the folder')
    const refused = having(
      await askEach(app, bearer('tt_0123456789ab_0123456789012345678901234567890123456789012')),
      503,
    )
    expect(refused).toEqual(expect.arrayContaining(['GET /projects', 'GET /projects/{project_id}/images']))
  })

  it('without credentials, and to a page of another site', async () => {
    const { app } = await createAccessApp()
    await askEach(app)
    const open = await createTestApp()
    const refused = having(await askEach(open.app, { Origin: 'https://evil.example.com', Host: 'localhost' }), 403)
    expect(refused).toContain('DELETE /projects/{project_id}')
  })
})

it('the routes of the app are those of the document', async () => {
  const { app } = await createTestApp({ registration: 'open' })
  const described = new Set(operations.map(({ route }) => route))
  const routes = app.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === 'route' ? [`${definition.route.method.toUpperCase()} ${definition.route.path}`] : [],
  )
  expect(new Set(routes)).toEqual(described)
})

it('every example fits its schema', () => {
  expect(exampleMistakes(document)).toEqual([])
})

describe('the check of the tests', () => {
  /** Asks with another description of the answer 404 to `GET /projects/{project_id}`; undefined for none. */
  const askedOf = async (change: (notFound: DescribedResponse) => Partial<DescribedResponse> | undefined) => {
    const { app } = await createTestApp()
    const changed = describedOperations.map((operation) => {
      const notFound = operation.responses.get(404)
      const next = notFound && change(notFound)
      const others = [...operation.responses].filter(([status]) => status !== 404)
      return {
        ...operation,
        responses: new Map(notFound && next ? [...others, [404, { ...notFound, ...next }] as const] : others),
      }
    })
    return heldToDocument(app, changed).request('/projects/absent')
  }

  it('finds a status, a code, a content type, a header and a body that are not documented', async () => {
    await expect(askedOf(() => undefined)).rejects.toThrow(
      'GET /projects/absent is answered 404, not as its OpenAPI description says:\nno status 404',
    )
    await expect(askedOf(() => ({ codes: ['image_not_found'] }))).rejects.toThrow('no code project_not_found')
    await expect(askedOf(() => ({ contents: new Map() }))).rejects.toThrow(
      'no content of type application/problem+json',
    )
    await expect(askedOf(() => ({ headers: new Map() }))).rejects.toThrow('no header x-request-id')
    const required = (name: string, schema: string) => new Map([[name, { isRequired: true, schema }]])
    await expect(
      askedOf(({ headers }) => ({ headers: new Map([...headers, ...required('etag', '')]) })),
    ).rejects.toThrow('the header etag is missing')
    await expect(
      askedOf(({ headers }) => ({
        headers: new Map([
          ...headers,
          ...required('x-request-id', locate('components', 'parameters', 'path.image_id', 'schema').pointer),
        ]),
      })),
    ).rejects.toThrow('header x-request-id: the value must match pattern')
    await expect(
      askedOf(({ contents }) => ({
        contents: new Map([...contents.keys()].map((type) => [type, pointerTo('components', 'schemas', 'Project')])),
      })),
    ).rejects.toThrow("must have required property 'project_id'")
    expect((await askedOf((notFound) => notFound)).status).toBe(404)
  })

  it('finds examples that do not fit', () => {
    expect(exampleMistakes({ schema: { type: 'string' }, example: 7 })).toEqual([expect.stringContaining(': 7: ')])
    expect(exampleMistakes({ schema: { type: 'string' }, examples: { a: { value: 7 } } })).toHaveLength(1)
    expect(exampleMistakes({ x: [{ type: 'string', maxLength: 1, examples: ['a', 'ab'] }] })).toHaveLength(1)
    expect(
      exampleMistakes({ type: 'object', properties: { example: { type: 'string', example: null } } }),
    ).toHaveLength(1)
  })
})
