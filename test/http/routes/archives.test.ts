// Archives of projects by HTTP.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import { signUrl } from '../../../src/index.ts'
import { createTestApp, problemOf, uploadTo } from '../../support/app.ts'
import { ADMIN, createAccessApp, keyOf, READER } from '../../support/auth/access.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { itInFolder, storedVariant } from '../../support/store/here.ts'
import { filesInZip } from '../../support/transfer/zip.ts'

const PATH = '/projects/shop/archive'

/** A project with an asset, two images of one name and their ids. */
const shop = async () => {
  const app = await createTestApp()
  const photo = (side: number) => plainJpeg(side, 40)
  const body = new FormData()
  body.set('file', new Blob([new Uint8Array(await photo(30))]), 'x.jpg')
  const asset = await app.app.request('/projects/shop/assets/ui/ok', { method: 'PUT', body })
  expect(asset.status).toBe(201)
  const one = await uploadTo(app.app, 'shop', await photo(50))
  const other = await uploadTo(app.app, 'shop', await photo(60))
  return { ...app, ids: [one.image_id, other.image_id] }
}

describe('the archive of a project', () => {
  it.each(SIZES)('has the stored files of every image in size %s, byte for byte', async (size) => {
    const { app, storageDir, ids } = await shop()
    const response = await app.request(`${PATH}?size=${size}`)
    expect(response.status).toBe(200)
    const zip = new Uint8Array(await response.arrayBuffer())
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/zip',
      'content-length': String(zip.length),
      'content-disposition': `attachment; filename="shop${size === 'original' ? '' : `-${size}`}.zip"`,
      'accept-ranges': 'none',
      'cache-control': 'no-cache',
    })
    const files = await filesInZip(zip)
    expect([...files.keys()]).toEqual(['ui/ok.jpg', 'photo.jpg', `photo-${ids[1]}.jpg`])
    for (const [at, name] of ['photo.jpg', `photo-${ids[1]}.jpg`].entries()) {
      const stored = await storedVariant(storageDir, 'shop', ids[at] ?? '', size)
      expect(files.get(name)?.equals(stored)).toBe(true)
    }
  })

  it('is revalidated by its revision and size, and has a head', async () => {
    const { app } = await shop()
    const head = await app.request(PATH, { method: 'HEAD' })
    const etag = head.headers.get('etag') ?? ''
    const { length } = new Uint8Array(await (await app.request(PATH)).arrayBuffer())
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, String(length), ''])
    const again = (query = '') => app.request(`${PATH}${query}`, { headers: { 'If-None-Match': etag } })
    expect((await again()).status).toBe(304)
    expect((await again('?size=game')).status).toBe(200)
    await uploadTo(app, 'shop')
    expect((await again()).status).toBe(200)
  })

  it('ignores ranges', async () => {
    const { app } = await shop()
    const response = await app.request(PATH, { headers: { Range: 'bytes=0-9' } })
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([
      200,
      Number(response.headers.get('content-length')),
    ])
  })

  it('refuses unknown parameters, sizes and projects', async () => {
    const { app } = await shop()
    for (const query of ['?szie=game', '?size=huge', '?size=game&size=thumb'])
      expect((await problemOf(app.request(PATH + query))).code).toBe('invalid_parameter')
    expect((await problemOf(app.request('/projects/none/archive'))).code).toBe('project_not_found')
    expect((await problemOf(app.request(PATH, { method: 'POST' }))).code).toBe('method_not_allowed')
  })

  itInFolder('files', 'of a damaged project is an error', async () => {
    const { app, storageDir, ids } = await shop()
    await rm(join(storageDir, 'projects', 'shop', 'thumb', `${ids[0]}.jpg`))
    expect((await problemOf(app.request(`${PATH}?size=thumb`))).code).toBe('project_damaged')
    const others = await app.request(`${PATH}?size=game`)
    expect(others.status).toBe(200)
    await others.arrayBuffer()
  })

  it('gives up its place where a client leaves or has read it: more than the most at once follow each other', async () => {
    const { app } = await shop()
    for (let n = 0; n < 20; n++) {
      const response = await app.request(PATH)
      expect(response.status).toBe(200)
      if (n % 2 === 0) await response.arrayBuffer()
      else await response.body?.cancel()
    }
    const held = await Promise.all(Array.from({ length: 16 }, () => app.request(PATH)))
    expect(held.map(({ status }) => status)).toEqual(Array(16).fill(200))
    const { code, response } = await problemOf(app.request(PATH))
    expect([code, response.headers.get('retry-after')]).toEqual(['busy', '10'])
    expect((await app.request(PATH, { method: 'HEAD' })).status).toBe(200)
    await held[0]?.body?.cancel()
    const next = await app.request(PATH)
    expect(next.status).toBe(200)
    for (const response of [...held.slice(1), next]) await response.body?.cancel()
  })
})

describe('the archive of a private project', () => {
  it('is sent by key and by signed URL, and hidden otherwise', async () => {
    const keys = ['a key for tests only 1']
    const { ask, upload } = await createAccessApp({ signingKeys: keys, newVisibility: 'private' })
    await upload(keyOf(ADMIN), 'shop')
    expect((await problemOf(ask({}, 'GET', PATH))).code).toBe('project_not_found')
    const expiresAt = new Date(Date.now() + 60_000)
    const url = signUrl(`${PATH}?size=game`, { keys, expiresAt })
    for (const [who, path] of [
      [keyOf(READER), PATH],
      [{}, url],
    ] as const) {
      const response = await ask(who, 'GET', path)
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'private, no-cache'])
      expect((await filesInZip(new Uint8Array(await response.arrayBuffer()))).size).toBe(1)
    }
    for (const other of [url.replace('size=game', 'size=original'), url.replace('archive', 'thumbnail')])
      expect((await problemOf(ask({}, 'GET', other))).code).toBe('signature_invalid')
    expect((await problemOf(ask({}, 'GET', signUrl(PATH, { keys })))).code).toBe('signature_invalid')
  })
})
