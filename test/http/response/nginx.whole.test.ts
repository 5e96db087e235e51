// nginx.conf of this folder, really run: Debian's nginx in front of Tintype sends the bytes of stored pictures.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest'
import { startHttpServer } from '../../../src/server/http-server.ts'
import { createTestApp, problemOf, uploadTo } from '../../support/app.ts'
import { moveAndLink } from '../../support/attacks/linked.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { freePort, hasNginx, startNginx } from '../../support/processes/nginx.mjs'
import { skipWithout } from '../../support/skip.ts'
import { formOf } from '../../support/upload.ts'

const STORED = /X-Accel-Redirect/i

/** Tintype behind nginx, with its configuration as users have it but for the addresses and the folder. */
const behindNginx = async (context: TestContext) => {
  if (!hasNginx()) skipWithout(context, 'nginx')
  const tintype = await createTestApp({ allowedOrigins: '*', accelRedirect: '/stored' })
  const { app, answerFast, storageDir } = tintype
  const server = await startHttpServer({
    fetch: app.fetch,
    answerFast,
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs: 30_000,
  })
  onTestFinished(() => server.drain())
  const [folder, port] = [await temporaryFolder(), await freePort()]
  const text = await readFile(new URL('./nginx.conf', import.meta.url), 'utf8')
  const http = text
    .replace('127.0.0.1:8001', `127.0.0.1:${server.port}`)
    .replace('127.0.0.1:8080', `127.0.0.1:${port}`)
    .replaceAll('/srv/tintype/storage/', `${storageDir}/`)
  const nginx = await startNginx({ folder, port, http })
  onTestFinished(() => nginx.stop())
  const direct = `http://127.0.0.1:${server.port}`
  return { ...tintype, direct, url: `http://127.0.0.1:${port}` }
}

const photo = (background: string) => plainJpeg(1000, 700, background)

/** Headers that are others in each answer, or said by each server for itself. */
const OF_ONE_ANSWER = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'last-modified',
  'transfer-encoding',
  'x-accel-redirect',
  'x-request-id',
])

describe('behind nginx', () => {
  it('the bytes are the stored ones, with the headers of Tintype alone', async (context) => {
    const { app, url, direct, storageDir } = await behindNginx(context)
    const { image_id } = await uploadTo(app, 'Game', await photo('#a05030'))
    for (const target of [`images/${image_id}?size=medium`, `images/${image_id}/game.jpg`, 'thumbnail', 'cover.jpg']) {
      const path = `/projects/Game/${target}`
      const told = await fetch(direct + path)
      expect(told.headers.get('x-accel-redirect'), path).toMatch(/^\/stored\/projects\/!game\/\w+\/\w+\.jpg$/)
      expect(await told.text(), path).toBe('')
      const sent = await fetch(url + path)
      const size = /medium|game\.jpg/.exec(target)?.[0].replace('.jpg', '') ?? 'thumb'
      const stored = await readFile(join(storageDir, 'projects', '!game', size, `${image_id}.jpg`))
      expect(Buffer.from(await sent.arrayBuffer()).equals(stored), path).toBe(true)
      expect(sent.headers.get('content-length')).toBe(String(stored.length))
      for (const [name, value] of told.headers)
        if (!OF_ONE_ANSWER.has(name)) expect([name, sent.headers.get(name)], path).toEqual([name, value])
      expect(sent.headers.get('accept-ranges')).toBe('bytes')
      expect(Math.abs(Date.parse(sent.headers.get('last-modified') ?? '') - Date.now())).toBeLessThan(60_000)
      for (const [name] of sent.headers) expect(name).not.toMatch(STORED)
    }
  })

  it('conditions, ranges and HEAD are answered as without nginx', async (context) => {
    const { app, url } = await behindNginx(context)
    const { image_id, sizes } = await uploadTo(app, 'game', await photo('#205030'))
    const { bytes } = sizes.original
    const etag = `"${image_id}-original-${bytes}"`
    const read = async (headers: Record<string, string>, method = 'GET') => {
      const response = await fetch(`${url}/projects/game/images/${image_id}`, { headers, method })
      return [response.status, (await response.arrayBuffer()).byteLength, response.headers.get('etag')]
    }
    expect(await read({})).toEqual([200, bytes, etag])
    expect(await read({}, 'HEAD')).toEqual([200, 0, etag])
    expect(await read({ 'If-None-Match': etag })).toEqual([304, 0, etag])
    expect(await read({ 'If-None-Match': '"other"' })).toEqual([200, bytes, etag])
    expect(await read({ 'If-Modified-Since': new Date(Date.now() + 5000).toUTCString() })).toEqual([304, 0, etag])
    expect(await read({ 'If-Match': etag })).toEqual([200, bytes, etag])
    expect((await read({ 'If-Match': '"other"' }))[0]).toBe(412)
    expect(await read({ Range: 'bytes=10-19' })).toEqual([206, 10, etag])
    expect(await read({ Range: 'bytes=-10' })).toEqual([206, 10, etag])
    expect(await read({ Range: 'bytes=10-19', 'If-Range': etag })).toEqual([206, 10, etag])
    expect(await read({ Range: 'bytes=10-19', 'If-Range': '"other"' })).toEqual([200, bytes, etag])
    expect((await read({ Range: `bytes=${bytes}-` }))[0]).toBe(416)
  })

  it('a new cover is served at once, and the old tag does not match', async (context) => {
    const { app, url } = await behindNginx(context)
    const first = await uploadTo(app, 'game', await photo('#000010'))
    const second = await uploadTo(app, 'game', await photo('#000020'))
    const cover = (headers?: Record<string, string>) => fetch(`${url}/projects/game/thumbnail`, { headers })
    const before = await cover()
    expect(before.headers.get('etag')).toBe(`"${first.image_id}-thumb-${first.sizes.thumb.bytes}"`)
    await app.request(`/projects/game/primary/${second.image_id}`, { method: 'PUT' })
    const conditions = {
      'If-None-Match': before.headers.get('etag') ?? '',
      'If-Modified-Since': before.headers.get('last-modified') ?? '',
    }
    const after = await cover(conditions)
    expect([after.status, after.headers.get('etag')]).toEqual([
      200,
      `"${second.image_id}-thumb-${second.sizes.thumb.bytes}"`,
    ])
    const byDate = await cover({ 'If-Modified-Since': conditions['If-Modified-Since'] })
    expect(byDate.status).toBe(200)
  })

  it('the folder is not accessible, deleted images are gone, and uploads are passed on', async (context) => {
    const { url, storageDir } = await behindNginx(context)
    const body = formOf(await photo('#a0a0a0'))
    const response = await fetch(`${url}/projects/game/images`, { method: 'POST', body })
    expect(response.status).toBe(201)
    const image = `${url}${response.headers.get('location')}`
    expect((await fetch(image)).status).toBe(200)
    expect((await fetch(`${url}/stored/projects/game/meta.json`)).status).toBe(404)
    // Tintype answers from memory, and nginx does not follow the link.
    const linked = await moveAndLink(storageDir, 'projects/game/original')
    expect((await fetch(image)).status).toBe(404)
    await linked.putBack()
    await fetch(image, { method: 'DELETE' })
    expect(await problemOf(fetch(image))).toMatchObject({ status: 404, code: 'image_not_found' })
  })
})
