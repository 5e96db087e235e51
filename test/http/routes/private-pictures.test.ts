// Pictures of private projects: authorization, signed URLs, and caching.

import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { signUrl } from '../../../src/index.ts'
import { startHttpServer } from '../../../src/server/http-server.ts'
import { problemOf } from '../../support/app.ts'
import { ADMIN, createAccessApp, keyOf, READER } from '../../support/auth/access.ts'
import { countedFast } from '../../support/load/counted-fast.ts'
import { itInFolder, LONG_MEMORY } from '../../support/store/here.ts'

const KEYS = ['a key for tests only 1', 'an older key for tests']
const HOUR_MS = 3_600_000

const soon = () => new Date(Date.now() + HOUR_MS)

/** A private project with one image, of which nothing is signed yet. */
const privateProject = async (options: { accelRedirect?: string } = {}) => {
  const app = await createAccessApp({ signingKeys: KEYS, presets: 'card:w=80', newVisibility: 'private', ...options })
  const { image_id } = await app.upload(keyOf(ADMIN), 'shop')
  const image = `/projects/shop/images/${image_id}`
  const code = async (url: string) => {
    const response = await app.ask({}, 'GET', url)
    if (response.ok) return response.status
    return (await problemOf(response)).code
  }
  return { ...app, image, imageId: image_id, code }
}

const PICTURES = [
  '/thumbnail',
  '/thumbnail?format=webp',
  '/cover.jpg',
  '/cover.webp?size=game',
  '/images/{image}',
  '/images/{image}?size=thumb',
  '/images/{image}?size=game&format=auto',
  '/images/{image}/medium.jpg',
  '/images/{image}/game.webp',
  '/images/{image}/render?w=64&h=64',
  '/images/{image}/render?preset=card',
]

describe('a picture of a private project', () => {
  it('is sent for a signed URL that expires, and cached by the client alone until then', async () => {
    const { ask, code, imageId } = await privateProject()
    for (const path of PICTURES) {
      const url = `/projects/shop${path.replace('{image}', imageId)}`
      expect([path, await code(url)]).toEqual([
        path,
        path.includes('render?w') ? 'signature_required' : 'project_not_found',
      ])
      const response = await ask({}, 'GET', signUrl(url, { keys: KEYS, expiresAt: soon() }))
      expect([path, response.status, response.headers.get('content-type')]).toEqual([
        path,
        200,
        expect.stringMatching(/^image\//),
      ])
      const caching = response.headers.get('cache-control') ?? ''
      if (/cover|thumbnail/.test(path)) expect(caching).toBe('private, no-cache')
      else {
        const seconds = Number(/^private, max-age=(\d+)$/.exec(caching)?.[1])
        expect(seconds).toBeGreaterThan(3000)
        expect(seconds).toBeLessThanOrEqual(3600)
      }
    }
  })

  it('is sent to principals with access, and revalidated each time', async () => {
    const { ask, image } = await privateProject()
    for (const path of ['?size=thumb', '/thumb.jpg', '/thumb.webp', '/render?preset=card']) {
      const response = await ask(keyOf(READER), 'GET', image + path)
      expect([path, response.status, response.headers.get('cache-control')]).toEqual([path, 200, 'private, no-cache'])
      const etag = response.headers.get('etag') ?? ''
      const again = await ask({ ...keyOf(READER), 'If-None-Match': etag }, 'GET', image + path)
      expect([again.status, again.headers.get('cache-control')]).toEqual([304, 'private, no-cache'])
      if (!path.startsWith('/render'))
        expect((await ask({ 'If-None-Match': etag }, 'GET', image + path)).status).toBe(404)
    }
    for (const path of ['', '/images']) {
      const response = await ask(keyOf(READER), 'GET', `/projects/shop${path}`)
      expect(response.headers.get('cache-control')).toBe('private, no-cache')
    }
  })

  it('is sent for a signed URL in any parameter order, and for no other change', async () => {
    const { code, image } = await privateProject()
    const signed = signUrl(`${image}?size=thumb`, { keys: KEYS, expiresAt: soon() })
    const [, exp = '', sig = ''] = /exp=(\d+)&sig=([\w-]+)/.exec(signed) ?? []
    expect(await code(`${image}?sig=${sig}&exp=${exp}&size=thumb`)).toBe(200)
    const other = signUrl(`${image}?size=game`, { keys: KEYS, expiresAt: soon() })
    for (const [url, expected] of [
      [`${image}?size=medium&exp=${exp}&sig=${sig}`, 'signature_invalid'],
      [`${image}?exp=${exp}&sig=${sig}`, 'signature_invalid'],
      [`${image}?size=thumb&exp=${Number(exp) + 1}&sig=${sig}`, 'signature_invalid'],
      [`${image}?size=thumb&sig=${sig}`, 'signature_invalid'],
      [`${image}?size=thumb&exp=${exp}&sig=${sig}&format=webp`, 'signature_invalid'],
      [`${image}?size=thumb&exp=${exp}&exp=${exp}&sig=${sig}`, 'invalid_parameter'],
      [`${image}?size=thumb&exp=${exp}&sig=${sig}&sig=${sig}`, 'invalid_parameter'],
      [`/projects/shop/thumbnail?size=thumb&exp=${exp}&sig=${sig}`, 'signature_invalid'],
      [other.replace('/shop/', '/absent/'), 'signature_invalid'],
      [`${image}?size=thumb&exp=${exp}&sig=`, 'signature_invalid'],
    ] as const)
      expect([url, await code(url)]).toEqual([url, expected])
  })

  it('is not sent for an expired signature, or one without an expiry', async () => {
    const { code, image } = await privateProject()
    const ended = signUrl(`${image}?size=thumb`, { keys: KEYS, expiresAt: new Date(Date.now() - 1000) })
    expect(await code(ended)).toBe('signature_expired')
    // Of a project that does not exist, the same.
    for (const path of [`${image}?size=thumb`, `${image}/render?w=64`, `${image}/render?preset=card`])
      for (const url of [path, path.replace('/shop/', '/absent/')])
        expect([url, await code(signUrl(url, { keys: KEYS }))]).toEqual([url, 'signature_invalid'])
    expect(await code(signUrl(`${image}?size=thumb`, { keys: ['a key of somebody else'], expiresAt: soon() }))).toBe(
      'signature_invalid',
    )
    expect(await code(signUrl(`${image}?size=thumb`, { keys: KEYS.slice(1), expiresAt: soon() }))).toBe(200)
  })

  it('cannot be changed or listed with a signed URL', async () => {
    const { ask, code, image } = await privateProject()
    for (const path of ['/projects/shop', '/projects/shop/images'])
      expect(await code(signUrl(path, { keys: KEYS, expiresAt: soon() }))).toBe('project_not_found')
    const url = signUrl(image, { keys: KEYS, expiresAt: soon() })
    expect((await ask({}, 'DELETE', url)).status).toBe(401)
  })

  itInFolder('accel', 'is passed to nginx only after authorization', async () => {
    const { ask, image } = await privateProject({ accelRedirect: '/stored' })
    const refused = await ask({}, 'GET', `${image}?size=thumb`)
    expect([refused.status, refused.headers.get('x-accel-redirect')]).toEqual([404, null])
    const sent = await ask(keyOf(READER), 'GET', `${image}?size=thumb`)
    expect(sent.headers.get('x-accel-redirect')).toMatch(/^\/stored\/projects\/shop\/thumb\//)
    expect(sent.headers.get('cache-control')).toBe('private, no-cache')
  })
})

/** What a client with a connection of its own gets for a request without a header but Host. */
const rawStatus = async (port: number, path: string): Promise<string> => {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.setEncoding('latin1').write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
  const [text]: string[] = await once(socket, 'data')
  socket.destroy()
  return text?.slice(0, 12) ?? ''
}

describe('the fast path', () => {
  it('serves pictures of public projects, and none once a project is private', async () => {
    const tintype = await createAccessApp({ ...LONG_MEMORY, presets: 'card:w=80' })
    const { image_id } = await tintype.upload(keyOf(ADMIN), 'shop')
    let fast = 0
    const server = await startHttpServer({
      fetch: tintype.app.fetch,
      host: '127.0.0.1',
      port: 0,
      requestTimeoutMs: 30_000,
      answerFast: countedFast(tintype.answerFast, () => {
        fast++
      }),
    })
    onTestFinished(() => server.drain())
    const image = `/projects/shop/images/${image_id}`
    const paths = [
      `${image}?size=thumb`,
      `${image}/game.jpg`,
      '/projects/shop/thumbnail',
      `${image}/game.webp`,
      `${image}/render?preset=card`,
    ]
    const ask = () => Promise.all(paths.map((path) => rawStatus(server.port, path)))
    const visible = (visibility: string) => tintype.ask(keyOf(ADMIN), 'PATCH', '/projects/shop', { visibility })

    await ask()
    fast = 0
    expect(await ask()).toEqual(paths.map(() => 'HTTP/1.1 200'))
    expect(fast).toBe(paths.length)

    await visible('private')
    fast = 0
    expect(await ask()).toEqual(paths.map(() => 'HTTP/1.1 404'))
    expect((await tintype.ask(keyOf(ADMIN), 'GET', `${image}?size=thumb`)).status).toBe(200)
    expect((await tintype.ask(keyOf(ADMIN), 'GET', `${image}/render?preset=card`)).status).toBe(200)
    expect(await ask()).toEqual(paths.map(() => 'HTTP/1.1 404'))
    expect(fast).toBe(0)

    await visible('public')
    expect(await ask()).toEqual(paths.map(() => 'HTTP/1.1 200'))
  })
})
