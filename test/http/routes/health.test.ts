// Health, readiness, shutting down, and errors that nobody foresaw.

import { Writable } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { TintypeError } from '../../../src/core/errors.ts'
import { emptyProject } from '../../../src/core/project/state.ts'
import { createApp } from '../../../src/http/app.ts'
import type { AppOptions } from '../../../src/http/app-options.ts'
import { createTransformRequestParser } from '../../../src/http/request/transform-request.ts'
import { healthSchema } from '../../../src/http/schemas/server.ts'
import { ACCEPTED_TYPES } from '../../../src/image/encoder.ts'
import { createAssetService } from '../../../src/services/images/assets.ts'
import type { ImageService } from '../../../src/services/images/images.ts'
import { createVariants } from '../../../src/services/images/variants.ts'
import { createArchives } from '../../../src/services/transfer/archives.ts'
import { createTestApp, problemOf } from '../../support/app.ts'
import { openApp } from '../../support/app-parts.ts'
import { fileStoreFixture } from '../../support/store/file-store.ts'
import { openProjectService } from '../../support/store/project-service.ts'
import { formOf } from '../../support/upload.ts'

const failingImages = (failure: unknown): ImageService => {
  const fail = () => Promise.reject(failure)
  const filesOf = () => {
    throw failure
  }
  return {
    upload: fail,
    uploadAll: fail,
    filesOf,
    list: fail,
    edit: fail,
    remove: fail,
    removeAll: fail,
    setPrimary: fail,
  }
}

/** An app whose images fail as a test wants it, and what it wrote to the log. */
const failingApp = async (options: Partial<AppOptions> & { failure?: unknown } = {}) => {
  const { failure = new Error('not used'), ...rest } = options
  const { store, folder } = await fileStoreFixture()
  const lines: string[] = []
  const stream = new Writable({
    write(text, _, done) {
      lines.push(String(text))
      done()
    },
  })
  const log = pino({ level: 'info' }, stream)
  const app = createApp({
    images: failingImages(failure),
    store: {
      current: () => undefined,
      recent: () => undefined,
      project: async (id) => ({ ...emptyProject(id, new Date(0).toISOString()), deleted: false }),
    },
    projects: openProjectService(store, folder, { log }),
    archives: createArchives({ store }),
    variants: createVariants({ store }),
    renders: {
      find: () => Promise.reject(failure),
      choose: () => Promise.reject(failure),
      focalPoint: () => Promise.reject(failure),
    },
    assets: createAssetService({ store, variants: createVariants({ store }) }),
    transformRequests: createTransformRequestParser({}),
    version: '1.2.3',
    startedAt: Date.now() - 90_500,
    acceptedTypes: () => ['image/jpeg'],
    check: () => store.check(),
    maxUploadBytes: 1000,
    maxBulkFiles: 10,
    maxBulkBytes: 10_000,
    log,
    ...openApp(),
    ...rest,
  })
  return { app, lines }
}

describe('GET /health', () => {
  it('answers with the version and the seconds since the start', async () => {
    const { app } = await failingApp()
    const response = await app.request('/health')
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const { uptime_seconds, ...rest } = healthSchema.parse(await response.json())
    expect(rest).toEqual({ status: 'ok', version: '1.2.3', formats: { accepted: ['image/jpeg'] } })
    expect(uptime_seconds).toBeGreaterThanOrEqual(90)
  })

  it('names the accepted types of this installation', async () => {
    const { app } = await createTestApp()
    const { formats } = healthSchema.parse(await (await app.request('/health')).json())
    expect(formats.accepted).toEqual(ACCEPTED_TYPES)
  })
})

describe('GET /ready', () => {
  it('answers 200 where the store can be written', async () => {
    const { app } = await createTestApp()
    expect(await (await app.request('/ready')).json()).toEqual({ status: 'ready', read_only: false })
  })

  it.each([
    [
      'the disk is full',
      new TintypeError('storage_full', 'The disk of the store is full.'),
      'The disk of the store is full.',
    ],
    ['the check fails in an unknown way', new Error('EIO at /secret/path'), 'The store cannot be written.'],
  ])('answers 503 where %s', async (_, error, detail) => {
    const { app } = await failingApp({ check: () => Promise.reject(error) })
    const problem = await problemOf(app.request('/ready'))
    expect(problem).toMatchObject({ status: 503, code: 'store_unavailable', detail })
    expect(problem.response.headers.get('retry-after')).toMatch(/^\d+$/)
  })
})

describe('while the server drains', () => {
  it('refuses changes with Retry-After, still serves reads, and is not ready', async () => {
    const { app } = await failingApp({ isDraining: () => true })
    const body = formOf(new Uint8Array(10))
    for (const [method, path] of [
      ['POST', '/projects/game/images'],
      ['DELETE', '/projects/game'],
      ['PATCH', '/projects/game'],
    ]) {
      const problem = await problemOf(app.request(path ?? '', { method, body: method === 'POST' ? body : undefined }))
      expect(problem).toMatchObject({ status: 503, code: 'shutting_down' })
      expect(problem.response.headers.get('retry-after')).toMatch(/^\d+$/)
    }
    expect(await problemOf(app.request('/ready'))).toMatchObject({ status: 503, code: 'shutting_down' })
    expect((await app.request('/projects')).status).toBe(200)
    expect((await app.request('/health')).status).toBe(200)
  })
})

describe('an error', () => {
  it('that is unforeseen is 500 without internals, and is logged with its cause', async () => {
    const { app, lines } = await failingApp({ failure: new Error('ENOENT: /var/secret/place') })
    const response = await app.request('/projects/game/images')
    const text = await response.clone().text()
    expect(text).not.toMatch(/secret|ENOENT|stack/)
    expect(await problemOf(response)).toMatchObject({
      status: 500,
      code: 'internal',
      type: 'urn:tintype:problem:internal',
    })
    expect(lines.filter((line) => line.includes('/var/secret/place'))).toHaveLength(1)
  })

  it('of a damaged project shows no details in the answer, and all of them in the log', async () => {
    const failure = new TintypeError('project_damaged', 'A folder of project "dmg" is a link to /var/secret/place.', {
      details: { folder: '/var/secret/place' },
    })
    const { app, lines } = await failingApp({ failure })
    const problem = await problemOf(app.request('/projects/game/images', { headers: { 'X-Request-Id': 'wanted' } }))
    const { response: _, ...document } = problem
    expect(document).toEqual({
      type: 'urn:tintype:problem:project_damaged',
      title: 'The files of the project are damaged',
      status: 500,
      detail: 'The files of the project are damaged on disk. What is wrong with them was written to the log.',
      code: 'project_damaged',
      request_id: 'wanted',
    })
    expect(lines.filter((line) => line.includes('/var/secret/place') && line.includes('"level":50'))).toHaveLength(1)
  })

  it('of a busy server has its Retry-After, and is not logged as an error', async () => {
    const { app, lines } = await failingApp({ failure: new TintypeError('busy', 'Later.', { retryAfterSeconds: 2.5 }) })
    const body = formOf(new Uint8Array(10))
    const problem = await problemOf(app.request('/projects/game/images', { method: 'POST', body }))
    expect(problem).toMatchObject({ status: 503, code: 'busy', detail: 'Later.' })
    expect(problem.response.headers.get('retry-after')).toBe('3')
    expect(problem.response.headers.get('cache-control')).toBe('no-store')
    expect(lines.filter((line) => line.includes('"level":50'))).toEqual([])
  })

  it('keeps its own members, whatever the names of its details are', async () => {
    const failure = new TintypeError('busy', 'Later.', { details: { status: 1, code: 'x', type: 'y', received: 'z' } })
    const { app } = await failingApp({ failure })
    expect(await (await app.request('/projects/game/images')).json()).toEqual({
      type: 'urn:tintype:problem:busy',
      title: 'The server is busy',
      status: 503,
      detail: 'Later.',
      code: 'busy',
      received: 'z',
    })
  })
})

describe('the log', () => {
  it('has no error where the client has disconnected', async () => {
    const gone = new AbortController()
    const { app, lines } = await failingApp({
      images: {
        ...failingImages(new Error('not used')),
        async upload() {
          gone.abort()
          throw gone.signal.reason
        },
      },
    })
    const form = { method: 'POST', body: formOf(new Uint8Array(10)), signal: gone.signal }
    expect(await problemOf(app.request('/projects/game/images', form))).toMatchObject({ code: 'upload_aborted' })
    expect(lines.filter((line) => line.includes('"level":50'))).toEqual([])
  })

  it('has one line for each request, without its query', async () => {
    const { app, lines } = await failingApp()
    await app.request('/health?secret=x')
    await app.request('/nothing')
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      expect.objectContaining({ method: 'GET', path: '/health', status: 200, ms: expect.any(Number) }),
      expect.objectContaining({ method: 'GET', path: '/nothing', status: 404 }),
    ])
    expect(lines.join()).not.toContain('secret')
  })
})
