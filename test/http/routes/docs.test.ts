// The documentation: Swagger UI from our own files, and a document that says what the routes do.

import { describe, expect, it } from 'vitest'
import { FAILURES } from '../../../src/core/errors.ts'
import { problemSchema } from '../../../src/http/schemas/problem.ts'
import { createTestApp } from '../../support/app.ts'
import { document, documentSchema, operationOf, operations } from '../../support/openapi/document.ts'

/** A file name is one parameter for the router and two in the document. */
const documented = (path: string): string =>
  path
    .replace(/:file\{(cover|render)\\\..*\}$/, '$1.{format}')
    .replace(/(\/atlas(?:\/:projects)?)\/:file\{.*\.json\}$/, '$1/{index}.json')
    .replace(/:file\{.*\}$/, '{size}.{format}')
    .replace('{.+}', '')
    .replaceAll(/:(\w+)/g, '{$1}')

/** Parameters without which these routes have no meaning. */
const OF_SEVERAL = ['GET /events projects', 'GET /atlas.json projects']

/** Ends of paths below the assets: names may have slashes, so one route serves them all. */
const ASSET_FILES = ['.{format}', '/render', '/render.{format}']

describe('the OpenAPI document', () => {
  it('has all routes of the app alone', async () => {
    const { app } = await createTestApp()
    const served = app.routes
      .filter(({ method, path }) => method !== 'ALL' && !path.startsWith('/docs/'))
      .map(({ method, path }) => `${method} ${documented(path)}`)
      .flatMap((route) =>
        route.startsWith('GET') && route.endsWith('/assets/{name}') ? ASSET_FILES.map((end) => route + end) : route,
      )
    expect(operations.map(({ route }) => route).sort()).toEqual(served.sort())
  })

  it('declares the bodies of pictures and uploads as binary', () => {
    const binary = { type: 'string', format: 'binary' }
    for (const route of ['GET /projects/{project_id}/images/{image_id}', 'GET /projects/{project_id}/thumbnail'])
      expect(operationOf(route).responses['200']?.content?.['image/jpeg']?.schema).toEqual(binary)
    const { requestBody } = operationOf('POST /projects/{project_id}/images')
    expect(requestBody?.content['multipart/form-data']?.schema).toMatchObject({
      required: ['file'],
      properties: { file: binary },
    })
  })

  it('has an example of every error of a route, with its code and status', () => {
    for (const { route, operation } of operations)
      for (const [status, { content }] of Object.entries(operation.responses)) {
        if (Number(status) < 400) continue
        const examples = Object.entries(content?.['application/problem+json']?.examples ?? {})
        expect(examples, `${route} ${status}`).not.toEqual([])
        for (const [code, { value }] of examples) {
          const problem = problemSchema.parse(value)
          expect(problem).toMatchObject({ code, status: Number(status) })
          expect(FAILURES).toHaveProperty(code)
        }
      }
  })

  it('has every code of the table at a route, except for codes without a route', () => {
    const codes = operations.flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ content }) =>
        Object.keys(content?.['application/problem+json']?.examples ?? {}),
      ),
    )
    const missing = Object.keys(FAILURES).filter((code) => !codes.includes(code))
    expect(missing).toEqual(['expectation_failed', 'headers_too_large', 'client_gone'])
  })

  it('has an example of every parameter, which Swagger UI does not send', () => {
    for (const { route, operation } of operations)
      for (const { name, schema, ...parameter } of operation.parameters ?? []) {
        expect(schema.examples, `${route} ${name}`).not.toEqual([])
        for (const sent of ['example', 'examples', 'default'])
          expect(parameter, `${route} ${name}`).not.toHaveProperty(sent)
        for (const sent of ['example', 'default']) expect(schema, `${route} ${name}`).not.toHaveProperty(sent)
      }
  })

  it('requires the parameters of the path, the projects of streams and atlases of several, and no others', () => {
    for (const { route, operation } of operations)
      for (const { name, in: where, required } of operation.parameters ?? [])
        expect(required, `${route} ${name}`).toBe(where === 'path' || OF_SEVERAL.includes(`${route} ${name}`))
  })

  it('has an example of every JSON body, with one member of a PATCH and the required ones of others', () => {
    for (const { route, operation } of operations) {
      const body = operation.requestBody?.content['application/json']
      if (!body) continue
      const [first] = body.examples ? Object.values(body.examples).map(({ value }) => value) : [body.example]
      const names = Object.keys(first ?? {})
      expect(names.length, route).toBeGreaterThan(0)
      if (route.startsWith('PATCH')) expect(names, route).toHaveLength(1)
      else for (const optional of ['cookie', 'invite', 'name']) expect(names, route).not.toContain(optional)
    }
  })

  it('has Retry-After at every 503', () => {
    for (const { route, operation } of operations) {
      const unavailable = operation.responses['503']
      if (unavailable) expect(unavailable.headers, route).toHaveProperty('Retry-After')
    }
    expect(operationOf('DELETE /projects/{project_id}').responses).toHaveProperty('503')
  })

  it('has no broken reference', () => {
    const text = JSON.stringify(document)
    const references = [...text.matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)]
    expect(references.length).toBeGreaterThan(100)
    for (const [, section = '', name = ''] of references) expect(document.components).toHaveProperty([section, name])
  })

  it('is the answer of GET /openapi.json, with the mount path of the app', async () => {
    const { app } = await createTestApp({ basePath: '/media/' })
    const response = await app.request('/openapi.json')
    const served = documentSchema.parse(await response.json())
    expect(served.servers).toEqual([{ url: '/media' }])
    expect(served.paths).toEqual(document.paths)
    const etag = response.headers.get('etag') ?? ''
    expect((await app.request('/openapi.json', { headers: { 'If-None-Match': etag } })).status).toBe(304)
  })
})

describe('GET /docs', () => {
  it('is a page without external resources and inline scripts', async () => {
    const { app } = await createTestApp()
    const response = await app.request('/docs')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).not.toContain('unsafe')
    const page = await response.text()
    expect(page).not.toMatch(/https?:|<script>|<style| style=| on[a-z]+=/)
    const urls = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '')
    expect(urls).toContain('docs/swagger-ui-dist/swagger-ui-bundle.js')
    for (const url of urls) {
      const asset = await app.request(`/${url}`)
      expect(asset.status, url).toBe(200)
      expect((await asset.arrayBuffer()).byteLength, url).toBeGreaterThan(100)
      const headers = { 'If-None-Match': asset.headers.get('etag') ?? '' }
      expect((await app.request(`/${url}`, { headers })).status, url).toBe(304)
    }
  })

  it('serves no other file of its package', async () => {
    const { app } = await createTestApp()
    for (const name of ['package.json', 'index.html', 'swagger-ui.js.map', '..%2Fpackage.json', 'constructor'])
      for (const folder of ['docs', 'docs/swagger-ui-dist'])
        expect((await app.request(`/${folder}/${name}`)).status, name).toBe(404)
  })
})
