// The pages and files of the gallery: what is served, how it is cached, and what a page may load.

import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { PAGE_POLICY, pageOf } from '../../../src/http/gallery/page.ts'
import { createTestApp, problemOf } from '../../support/app.ts'

const GALLERY = { gallery: true, isWholeSite: true }

/** URLs of the files that a page names. */
const filesOf = (page: string): string[] => [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url = '']) => url)

/** The app without the check of answers against the OpenAPI document, which has no pages. */
const createGallery = async (options = {}) => {
  const tintype = await createTestApp({ ...GALLERY, ...options })
  return { ...tintype, request: (path: string, init?: RequestInit) => tintype.app.request(path, init) }
}

describe('a page of the gallery', () => {
  it('is HTML under a strict policy, whose files are immutable, compressed and revalidated', async () => {
    const { request } = await createGallery()
    for (const path of ['/', '/g/demo', '/g/..%2f']) {
      const response = await request(path)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(response.headers.get('content-security-policy')).toBe(PAGE_POLICY)
      expect(response.headers.get('cache-control')).toBe('no-cache')
    }
    expect(PAGE_POLICY).toContain("script-src 'self';")
    expect(PAGE_POLICY).not.toContain('unsafe')

    const response = await request('/')
    const text = await response.text()
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)/)
    const files = filesOf(text)
    expect(files.length).toBeGreaterThanOrEqual(3)
    for (const file of files) {
      expect(file).toMatch(/^\/gallery\/[\w-]+-[\w-]{8}\.(js|css|svg)$/)
      const plain = await request(file)
      expect([plain.status, plain.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
      const compressed = await request(file, { headers: { 'Accept-Encoding': 'br;q=1, gzip;q=0.8' } })
      expect(compressed.headers.get('content-encoding')).toBe('gzip')
      expect(compressed.headers.get('vary')).toContain('Accept-Encoding')
      const refused = await request(file, { headers: { 'Accept-Encoding': 'gzip;q=0' } })
      expect(refused.headers.get('content-encoding')).toBeNull()
      const unzipped = new Response(compressed.body?.pipeThrough(new DecompressionStream('gzip')))
      expect(await unzipped.text()).toBe(await plain.text())
    }

    const again = await request('/', { headers: { 'If-None-Match': response.headers.get('etag') ?? '' } })
    // A browser replaces the policy of its copy by that of the 304.
    expect([again.status, again.headers.get('content-security-policy')]).toEqual([304, PAGE_POLICY])
  })

  it('knows the path that the app is mounted under', async () => {
    const tintype = await createTestApp({ gallery: true, basePath: '/media' })
    const parent = new Hono().route('/media', tintype.app)
    const text = await (await parent.request('/media/g/demo')).text()
    expect(text).toContain('<meta name="tintype-base" content="/media">')
    for (const file of filesOf(text)) {
      expect(file).toMatch(/^\/media\/gallery\//)
      expect((await parent.request(file)).status).toBe(200)
    }
  })

  it('puts nothing of a base path into the page but as text', async () => {
    const page = await pageOf('<head><script src="./a.js"></script></head>', '/a"b$&')
    expect(page).toContain('content="/a&quot;b$&amp;"')
    expect(page).toContain('src="/a&quot;b$&amp;/gallery/a.js"')
  })
})

describe('without the gallery', () => {
  it('/ leads to the documentation, and there are no pages', async () => {
    const { app } = await createTestApp({ isWholeSite: true, gallery: false })
    expect((await app.request('/')).headers.get('location')).toBe('docs')
    for (const path of ['/g/demo', '/gallery/main.js'])
      expect(await problemOf(app.request(path))).toMatchObject({ code: 'route_not_found' })
  })
})

describe('errors beside the gallery', () => {
  it('are problem documents, never HTML', async () => {
    const { request } = await createGallery()
    for (const path of ['/gallery/absent.js', '/gallery/..%2f..%2fpackage.json', '/g', '/g/demo/', '/projects/absent'])
      expect(await problemOf(request(path, { headers: { Accept: 'text/html' } }))).toMatchObject({ status: 404 })
    expect(await problemOf(request('/', { method: 'POST' }))).toMatchObject({ code: 'method_not_allowed' })
  })
})
