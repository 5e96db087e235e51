// What is noted of requests: ids, lines in the log, and metrics that say what happened.

import { once } from 'node:events'
import { connect } from 'node:net'
import { Hono } from 'hono'
import { pino } from 'pino'
import { register } from 'prom-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { TintypeOptions } from '../../../src/options.ts'
import { startHttpServer } from '../../../src/server/http-server.ts'
import { type Answering, createTestApp, problemOf, uploadTo } from '../../support/app.ts'
import { readGuide } from '../../support/guides.ts'
import { countedFast } from '../../support/load/counted-fast.ts'
import { isInBucket, LONG_MEMORY } from '../../support/store/here.ts'
import { formOf } from '../../support/upload.ts'

const metricsOf = async (app: Answering): Promise<Map<string, number>> => {
  const response = await app.request('/metrics')
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
}

/** A server that answers from memory first, and what it wrote to the log. */
const served = async (options: TintypeOptions = {}) => {
  const lines: Record<string, unknown>[] = []
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) })
  const tintype = await createTestApp({ ...LONG_MEMORY, log, ...options })
  const { image_id: imageId } = await uploadTo(tintype.app, 'game')
  let fast = 0
  const { port, drain } = await startHttpServer({
    fetch: tintype.app.fetch,
    answerFast: countedFast(tintype.answerFast, () => {
      fast++
    }),
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs: 30_000,
  })
  onTestFinished(drain)
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers })
  return { ...tintype, imageId, port, get, lines, fastCount: () => fast }
}

describe('a request id', () => {
  it.each([
    ['from memory', '/projects/game/thumbnail', 1],
    ['by the app', '/projects/game', 0],
    ['as an error', '/nothing', 0],
  ])('is on each answer, reused where it is plain and generated otherwise: %s', async (_, path, fast) => {
    const { get, lines, fastCount } = await served()
    const longest = 'x'.repeat(128)
    for (const id of ['a', 'Abc.1_2-3', longest]) {
      expect((await get(path, { 'X-Request-Id': id })).headers.get('x-request-id')).toBe(id)
      expect(lines.at(-1)).toMatchObject({ id, path })
    }
    const made = new Set<string | null>()
    for (const id of [`${longest}x`, 'a b', 'a"b', 'a,b', 'ä', undefined]) {
      const answer = await get(path, id === undefined ? {} : { 'X-Request-Id': id })
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/)
      made.add(answer.headers.get('x-request-id'))
      expect(lines.at(-1)?.id).toBe(answer.headers.get('x-request-id'))
    }
    expect(made.size).toBe(6)
    expect(fastCount()).toBe(9 * fast)
  })

  it('is generated where a request has two', async () => {
    const { port, lines } = await served()
    for (const path of ['/projects/game/thumbnail', '/projects/game']) {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\nX-Request-Id: one\r\nX-Request-Id: two\r\n\r\n`)
      await once(socket, 'data')
      socket.resume().end()
      await once(socket, 'close')
      expect(lines.at(-1)).toMatchObject({ path, id: expect.stringMatching(/^[0-9a-f]{12}-/) })
    }
  })

  it('is in the document of an internal error and in its log line', async () => {
    const lines: Record<string, unknown>[] = []
    const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) })
    const { app } = await createTestApp({ log, gatherMetrics: () => Promise.reject(new Error('on purpose')) })
    const problem = await problemOf(app.request('/metrics', { headers: { 'X-Request-Id': 'wanted' } }))
    expect(problem).toMatchObject({ status: 500, request_id: 'wanted' })
    expect(problem.response.headers.get('x-request-id')).toBe('wanted')
    expect(lines.find(({ level }) => level === 50)).toMatchObject({ id: 'wanted', msg: 'internal; answering 500' })
    expect(await problemOf(app.request('/nothing'))).not.toHaveProperty('request_id')
  })
})

describe('the line of a request', () => {
  it('has method, path and status, without query and headers', async () => {
    const { get, lines, imageId } = await served()
    const secret = { Authorization: 'Bearer s3cret', Cookie: 'sid=s3cret', 'X-API-Key': 's3cret' }
    const urls = [
      `/projects/game/images/${imageId}?size=thumb`,
      '/projects?limit=5&sig=s3cret',
      `/projects/game/images/${imageId}/render?w=10&sig=s3cret`,
      '/nothing?sig=s3cret',
    ]
    for (const url of urls) {
      const answer = await get(url, secret)
      const bytes = (await answer.arrayBuffer()).byteLength
      expect(lines.at(-1)).toMatchObject({
        method: 'GET',
        path: url.replace(/\?.*/, ''),
        status: answer.status,
        ms: expect.any(Number),
        bytes,
        msg: 'request',
      })
    }
    expect(JSON.stringify(lines)).not.toContain('s3cret')
  })

  it('has the path as received, without a query after an escaped question mark', async () => {
    const { get, lines } = await served()
    for (const [url, path] of [
      ['/projects/game/thumbnail%3fsig=s3cret', '/projects/game/thumbnail'],
      ['/projects/game/thumbnail%3Fsig=s3cret', '/projects/game/thumbnail'],
      ['/x%0aGET%20/%1b%5b2J', '/x%0aGET%20/%1b%5b2J'],
    ] as const) {
      await get(url)
      expect(lines.at(-1)).toMatchObject({ path, status: 404 })
    }
  })

  it('has no name of a signed page of an atlas, also an escaped one, and that of a page without a signature', async () => {
    const { get, lines } = await served()
    const page = `game.2048.0.3.${'h'.repeat(22)}`
    const signature = 's'.repeat(43)
    for (const [name, shown] of [
      [`${page}.webp`, `${page}.webp`],
      [`${page}.1798761600.${signature}.webp`, '…'],
      [`${page}.1798761600%2e${signature}%2Ewebp`, '…'],
    ]) {
      await get(`/projects/game/atlas/${name}`)
      expect(lines.at(-1)).toMatchObject({ path: `/projects/game/atlas/${shown}`, status: 404 })
    }
    expect(JSON.stringify(lines)).not.toContain(signature)
  })

  it('is written and counted for a client that disconnects before its answer, too', async () => {
    const { app, lines, imageId } = await served({ presets: 'card:w=20' })
    // As the HTTP server tells it: the reason is a text.
    const signal = AbortSignal.abort('Client connection prematurely closed.')
    await app.request(`/projects/game/images/${imageId}/render?preset=card`, { signal })
    expect(lines.at(-1)).toMatchObject({ path: `/projects/game/images/${imageId}/render`, status: 499 })
    const metrics = await metricsOf(app)
    const route = '/projects/{project_id}/images/{image_id}/render'
    expect(metrics.get(`tintype_http_requests_total{method="GET",route="${route}",status="499"}`)).toBe(1)
    expect(metrics.get('tintype_errors_total{code="client_gone"}')).toBe(1)
  })
})

describe('GET /metrics', () => {
  it('counts requests of the fast path and of the app', async () => {
    const { app, get, imageId, fastCount } = await served({ encoders: 1 })
    const cover = await get('/projects/game/thumbnail')
    const { length } = Buffer.from(await cover.arrayBuffer())
    await get('/projects/game/thumbnail', { 'If-None-Match': cover.headers.get('etag') ?? '' })
    await get(`/projects/game/images/${imageId}/game.jpg`)
    await get('/nothing')
    await get('/nothing/else')
    await get('/projects/unheard-of')
    expect(fastCount()).toBe(3)
    await app.request('/projects/game/images', { method: 'POST', body: formOf(Buffer.from('no image at all')) })
    await app.request('/projects/game', { method: 'POST' })

    const metrics = await metricsOf(app)
    const requests = (method: string, route: string, status: number) =>
      metrics.get(`tintype_http_requests_total{method="${method}",route="${route}",status="${status}"}`)
    expect(requests('GET', '/projects/{project_id}/thumbnail', 200)).toBe(1)
    expect(requests('GET', '/projects/{project_id}/thumbnail', 304)).toBe(1)
    expect(requests('GET', '/projects/{project_id}/images/{image_id}/{size}.{format}', 200)).toBe(1)
    expect(requests('GET', '/projects/{project_id}', 404)).toBe(1)
    expect(requests('POST', '/projects/{project_id}', 405)).toBe(1)
    expect(requests('GET', 'none', 404)).toBe(2)
    expect(requests('POST', '/projects/{project_id}/images', 201)).toBe(1)
    expect(requests('POST', '/projects/{project_id}/images', 415)).toBe(1)
    const route = '{method="GET",route="/projects/{project_id}/thumbnail"}'
    expect(metrics.get(`tintype_http_response_bytes_total${route}`)).toBe(length)
    expect(metrics.get(`tintype_http_request_duration_seconds_count${route}`)).toBe(2)
    expect(metrics.get('tintype_errors_total{code="route_not_found"}')).toBe(2)
    expect(metrics.get('tintype_errors_total{code="not_an_image"}')).toBe(1)
    expect(metrics.get('tintype_encoder_jobs_total{kind="encode",outcome="done"}')).toBe(1)
    expect(metrics.get('tintype_encoder_jobs_total{kind="encode",outcome="not_an_image"}')).toBe(1)
    expect(metrics.get('tintype_encoder_duration_seconds_count{kind="encode"}')).toBe(2)
    expect(metrics.get('tintype_encoder_waiting{priority="upload"}')).toBe(0)
    expect(metrics.get('tintype_revisions_committed_total')).toBe(1)
    expect(metrics.get('tintype_changes_committed_total')).toBe(1)
    expect(metrics.get('tintype_commit_retries_total')).toBe(0)
    // A bucket has no locks, and is swept once a day.
    expect(metrics.get('tintype_lock_wait_seconds_count')).toBe(isInBucket ? 0 : 1)
    expect(metrics.get('tintype_sweeps_total')).toBe(isInBucket ? 0 : 1)
    expect(metrics.get('tintype_swept_owners_total')).toBe(0)
    expect(metrics.get('tintype_cache_requests_total{cache="pictures",result="hit"}')).toBe(3)
    expect(metrics.get('tintype_cache_entries{cache="pictures"}')).toBe(2)
    expect(metrics.get('tintype_upload_received_bytes_total')).toBeGreaterThan(1000)
    expect(metrics.get('process_resident_memory_bytes')).toBeGreaterThan(1e6)
    expect(metrics.has('nodejs_eventloop_lag_p99_seconds')).toBe(true)
  })

  it('has exactly the metrics that the guide explains', async () => {
    // Those of a broker too, which may be away. Those of a bucket need one, and those of Redis, of sources and of a folder
    // with a bucket behind it have tests of their own.
    const isElsewhere = (name = '') =>
      /^tintype_(redis|fallback|source)_/.test(name) || (!isInBucket && /^tintype_bucket_/.test(name))
    const { app } = await createTestApp({ encoders: 1, queue: 'amqp://127.0.0.1:1' })
    const text = await (await app.request('/metrics')).text()
    const names = [...text.matchAll(/^# TYPE (tintype_\w+)/gm)].map(([, name]) => name)
    const guide = await readGuide('src/server/README.md')
    const rows = guide.split('\n').filter((line) => line.startsWith('| `tintype_'))
    const explained = rows.flatMap((row) => [...row.matchAll(/`(tintype_\w+)`/g)].map(([, name]) => name))
    expect(names.sort()).toEqual(explained.filter((name) => !isElsewhere(name)).sort())
  })

  it('distinguishes the caches of renders', async () => {
    const { app } = await createTestApp({ encoders: 1 })
    const { image_id } = await uploadTo(app, 'game')
    const { app: again } = await createTestApp({ encoders: 1 })
    for (let n = 0; n < 3; n++) {
      const answer = await app.request(`/projects/game/images/${image_id}/game.webp`)
      expect(answer.status).toBe(200)
    }
    const metrics = await metricsOf(app)
    const looked = (cache: string, result: string) =>
      metrics.get(`tintype_cache_requests_total{cache="${cache}",result="${result}"}`)
    expect([looked('renders', 'miss'), looked('renders', 'hit')]).toEqual([1, 2])
    expect([looked('renders_disk', 'miss'), looked('renders_disk', 'hit')]).toEqual([1, 0])
    expect(metrics.get('tintype_encoder_jobs_total{kind="render",outcome="done"}')).toBe(1)
    // Each instance counts for itself.
    const others = await metricsOf(again)
    expect(others.get('tintype_cache_requests_total{cache="renders",result="hit"}')).toBe(0)
    expect(others.get('tintype_revisions_committed_total')).toBe(0)
  })

  it('does not touch the registry of an embedding program, and omits its routes', async () => {
    const tintype = await createTestApp({ basePath: '/media' })
    const program = new Hono().get('/', (c) => c.text('hello')).route('/media', tintype.app)
    await program.request('/')
    await program.request('/media/health')
    const text = await (await program.request('/media/metrics')).text()
    expect(text).toContain('tintype_http_requests_total{method="GET",route="/health",status="200"} 1\n')
    expect(text).not.toContain('route="/"')
    expect(register.getMetricsAsArray()).toEqual([])
  })
})

it('GET /metrics requires a key of an admin where authentication is required', async () => {
  const secrets = { admin: 'secret-of-an-admin', reader: 'secret-of-a-reader' }
  const { app } = await createTestApp({ apiKeys: Object.entries(secrets).map((pair) => pair.join(':')) })
  const statusWith = async (headers: Record<string, string>) => (await app.request('/metrics', { headers })).status
  expect(await statusWith({})).toBe(401)
  expect(await statusWith({ 'X-API-Key': secrets.reader })).toBe(403)
  expect(await statusWith({ 'X-API-Key': secrets.admin })).toBe(200)
})
