import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ClientOptions, createClient, dataOf } from '../../src/client/index.ts'
import {
  createScriptedFetch,
  cutAnswer,
  jsonAnswer,
  pageAnswer,
  problemAnswer,
} from '../support/client/scripted-fetch.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const QUICK = { firstWaitMs: 0, longestWaitMs: 1000, attempts: 3 }

describe('the options', () => {
  it.each([
    [{}, 'baseUrl'],
    [{ baseUrl: '/media' }, '"/media"'],
    [{ baseUrl: 'http://server', apiKey: 'a', token: 'b' }, 'apiKey and token'],
    [{ baseUrl: 'http://server', token: () => 'a', cookies: true }, 'token and cookies'],
    [{ baseUrl: 'http://server', retry: { attempts: 0 } }, 'retry.attempts'],
  ] as [ClientOptions, string][])('%j are refused where they cannot work', (options, name) => {
    expect(() => createClient(options)).toThrow(TypeError)
    expect(() => createClient(options)).toThrow(name)
  })

  it.each([
    ['http://server', 'http://server/health'],
    ['http://server/', 'http://server/health'],
    ['https://server:8443/media/', 'https://server:8443/media/health'],
  ])('take the address %s', async (baseUrl, url) => {
    const urls: string[] = []
    const fetch: typeof globalThis.fetch = async (input) => {
      urls.push(new Request(input).url)
      return jsonAnswer({})
    }
    await dataOf(createClient({ baseUrl, fetch }).api.GET('/health'))
    expect(urls).toEqual([url])
  })

  it('on a page are relative to it, and its pictures too', () => {
    vi.stubGlobal('location', { href: 'https://a.example/wall/', origin: 'https://a.example', hostname: 'a.example' })
    expect(createClient().url('/projects/demo')).toBe('https://a.example/projects/demo')
    expect(createClient({ baseUrl: '/media' }).url('/media/projects/demo')).toBe(
      'https://a.example/media/projects/demo',
    )
  })
})

describe('requests', () => {
  it('that read are repeated, up to the last attempt', async () => {
    const { fetch, sent } = createScriptedFetch((_request, number) => {
      if (number === 0) throw new TypeError('refused')
      return number === 1 ? problemAnswer('busy', 503) : jsonAnswer({ status: 'ok' })
    })
    const { api } = createClient({ baseUrl: 'http://server', fetch, retry: QUICK })
    expect((await api.GET('/health')).data).toEqual({ status: 'ok' })
    expect(sent).toHaveLength(3)
    const busy = createScriptedFetch(() => problemAnswer('busy', 503, { 'Retry-After': '0' }))
    const client = createClient({ baseUrl: 'http://server', fetch: busy.fetch, retry: QUICK })
    expect((await client.api.GET('/ready')).error?.code).toBe('busy')
    await expect(dataOf(client.api.GET('/ready'))).rejects.toMatchObject({ code: 'busy', retryAfter: 0 })
    expect(busy.sent).toHaveLength(6)
  })

  it('that read are not repeated where the wait would be too long', async () => {
    const { fetch, sent } = createScriptedFetch(() => problemAnswer('busy', 503, { 'Retry-After': '2' }))
    const { api } = createClient({ baseUrl: 'http://server', fetch, retry: QUICK })
    expect((await api.GET('/ready')).error?.code).toBe('busy')
    expect(sent).toHaveLength(1)
  })

  it('that change something are sent once', async () => {
    const params = { path: { project_id: 'demo' } }
    for (const failing of [() => problemAnswer('busy', 503), () => Promise.reject(new TypeError('lost'))]) {
      const { fetch, sent } = createScriptedFetch(failing)
      const { api } = createClient({ baseUrl: 'http://server', fetch, retry: QUICK })
      await expect(dataOf(api.DELETE('/projects/{project_id}', { params }))).rejects.toMatchObject({
        name: 'TintypeClientError',
      })
      expect(sent).toHaveLength(1)
    }
  })

  it.each([200, 404, 503])(
    'that read are repeated where the connection is lost within an answer of %i',
    async (status) => {
      const { fetch, sent } = createScriptedFetch((_request, number) =>
        number === 0 ? cutAnswer('{"status":', status) : jsonAnswer({ status: 'ok' }),
      )
      const { api } = createClient({ baseUrl: 'http://server', fetch, retry: QUICK })
      expect((await api.GET('/health')).data).toEqual({ status: 'ok' })
      expect(sent).toHaveLength(2)
    },
  )

  it('fail with connection_failed where the connection is lost within an answer', async () => {
    const params = { path: { project_id: 'demo' } }
    for (const status of [200, 409]) {
      const { fetch, sent } = createScriptedFetch(() => cutAnswer('{"status":', status))
      const { api } = createClient({ baseUrl: 'http://server', fetch, retry: QUICK })
      const edit = api.PATCH('/projects/{project_id}', { params, body: { title: 'a' } })
      await expect(edit).rejects.toMatchObject({ code: 'connection_failed', cause: new TypeError('terminated') })
      expect(sent).toHaveLength(1)
    }
  })

  it('end with the reason of their signal within an answer', async () => {
    const stop = new AbortController()
    const reason = new Error('enough')
    const { fetch, sent } = createScriptedFetch(() => {
      const body = new ReadableStream({
        pull(controller) {
          stop.abort(reason)
          controller.error(reason)
        },
      })
      return new Response(body, { headers: { 'Content-Type': 'application/json' } })
    })
    const { api } = createClient({ baseUrl: 'http://server', fetch, retry: QUICK })
    await expect(api.GET('/health', { signal: stop.signal })).rejects.toBe(reason)
    expect(sent).toHaveLength(1)
  })

  it.each([0, 1])('end with the reason of their signal while a token is on its way (call %i)', async (endless) => {
    const { fetch, sent } = createScriptedFetch(() => problemAnswer('unauthenticated', 401))
    const stop = new AbortController()
    const reason = new Error('enough')
    let calls = 0
    const token = async () => {
      if (calls++ < endless) return 'old'
      setTimeout(() => stop.abort(reason), 5)
      return new Promise<string>(() => {})
    }
    const { api } = createClient({ baseUrl: 'http://server', fetch, token })
    await expect(api.GET('/auth/me', { signal: stop.signal })).rejects.toBe(reason)
    expect(sent).toHaveLength(endless)
  })

  it('have no body where their status allows none, or there is none', async () => {
    const answers = [
      new Response(null, { status: 204 }),
      new Response(null, { status: 304 }),
      new Response(null, { headers: { 'Content-Type': 'application/json' } }),
    ]
    const { fetch } = createScriptedFetch((_request, number) => answers[number] ?? jsonAnswer({}))
    const { api } = createClient({ baseUrl: 'http://server', fetch, retry: QUICK })
    expect((await api.GET('/health')).response.status).toBe(204)
    expect((await api.GET('/health')).response.status).toBe(304)
    expect((await api.GET('/health')).response.status).toBe(200)
  })

  it.each([
    ['a page', pageAnswer],
    ['half of a document', () => new Response('{"status":', { headers: { 'Content-Type': 'application/json' } })],
  ])('are unexpected_response where a proxy answers with %s in place of JSON', async (_what, answer) => {
    const { fetch, sent } = createScriptedFetch(() => answer())
    const { api } = createClient({ baseUrl: 'http://server', fetch, retry: QUICK })
    const expected = { name: 'TintypeClientError', code: 'unexpected_response', status: 200 }
    await expect(dataOf(api.GET('/health'))).rejects.toMatchObject(expected)
    expect(sent).toHaveLength(1)
  })

  it('may expect a page', async () => {
    const { fetch } = createScriptedFetch(() => pageAnswer())
    const { api } = createClient({ baseUrl: 'http://server', fetch })
    expect(await dataOf(api.GET('/docs', { parseAs: 'text' }))).toContain('Sign in')
  })

  it('are sent once where a function gives the refused token again', async () => {
    const { fetch, sent } = createScriptedFetch(() => problemAnswer('unauthenticated', 401))
    const { api } = createClient({ baseUrl: 'http://server', fetch, token: async () => 'a.b.c' })
    expect((await api.GET('/auth/me')).error?.code).toBe('unauthenticated')
    expect(sent.map(({ headers }) => headers.get('Authorization'))).toEqual(['Bearer a.b.c'])
  })

  it('are sent again with their body where the platform does not tell of it', async () => {
    vi.spyOn(Request.prototype, 'body', 'get').mockReturnValue(null)
    const { fetch, sent } = createScriptedFetch((_request, number) =>
      number === 0 ? problemAnswer('unauthenticated', 401) : jsonAnswer({}),
    )
    const token = (refused?: string) => (refused === undefined ? 'old' : 'new')
    const { api } = createClient({ baseUrl: 'http://server', fetch, token })
    const params = { path: { project_id: 'demo' } }
    await dataOf(api.PATCH('/projects/{project_id}', { params, body: { title: 'a' } }))
    expect(sent.map(({ headers, body }) => [headers.get('Authorization'), body])).toEqual([
      ['Bearer old', '{"title":"a"}'],
      ['Bearer new', '{"title":"a"}'],
    ])
  })

  it('end with the reason of their signal', async () => {
    const { fetch } = createScriptedFetch(() => Promise.reject(new TypeError('lost')))
    const { api } = createClient({
      baseUrl: 'http://server',
      fetch,
      retry: { firstWaitMs: 60_000, longestWaitMs: 60_000 },
    })
    const stop = new AbortController()
    const reason = new Error('enough')
    setTimeout(() => stop.abort(reason), 10)
    await expect(api.GET('/health', { signal: stop.signal })).rejects.toBe(reason)
  })
})

describe('an upload', () => {
  it.each([201, 503])('is repeated where the connection is lost within an answer of %i', async (status) => {
    const image = { image_id: '4f0z6k1m9q2w8e5r7t3y' }
    const { fetch, sent } = createScriptedFetch((_request, number) =>
      number === 0 ? cutAnswer('{"image_id":', status) : jsonAnswer(image, 201),
    )
    const tintype = createClient({ baseUrl: 'http://server', fetch, retry: QUICK })
    expect(await tintype.upload('demo', new Blob(['x']))).toEqual(image)
    const keys = sent.map(({ headers }) => headers.get('Idempotency-Key'))
    expect(keys).toEqual([keys[0], keys[0]])
  })

  it('is unexpected_response where a proxy answers in place of the server', async () => {
    for (const answer of [pageAnswer(), jsonAnswer({ ok: true }), jsonAnswer(null)]) {
      const { fetch, sent } = createScriptedFetch(() => answer)
      const tintype = createClient({ baseUrl: 'http://server', fetch, retry: QUICK })
      const uploaded = tintype.upload('demo', new Blob(['x']))
      await expect(uploaded).rejects.toMatchObject({ code: 'unexpected_response', status: 200 })
      expect(sent).toHaveLength(1)
    }
  })

  it('has one key for all of its attempts, or that of the program', async () => {
    const image = { image_id: '4f0z6k1m9q2w8e5r7t3y' }
    const { fetch, sent } = createScriptedFetch((_request, number) =>
      number === 0 ? problemAnswer('idempotency_running', 409, { 'Retry-After': '0' }) : jsonAnswer(image, 201),
    )
    const tintype = createClient({ baseUrl: 'http://server/media', fetch, retry: QUICK })
    expect(await tintype.upload('a b', new Blob(['x']))).toEqual(image)
    await tintype.upload('demo', new Blob(['x']), { idempotencyKey: 'order-4711', asset: 'ui/ok', dedupe: true })
    const keys = sent.map(({ headers }) => headers.get('Idempotency-Key'))
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
    expect(keys.slice(1)).toEqual([keys[0], 'order-4711'])
    expect(sent.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /media/projects/a%20b/images',
      'POST /media/projects/a%20b/images',
      'PUT /media/projects/demo/assets/ui%2Fok?dedupe=true',
    ])
  })
})
