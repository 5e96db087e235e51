// What messengers and search engines read of the gallery's pages: Open Graph of public projects, and nothing of others.

import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { PAGE_POLICY } from '../../../src/http/gallery/page.ts'
import type { TintypeOptions } from '../../../src/options.ts'
import { ADMIN, createAccessApp, keyOf } from '../../support/auth/access.ts'

/** A public project "shop" with one picture. */
const openShop = async (options: TintypeOptions = {}) => {
  const api = await createAccessApp({ gallery: true, ...options })
  const { image_id: image } = await api.upload(keyOf(ADMIN), 'shop')
  const edit = async (body: object, path = '') => {
    const answer = await api.ask(keyOf(ADMIN), 'PATCH', `/projects/shop${path}`, body)
    if (!answer.ok) throw new Error(await answer.text())
  }
  await edit({ title: 'The shop' })
  return {
    ...api,
    image,
    edit,
    page: async (url = '/g/shop') => {
      const answer = await api.app.request(url)
      const { 'x-request-id': _, ...headers } = Object.fromEntries(answer.headers)
      return { status: answer.status, headers, text: await answer.text() }
    },
  }
}

/** Contents of the `meta` elements of a page by name or property. */
const metaOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/<meta (?:property|name)="([^"]*)" content="([^"]*)">/g)].map(([, name, value]) => [name, value]),
  )

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

const ATTACKS = [
  '"><script>alert(1)</script>',
  '</title><img src=x onerror=alert(1)>',
  '</head><body onload=alert(1)>',
  "' onmouseover='alert(1)",
  '&quot;&gt;&lt;svg onload=alert(1)&gt;',
  '"><meta http-equiv="refresh" content="0;url=//evil.example">',
  '<!-- --><base href="//evil.example/">',
  "$& $1 $` $' $$",
]

describe('the page of a public project', () => {
  it('has a title, and a preview with whole URLs', async () => {
    const { page, image } = await openShop()
    const { text } = await page('http://pictures.example/g/shop')
    expect(text).toContain('<title>The shop – Tintype</title>')
    expect(metaOf(text)).toMatchObject({
      'og:type': 'website',
      'og:title': 'The shop',
      'og:description': '1 picture',
      'og:url': 'http://pictures.example/g/shop',
      'og:image': `http://pictures.example/projects/shop/images/${image}?size=medium`,
      'twitter:card': 'summary_large_image',
    })
    expect((await page('https://pictures.example:8443/g/shop?image=x')).text).toContain(
      'content="https://pictures.example:8443/g/shop"',
    )
  })

  it('has URLs below the path that the app is mounted under', async () => {
    const { app, image } = await openShop({ basePath: '/media' })
    const parent = new Hono().route('/media', app)
    expect(metaOf(await (await parent.request('http://pictures.example/media/g/shop')).text())).toMatchObject({
      'og:url': 'http://pictures.example/media/g/shop',
      'og:image': `http://pictures.example/media/projects/shop/images/${image}?size=medium`,
    })
  })

  it('has the scheme that a trusted proxy names, and no other', async () => {
    const { app } = await openShop({ trustProxy: '127.0.0.1' })
    const urlFor = async (remoteAddress: string) => {
      const incoming = { httpVersionMajor: 1, complete: true, url: '/g/shop', socket: { remoteAddress } }
      const headers = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'evil.example' }
      const answer = await app.request('http://pictures.example/g/shop', { headers }, { incoming })
      return metaOf(await answer.text())['og:url']
    }
    expect(await urlFor('127.0.0.1')).toBe('https://pictures.example/g/shop')
    expect(await urlFor('192.0.2.1')).toBe('http://pictures.example/g/shop')
  })

  it('names the public address of the settings, whatever the host of the request', async () => {
    const { image, page } = await openShop({ publicUrl: 'https://shop.example/media', basePath: '/media' })
    const meta = metaOf((await page('http://127.0.0.1/g/shop')).text)
    expect(meta['og:url']).toBe('https://shop.example/media/g/shop')
    expect(meta['og:image']).toBe(`https://shop.example/media/projects/shop/images/${image}?size=medium`)
  })

  it('is named by its id without a title, and has no picture without images', async () => {
    const { page, edit, image, ask } = await openShop()
    await edit({ title: null })
    await ask(keyOf(ADMIN), 'DELETE', `/projects/shop/images/${image}`)
    const { text } = await page()
    expect(text).toContain('<title>shop – Tintype</title>')
    expect(metaOf(text)).toMatchObject({
      'og:title': 'shop',
      'og:description': '0 pictures',
      'twitter:card': 'summary',
    })
    expect(text).not.toContain('og:image')
  })

  it('shows titles and alternative texts as texts, whatever they contain', async () => {
    const { page, edit, image } = await openShop()
    const withTexts = async (title: string, alt: string) => {
      await edit({ title })
      await edit({ alt }, `/images/${image}`)
      return page()
    }
    const plain = await withTexts('TITLE', 'ALT')
    expect(plain.text.match(/TITLE/g)).toHaveLength(2)
    expect(plain.text.match(/ALT/g)).toHaveLength(1)
    for (const attack of ATTACKS) {
      const { text, headers } = await withTexts(attack, `alt ${attack}`)
      const shown = text.replaceAll(`alt ${escaped(attack)}`, 'ALT').replaceAll(escaped(attack), 'TITLE')
      expect(shown).toBe(plain.text)
      expect(headers['content-security-policy']).toBe(PAGE_POLICY)
    }
  })
})

describe('the page of a private project', () => {
  it('equals that of an absent one in every byte, for admins too', async () => {
    const { page, edit, app } = await openShop({ galleryIndex: true })
    await edit({ visibility: 'private' })
    const hidden = await page()
    expect(hidden).toEqual(await page('/g/absent'))
    expect(hidden).toEqual(await page('/g/not%20an%20id'))
    expect(metaOf(hidden.text).robots).toBe('noindex')
    expect(hidden.text).not.toMatch(/og:|shop/)
    expect(await (await app.request('/g/shop', { headers: keyOf(ADMIN) })).text()).toBe(hidden.text)
  })
})

describe('search engines', () => {
  const robotsOf = ({ text, headers }: { text: string; headers: Record<string, string> }) => [
    metaOf(text).robots,
    headers['x-robots-tag'],
  ]

  it('may not list any page by default', async () => {
    const { page } = await openShop()
    for (const path of ['/', '/g/shop', '/g/absent']) expect(robotsOf(await page(path))).toEqual(['noindex', 'noindex'])
  })

  it('may list the front page and public projects where it is wanted', async () => {
    const { page } = await openShop({ galleryIndex: true })
    for (const path of ['/', '/g/shop']) expect(robotsOf(await page(path))).toEqual([undefined, undefined])
    expect(robotsOf(await page('/g/absent'))).toEqual(['noindex', 'noindex'])
  })
})
