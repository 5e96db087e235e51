// Manifests of projects by HTTP.

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { SIZES } from '../../../src/core/names.ts'
import { signUrl } from '../../../src/index.ts'
import { createTestApp, problemOf, type TestApp, uploadTo } from '../../support/app.ts'
import { ADMIN, createAccessApp, keyOf, READER } from '../../support/auth/access.ts'
import { plainJpeg, sha256Of } from '../../support/pictures/pictures.ts'
import { itInFolder } from '../../support/store/here.ts'
import { plantProject } from '../../support/store/planted-project.ts'

const PATH = '/projects/shop/manifest.json'

const filesSchema = z.record(
  z.string(),
  z.strictObject({
    url: z.string(),
    width: z.int(),
    height: z.int(),
    bytes: z.int().nullable(),
    sha256: z.string().nullable(),
  }),
)

const pixiSchema = z.strictObject({
  bundles: z.array(
    z.strictObject({
      name: z.string(),
      assets: z.array(z.strictObject({ alias: z.string(), src: z.string() })),
    }),
  ),
})

const putAsset = async (app: TestApp['app'], name: string, side: number) => {
  const body = new FormData()
  body.set('file', new Blob([new Uint8Array(await plainJpeg(side, 40))]), 'x.jpg')
  const response = await app.request(`/projects/shop/assets/${name}`, { method: 'PUT', body })
  expect(response.status).toBeLessThan(300)
}

/** A project with an asset and another image. */
const shop = async () => {
  const app = await createTestApp()
  await putAsset(app.app, 'ui/ok', 30)
  const { image_id: id } = await uploadTo(app.app, 'shop', await plainJpeg(50, 40))
  return { ...app, id }
}

const manifest = async (request: Response | Promise<Response>) => {
  const response = await request
  expect(response.status, await response.clone().text()).toBe(200)
  const body = z.looseObject({ files: filesSchema }).parse(await response.json())
  return { response, body, files: body.files }
}

describe('the manifest of a project', () => {
  it.each(SIZES)('has the URL, pixels, length and hash of every picture in size %s, by name', async (size) => {
    const { app, id } = await shop()
    const { response, body, files } = await manifest(app.request(`${PATH}?size=${size}`))
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(body).toMatchObject({ project_id: 'shop', revision: 2, size, format: 'jpeg' })
    expect(Object.keys(files)).toEqual(['ui/ok', id])
    for (const { url, bytes, sha256 } of Object.values(files)) {
      expect(url).toMatch(new RegExp(`^/projects/shop/images/[0-9a-z]{20}/${size}\\.jpg$`))
      const picture = await app.request(url)
      expect(picture.headers.get('cache-control')).toContain('immutable')
      const file = Buffer.from(await picture.arrayBuffer())
      expect([bytes, sha256]).toEqual([file.length, sha256Of(file)])
    }
    expect(files[id]).toMatchObject(size === 'game' ? { width: 50, height: 50 } : { width: 50, height: 40 })
  })

  it('names files of other formats, which are rendered, without length and hash', async () => {
    const { app, id } = await shop()
    const { body, files } = await manifest(app.request(`${PATH}?format=webp&size=thumb`))
    expect(body.format).toBe('webp')
    expect(files[id]).toMatchObject({ bytes: null, sha256: null, width: 50 })
    const picture = await app.request(files[id]?.url ?? '')
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/webp'])
    expect((await manifest(app.request(`${PATH}?format=jpg`))).body.format).toBe('jpeg')
  })

  it('has the form of PixiJS with layout=pixi', async () => {
    const { app, id } = await shop()
    const response = await app.request(`${PATH}?layout=pixi&format=png&size=game`)
    const { bundles } = pixiSchema.parse(await response.json())
    expect(bundles).toEqual([
      {
        name: 'shop',
        assets: [
          { alias: 'ui/ok', src: expect.stringMatching(/\/game\.png$/) },
          { alias: id, src: `/projects/shop/images/${id}/game.png` },
        ],
      },
    ])
  })

  it('gives a replaced asset another URL, and each form an entity tag of its own', async () => {
    const { app } = await shop()
    const before = await manifest(app.request(PATH))
    const etag = before.response.headers.get('etag') ?? ''
    const again = (query = '') => app.request(`${PATH}${query}`, { headers: { 'If-None-Match': etag } })
    const unchanged = await again()
    expect([unchanged.status, await unchanged.text(), unchanged.headers.get('etag')]).toEqual([304, '', etag])
    for (const query of ['?size=game', '?format=webp', '?layout=pixi']) expect((await again(query)).status).toBe(200)
    await putAsset(app, 'ui/ok', 60)
    const after = await manifest(again())
    expect(after.files['ui/ok']?.url).not.toBe(before.files['ui/ok']?.url)
  })

  it('keeps an asset whose name is the id of another image, and leaves that image out', async () => {
    const { app, id } = await shop()
    await putAsset(app, id, 70)
    await putAsset(app, '__proto__', 80)
    const response = await app.request(PATH)
    const text = await response.text()
    expect(text.split(`"${id}":`)).toHaveLength(2)
    expect(text).not.toContain(`/images/${id}/`)
    expect(Object.keys(JSON.parse(text).files)).toEqual(['ui/ok', id, '__proto__'])
  })

  it('of an empty project is empty, and a request for its head has no body', async () => {
    const { app } = await shop()
    await app.request('/projects/none', { method: 'PUT' })
    const empty = await manifest(app.request('/projects/none/manifest.json'))
    expect(empty.files).toEqual({})
    const pixi = await app.request('/projects/none/manifest.json?layout=pixi')
    expect(await pixi.json()).toEqual({ bundles: [{ name: 'none', assets: [] }] })
    const head = await app.request(PATH, { method: 'HEAD' })
    expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([
      200,
      '',
      (await app.request(PATH)).headers.get('etag'),
    ])
  })

  itInFolder('planted', 'names 10,000 images, made while it is read', async () => {
    const { app, storageDir } = await createTestApp()
    const ids = await plantProject({ storageDir, projectId: 'shop', images: 10_000, files: false })
    const { files } = await manifest(app.request(PATH))
    expect(Object.keys(files)).toEqual(ids)
    const reader = (await app.request(PATH)).body?.getReader()
    const first = await reader?.read()
    expect(first?.value?.length).toBeLessThan(100_000)
    await reader?.cancel()
  })

  it.each([
    ['size=huge', 'size'],
    ['format=auto', 'format'],
    ['format=gif', 'format'],
    ['layout=phaser', 'layout'],
    ['layout=pixi&layout=pixi', 'layout'],
    ['szie=game', 'szie'],
    ['exp=soon', 'exp'],
  ])('refuses %s and names the field', async (query, field) => {
    const { app } = await shop()
    const { code, detail } = await problemOf(app.request(`${PATH}?${query}`))
    expect([code, detail]).toEqual(['invalid_parameter', expect.stringContaining(field)])
  })

  it('has no other methods, and is not there without its project', async () => {
    const { app } = await shop()
    expect((await problemOf(app.request(PATH, { method: 'POST' }))).code).toBe('method_not_allowed')
    expect((await problemOf(app.request('/projects/none/manifest.json'))).code).toBe('project_not_found')
  })
})

describe('the manifest of a private project', () => {
  const keys = ['a key for tests only 1']
  const expiresAt = new Date('2100-01-01')

  const closed = async () => {
    const app = await createAccessApp({ signingKeys: keys, newVisibility: 'private' })
    const { image_id: id } = await app.upload(keyOf(ADMIN), 'shop')
    return { ...app, id }
  }

  it('answers a signed request with URLs that are signed until the same end, and need nothing else', async () => {
    const { ask, id } = await closed()
    for (const who of [{}, keyOf(READER)])
      for (const query of ['?size=thumb', '?size=thumb&format=webp']) {
        const signed = signUrl(`${PATH}${query}`, { keys, expiresAt })
        const { response, files } = await manifest(ask(who, 'GET', signed))
        expect(response.headers.get('cache-control')).toBe('private, no-cache')
        const url = files[id]?.url ?? ''
        expect(new URLSearchParams(url.split('?')[1]).get('exp')).toBe(String(expiresAt.getTime() / 1000))
        expect((await ask({}, 'GET', url)).status).toBe(200)
        expect((await ask({}, 'GET', url.replace('thumb', 'original'))).status).toBe(403)
      }
    const pixi = signUrl(`${PATH}?layout=pixi`, { keys, expiresAt })
    const { bundles } = pixiSchema.parse(await (await ask({}, 'GET', pixi)).json())
    expect((await ask({}, 'GET', bundles[0]?.assets[0]?.src ?? '')).status).toBe(200)
  })

  it('answers a request by key with plain URLs, which need the key', async () => {
    const { ask, id } = await closed()
    const { response, files } = await manifest(ask(keyOf(READER), 'GET', PATH))
    expect([files[id]?.url, response.headers.get('cache-control')]).toEqual([
      `/projects/shop/images/${id}/original.jpg`,
      'private, no-cache',
    ])
    expect((await ask({}, 'GET', files[id]?.url ?? '')).status).toBe(404)
    expect((await ask(keyOf(READER), 'GET', files[id]?.url ?? '')).status).toBe(200)
  })

  it('has an entity tag of its own for each signature', async () => {
    const { ask } = await closed()
    const etagOf = async (path: string, who = {}) => (await ask(who, 'GET', path)).headers.get('etag')
    const later = new Date(expiresAt.getTime() + 1000)
    const tags = await Promise.all([
      etagOf(PATH, keyOf(READER)),
      etagOf(signUrl(PATH, { keys, expiresAt })),
      etagOf(signUrl(PATH, { keys, expiresAt: later })),
    ])
    expect(new Set(tags).size).toBe(3)
    expect(await etagOf(signUrl(PATH, { keys, expiresAt }))).toBe(tags[1])
  })

  it('is hidden without access, and from signatures of others, of no end and of the past', async () => {
    const { ask } = await closed()
    const codeOf = async (path: string, who = {}) => (await problemOf(ask(who, 'GET', path))).code
    expect(await codeOf(PATH)).toBe('project_not_found')
    const signed = signUrl(PATH, { keys, expiresAt })
    expect(await codeOf(signed.replace('?', '?size=game&'))).toBe('signature_invalid')
    expect(await codeOf(signed.replace('exp=4', 'exp=5'))).toBe('signature_invalid')
    expect(await codeOf(signed.replace('exp=4', 'exp=5'), keyOf(READER))).toBe('signature_invalid')
    expect(await codeOf(signUrl(PATH, { keys }))).toBe('signature_invalid')
    expect(await codeOf(signUrl(PATH, { keys, expiresAt: new Date(1000) }))).toBe('signature_expired')
    expect(
      await codeOf(signUrl('/projects/shop/archive', { keys, expiresAt }).replace('archive', 'manifest.json')),
    ).toBe('signature_invalid')
  })
})
