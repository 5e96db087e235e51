// The documentation: Swagger UI from our own files, and a document that says what the routes do.

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { FAILURES } from '../../../src/core/errors.ts'
import { openApiDocument } from '../../../src/http/openapi/document.ts'
import { problemSchema } from '../../../src/http/schemas/images.ts'
import { createTestApp } from '../../support/app.ts'

const responseSchema = z.looseObject({
  description: z.string().min(1),
  headers: z.record(z.string(), z.unknown()).optional(),
  content: z
    .record(
      z.string(),
      z.object({
        schema: z.record(z.string(), z.unknown()),
        examples: z.record(z.string(), z.object({ value: z.unknown() })).optional(),
      }),
    )
    .optional(),
})

const operationSchema = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  parameters: z.array(z.looseObject({ name: z.string(), example: z.unknown() })).optional(),
  requestBody: z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) }).optional(),
  responses: z.record(z.string(), responseSchema),
})

const documentSchema = z.looseObject({
  openapi: z.literal('3.1.0'),
  servers: z.array(z.object({ url: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
})

const document = documentSchema.parse(JSON.parse(JSON.stringify(openApiDocument({ version: '1.2.3' }))))

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
)

const operationOf = (route: string) => operationSchema.parse(operations.find((each) => each.route === route)?.operation)

/** A file name is one parameter for the router and two in the document. */
const documented = (path: string): string =>
  path
    .replace(/:file\{cover\\\..*\}$/, 'cover.{format}')
    .replace(/:file\{.*\}$/, '{size}.{format}')
    .replaceAll(/:(\w+)/g, '{$1}')

describe('the OpenAPI document', () => {
  it('has every route of the app, and no other', async () => {
    const { app } = await createTestApp()
    const served = app.routes
      .filter(({ method, path }) => method !== 'ALL' && !path.startsWith('/docs/'))
      .map(({ method, path }) => `${method} ${documented(path)}`)
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

  it('has an example of every error that a route can answer, with its code and status', () => {
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

  it('has every code of the table at some route, but for those of no route', () => {
    const codes = operations.flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ content }) =>
        Object.keys(content?.['application/problem+json']?.examples ?? {}),
      ),
    )
    const missing = Object.keys(FAILURES).filter((code) => !codes.includes(code))
    expect(missing).toEqual(['method_not_allowed', 'client_gone'])
  })

  it('has an example of every parameter, and Retry-After at every 503', () => {
    for (const { route, operation } of operations) {
      for (const parameter of operation.parameters ?? []) expect(parameter.example, route).toBeDefined()
      const unavailable = operation.responses['503']
      if (unavailable) expect(unavailable.headers, route).toHaveProperty('Retry-After')
    }
    expect(operationOf('DELETE /projects/{project_id}').responses).toHaveProperty('503')
  })

  it('refers to nothing that it does not have', () => {
    const text = JSON.stringify(document)
    const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '')
    expect(names.length).toBeGreaterThan(10)
    for (const name of names) expect(document.components).toHaveProperty(`schemas.${name}`)
  })

  it('is what GET /openapi.json answers, with the path that the app is mounted under', async () => {
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
  it('is a page that loads nothing from anywhere else, and holds no script itself', async () => {
    const { app } = await createTestApp()
    const response = await app.request('/docs')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).not.toContain('unsafe')
    const page = await response.text()
    expect(page).not.toMatch(/https?:|<script>/)
    const urls = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '')
    expect(urls).toContain('docs/swagger-ui-bundle.js')
    for (const url of urls) {
      const asset = await app.request(`/${url}`)
      expect(asset.status, url).toBe(200)
      expect((await asset.arrayBuffer()).byteLength, url).toBeGreaterThan(100)
      const headers = { 'If-None-Match': asset.headers.get('etag') ?? '' }
      expect((await app.request(`/${url}`, { headers })).status, url).toBe(304)
    }
  })

  it('gives out no other file of the package that it comes from', async () => {
    const { app } = await createTestApp()
    for (const name of ['package.json', 'index.html', 'swagger-ui.js.map', '..%2Fpackage.json', 'constructor'])
      expect((await app.request(`/docs/${name}`)).status, name).toBe(404)
  })
})
