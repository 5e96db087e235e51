// The client against a real server, in Node.

import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import {
  type ClientOptions,
  createClient,
  dataOf,
  type ProjectEvent,
  TintypeClientError,
} from '../../src/client/index.ts'
import { createTestApp, listen } from '../support/app.ts'
import { ADA } from '../support/auth/accounts.ts'
import { startCuttingProxy } from '../support/client/cutting-proxy.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { numberedPicture, smallPhoto } from '../support/pictures/pictures.ts'
import { serve } from '../support/processes/tintype.ts'

const RETRY = { firstWaitMs: 20, longestWaitMs: 5000, attempts: 8 }

const PATIENCE = { timeout: 60_000, interval: 10 }

const KEY = 'a-writer-of-this-test'

/** A client of a new server. */
const started = async (options: Parameters<typeof createTestApp>[0] = {}, client: Partial<ClientOptions> = {}) => {
  const { app } = await createTestApp(options)
  const { url, port } = await listen(app)
  return { app, url, port, tintype: createClient({ baseUrl: url, retry: RETRY, ...client }) }
}

const photoFile = async (name = 'Katze 1.jpg') => new File([new Uint8Array(await smallPhoto())], name)

const idsOf = async (images: AsyncIterable<{ id: string }>): Promise<string[]> => {
  const ids: string[] = []
  for await (const { id } of images) ids.push(id)
  return ids
}

const caught = async (promise: Promise<unknown>): Promise<TintypeClientError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof TintypeClientError) return error
  throw new Error(`expected a TintypeClientError, got ${error}`)
}

describe('uploads', () => {
  it('store the file with its details, and report its bytes as they are sent', async () => {
    const { tintype } = await started()
    const file = await photoFile()
    const progress: { loaded: number; total: number }[] = []
    const image = await tintype.upload('demo', file, {
      ...{ title: 'A cat', alt: 'A cat on a wall', tags: ['cat', 'wall'], focalPoint: { x: 0.25, y: 0.5 } },
      onProgress: (each) => progress.push(each),
    })
    expect(image).toMatchObject({ name: 'Katze 1.jpg', title: 'A cat', alt: 'A cat on a wall', tags: ['cat', 'wall'] })
    expect(image).toMatchObject({ focal_point: { x: 0.25, y: 0.5 }, is_primary: true })
    expect(progress[0]).toEqual({ loaded: 0, total: file.size })
    expect(progress.at(-1)).toEqual({ loaded: file.size, total: file.size })
    const loaded = progress.map((each) => each.loaded)
    expect(loaded).toEqual([...new Set(loaded)].sort((a, b) => a - b))
  })

  it('report more than start and end of a large file', async () => {
    const { tintype } = await started()
    const large = new File([new Uint8Array(await smallPhoto()), new Uint8Array(3_000_000)], 'large.jpg')
    const loaded: number[] = []
    await tintype.upload('demo', large, { onProgress: (each) => loaded.push(each.loaded) })
    expect(loaded.length).toBeGreaterThan(3)
  })

  it('make one image where the answer was lost, twice', async () => {
    const { port, url, tintype: direct } = await started()
    const proxy = await startCuttingProxy(port)
    const tintype = createClient({ baseUrl: proxy.url, retry: RETRY })
    proxy.cut(2)
    const loaded: number[] = []
    const file = await photoFile()
    const image = await tintype.upload('demo', file, { onProgress: (each) => loaded.push(each.loaded) })
    expect(proxy.cuts()).toBe(2)
    expect(loaded.filter((bytes) => bytes === 0)).toHaveLength(3)
    expect(await idsOf(direct.images('demo'))).toEqual([image.image_id])
    expect(direct.url(image.urls.thumb)).toBe(`${url}${image.urls.thumb}`)
  })

  it('fail after the last attempt, with what happened', async () => {
    const { port } = await started()
    const proxy = await startCuttingProxy(port)
    const tintype = createClient({ baseUrl: proxy.url, retry: { ...RETRY, attempts: 2 } })
    proxy.cut(10)
    const error = await caught(tintype.upload('demo', await photoFile()))
    expect(error).toMatchObject({ code: 'connection_failed', status: undefined, retryAfter: undefined })
    expect(proxy.cuts()).toBe(2)
  })

  it('store and replace named assets, and find files again', async () => {
    const { tintype } = await started()
    const first = await tintype.upload('demo', await photoFile(), { asset: 'ui/button-ok' })
    const again = await tintype.upload('demo', await photoFile('other.jpg'), { dedupe: true })
    expect(again).toMatchObject({ image_id: first.image_id, deduplicated: true })
    const other = new Blob([new Uint8Array(await numberedPicture(2))])
    const second = await tintype.upload('demo', other, { asset: 'ui/button-ok' })
    expect(second.image_id).not.toBe(first.image_id)
    const assets: string[][] = []
    for await (const { name, image } of tintype.assets('demo')) assets.push([name, image.id])
    expect(assets).toEqual([['ui/button-ok', second.image_id]])
  })

  it('are not repeated where the file is refused', async () => {
    const { app, url } = await started()
    let requests = 0
    const counting: typeof fetch = (...args) => {
      requests++
      return fetch(...args)
    }
    const tintype = createClient({ baseUrl: url, retry: RETRY, fetch: counting })
    const error = await caught(tintype.upload('demo', new Blob(['not a picture'])))
    expect(error).toMatchObject({ code: 'not_an_image', status: 415, title: 'The file is not an image' })
    expect(error.detail).not.toBe('')
    expect(requests).toBe(1)
    expect((await app.request('/projects/demo')).status).toBe(404)
  })

  it('are refused with the code of the server also while a large body is being sent', async () => {
    const { tintype } = await started({ maxUploadBytes: 100_000 })
    const large = new Blob([new Uint8Array(await smallPhoto()), new Uint8Array(4_000_000)])
    for (const onProgress of [undefined, () => {}]) {
      const error = await caught(tintype.upload('demo', large, { onProgress }))
      expect(error).toMatchObject({ code: 'upload_too_large', status: 413 })
    }
  })

  it('end with the reason of the signal, during the transfer and in the wait before a retry', async () => {
    const { url, tintype } = await started()
    const stop = new AbortController()
    const reason = new Error('enough')
    const large = new Blob([new Uint8Array(await smallPhoto()), new Uint8Array(8_000_000)])
    const aborted = tintype.upload('demo', large, {
      signal: stop.signal,
      onProgress: ({ loaded }) => {
        if (loaded > 0) stop.abort(reason)
      },
    })
    await expect(aborted).rejects.toBe(reason)

    const waiting = new AbortController()
    const lost: typeof fetch = async () => {
      setTimeout(() => waiting.abort(reason), 5)
      throw new TypeError('lost')
    }
    const slow = createClient({ baseUrl: url, fetch: lost, retry: { firstWaitMs: 60_000, longestWaitMs: 60_000 } })
    await expect(slow.upload('demo', await photoFile(), { signal: waiting.signal })).rejects.toBe(reason)
    expect((await caught(idsOf(tintype.images('demo')))).code).toBe('project_not_found')
  })
})

describe('lists', () => {
  it('give each of 300 images that stay once, in order, while others are deleted', async () => {
    const { tintype, url } = await started()
    const form = new FormData()
    for (let at = 0; at < 300; at++)
      form.append('file', new Blob([new Uint8Array(await numberedPicture(at, 'jpeg', 16))]), `${at}.jpg`)
    const stored = await fetch(`${url}/projects/demo/images/bulk`, { method: 'POST', body: form })
    expect(await stored.json()).toMatchObject({ stored: 300 })
    const all = await idsOf(tintype.images('demo', { limit: 1000 }))
    expect(all).toHaveLength(300)

    const params = { path: { project_id: 'demo' } }
    const seen: string[] = []
    const deleted: string[] = []
    for await (const page of tintype.images('demo', { limit: 40 }).pages()) {
      seen.push(...page.images.map(({ id }) => id))
      // The last one of the page, which the cursor stands at, and one that is still to come.
      const image_ids = [seen.at(-1), all[seen.length + 5]].flatMap((id) => id ?? [])
      deleted.push(...image_ids)
      await dataOf(tintype.api.POST('/projects/{project_id}/images/delete', { params, body: { image_ids } }))
    }
    const staying = all.filter((id) => !deleted.includes(id))
    expect(staying.length).toBeGreaterThan(280)
    expect(seen.filter((id) => staying.includes(id))).toEqual(staying)
    expect(new Set(seen).size).toBe(seen.length)
    expect(await idsOf(tintype.images('demo'))).toEqual(staying)
  })

  it('take filters, end where the loop ends, and read anew each time', async () => {
    const { tintype } = await started()
    for (const tags of [['a'], ['b'], ['a']]) await tintype.upload('demo', await photoFile(), { tags })
    await tintype.upload('other', await photoFile())
    expect(await idsOf(tintype.images('demo', { tag: ['a'], limit: 1 }))).toHaveLength(2)
    const projects = tintype.projects({ limit: 1 })
    for (let round = 0; round < 2; round++) {
      const ids: string[] = []
      for await (const { project_id } of projects) ids.push(project_id)
      expect(ids).toEqual(['demo', 'other'])
    }
    for await (const { project_id } of projects) {
      expect(project_id).toBe('demo')
      break
    }
    for await (const job of tintype.jobs()) expect.unreachable(job.job_id)
    for await (const webhook of tintype.webhooks()) expect.unreachable(webhook.id)
  })
})

describe('errors', () => {
  it('have the code, status, title, detail and id of the request', async () => {
    const { tintype } = await started()
    const error = await caught(idsOf(tintype.images('absent')))
    expect(error).toMatchObject({ name: 'TintypeClientError', code: 'project_not_found', status: 404 })
    expect(error.title).toBe('No such project')
    expect(error.message).toBe(error.detail)
    expect(error.requestId).toMatch(/\S/)
    const invalid = await caught(idsOf(tintype.images('demo', { limit: 0 })))
    expect(invalid).toMatchObject({ code: 'invalid_parameter', status: 400, problem: { received: '0' } })
  })

  it('are data of the typed routes until dataOf throws them', async () => {
    const { tintype } = await started()
    const params = { path: { project_id: 'absent' } }
    const { data, error, response } = await tintype.api.GET('/projects/{project_id}', { params })
    expect([data, error?.code, response.status]).toEqual([undefined, 'project_not_found', 404])
    const thrown = await caught(dataOf(tintype.api.GET('/projects/{project_id}', { params })))
    expect(thrown.code).toBe('project_not_found')
  })

  it('of a limit tell when to come again', async () => {
    const { tintype } = await started({ rateLimit: 2, apiKeys: [`admin:${KEY}`] }, { apiKey: KEY })
    const requests = async () => {
      for (let at = 0; at < 4; at++) await dataOf(tintype.api.GET('/auth/me'))
    }
    const error = await caught(requests())
    expect(error).toMatchObject({ code: 'rate_limited', status: 429 })
    expect(error.retryAfter).toBeGreaterThan(0)
  })
})

describe('credentials', () => {
  it('are an API key, a token, or a function that gives another one for a refused one', async () => {
    const { url, tintype } = await started({ registration: 'open', auth: 'required', apiKeys: [`writer:${KEY}`] })
    const refusal = await caught(tintype.upload('demo', await photoFile()))
    expect(refusal).toMatchObject({ code: 'unauthenticated', status: 401 })
    await createClient({ baseUrl: url, apiKey: KEY }).upload('demo', await photoFile())

    const registration = { ...ADA, cookie: false }
    const { access_token } = await dataOf(tintype.api.POST('/auth/register', { body: registration }))
    const me = (token: ClientOptions['token']) => dataOf(createClient({ baseUrl: url, token }).api.GET('/auth/me'))
    expect(await me(access_token)).toMatchObject({ kind: 'user', user: { email: ADA.email } })

    const refused: (string | undefined)[] = []
    const renewing = (before?: string) => {
      refused.push(before)
      return before === undefined ? 'a.b.c' : access_token
    }
    expect(await me(renewing)).toMatchObject({ kind: 'user' })
    expect(refused).toEqual([undefined, 'a.b.c'])
    refused.length = 0
    await createClient({ baseUrl: url, token: renewing }).upload('adas', await photoFile(), { onProgress: () => {} })
    expect(refused).toEqual([undefined, 'a.b.c'])
    expect(await caught(me(async () => 'a.b.c'))).toMatchObject({ code: 'unauthenticated' })
  })
})

describe('subscriptions', () => {
  it('go on where they were over a restart of the server, and end with their project', async () => {
    const storage = join(await temporaryFolder(), 'storage')
    const first = await serve(['--storage', storage])
    const tintype = createClient({ baseUrl: first.url, retry: RETRY })
    const uploaded = [(await tintype.upload('demo', await photoFile())).image_id]
    const events: ProjectEvent[] = []
    const connections: boolean[] = []
    const subscription = tintype.subscribe('demo', (event) => void events.push(event), {
      since: 0,
      onConnection: (isConnected) => void connections.push(isConnected),
    })
    const added = () => events.flatMap((event) => (event.type === 'image.added' ? (event.image_id ?? []) : []))
    await vi.waitFor(() => expect(added()).toEqual(uploaded), PATIENCE)

    await first.stop()
    await vi.waitFor(() => expect(connections.at(-1)).toBe(false), PATIENCE)
    const second = await serve(['--storage', storage, '--port', String(first.port)])
    expect(second.port).toBe(first.port)
    // Before the subscription has come again, or after it: both arrive.
    for (let at = 0; at < 3; at++) uploaded.push((await tintype.upload('demo', await photoFile())).image_id)
    await vi.waitFor(() => expect(added()).toEqual(uploaded), PATIENCE)
    expect(connections.filter(Boolean).length).toBeGreaterThan(1)

    const params = { path: { project_id: 'demo' } }
    const { revision } = await dataOf(tintype.api.GET('/projects/{project_id}', { params }))
    await vi.waitFor(() => expect(subscription.position).toBe(String(revision)), PATIENCE)
    await dataOf(tintype.api.DELETE('/projects/{project_id}', { params }))
    await subscription.ended
    expect(events.at(-1)?.type).toBe('project.deleted')
  })

  it('follow several projects by one stream, from a position', async () => {
    const { tintype } = await started()
    for (const project of ['a', 'b']) await tintype.upload(project, await photoFile())
    const seen: string[] = []
    const stop = new AbortController()
    const note = ({ type, project_id }: ProjectEvent) => void seen.push(`${type} ${project_id}`)
    const subscription = tintype.subscribe(['a', 'b'], note, { since: '1.0', signal: stop.signal })
    await vi.waitFor(() => expect(seen).toContain('image.added b'), PATIENCE)
    expect(seen.filter((each) => each.endsWith(' a'))).toEqual([])
    await tintype.upload('a', await photoFile())
    await vi.waitFor(() => expect(seen).toContain('image.added a'), PATIENCE)
    await vi.waitFor(() => expect(subscription.position).toBe('2.1'), PATIENCE)
    stop.abort()
    await subscription.ended
  })

  it('tell of a reset, and go on behind it', async () => {
    const { tintype } = await started()
    await tintype.upload('demo', await photoFile())
    const events: ProjectEvent[] = []
    const subscription = tintype.subscribe('demo', (event) => void events.push(event), { since: 1000 })
    await vi.waitFor(() => expect(events).toEqual([{ type: 'reset', project_id: 'demo', revision: 1 }]), PATIENCE)
    await tintype.upload('demo', await photoFile())
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ revision: 2 }), PATIENCE)
    subscription.close()
    await subscription.ended
  })

  it('end with an error where a project is absent, and with that of their handler', async () => {
    const { tintype } = await started()
    expect(await caught(tintype.subscribe('absent', () => {}).ended)).toMatchObject({ code: 'project_not_found' })
    await tintype.upload('demo', await photoFile())
    const broken = new Error('the page is gone')
    const { ended } = tintype.subscribe('demo', () => Promise.reject(broken), { since: 0 })
    await expect(ended).rejects.toBe(broken)
  })
})
