// Lists of images by tag, text and order.

import { describe, expect, it } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import { imageListSchema, uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { createTestApp, problemOf, type TestApp, uploadTo } from '../../support/app.ts'
import { sha256Of, smallPhoto } from '../../support/pictures/pictures.ts'
import { storedVariant } from '../../support/store/here.ts'
import { formOf } from '../../support/upload.ts'

const PATH = '/projects/game/images'

/** Uploads images with a title of their own, in this order. */
const withImages = async (images: readonly { title: string; name?: string; tags?: string }[]) => {
  const tintype = await createTestApp()
  const ids = new Map<string, string>()
  for (const details of images) {
    const body = formOf(await smallPhoto())
    for (const [name, value] of Object.entries(details)) body.set(name, value)
    const response = await tintype.app.request(PATH, { method: 'POST', body })
    ids.set(details.title, uploadSchema.parse(await response.json()).image_id)
  }
  return { ...tintype, ids }
}

const list = async ({ app }: Pick<TestApp, 'app'>, url: string) => {
  const response = await app.request(url)
  expect(response.status, await response.clone().text()).toBe(200)
  const { images, next } = imageListSchema.parse(await response.json())
  return { titles: images.map(({ title }) => title), next }
}

const FOUR = [
  { title: 'd', name: 'IMG_10.jpg', tags: 'sea,sky' },
  { title: 'c', name: 'img_9.jpg', tags: 'sky' },
  { title: 'b', name: 'Strand.jpg', tags: 'sea' },
  { title: 'a', name: 'anker.jpg', tags: 'sea,two words' },
]

describe('GET /projects/{project_id}/images', () => {
  it('filters by tags, by text and by both, and sorts', async () => {
    const app = await withImages(FOUR)
    const titles = async (query: string) => (await list(app, PATH + query)).titles.join('')
    expect(await titles('')).toBe('dcba')
    expect(await titles('?tag=sea')).toBe('dba')
    expect(await titles('?tag=sea&tag=sky')).toBe('d')
    expect(await titles('?tag=two%20words')).toBe('a')
    expect(await titles('?tag=Sea')).toBe('')
    expect(await titles('?q=IMG')).toBe('dc')
    expect(await titles('?q=%20strand%20')).toBe('b')
    expect(await titles('?q=')).toBe('dcba')
    expect(await titles('?tag=sea&q=a')).toBe('dba')
    expect(await titles('?sort=order')).toBe('dcba')
    expect(await titles('?sort=name')).toBe('acdb')
    expect(await titles('?sort=-name')).toBe('bdca')
    expect(await titles('?sort=uploaded')).toBe('dcba')
    expect(await titles('?sort=-uploaded')).toBe('abcd')
    expect(await titles('?sort=taken'), 'none has a time').toBe('dcba')
  })

  it('pages with the same filter and order, also after a deletion', async () => {
    const app = await withImages(FOUR)
    const first = await list(app, `${PATH}?sort=name&tag=sea&q=a&limit=1`)
    expect(first).toMatchObject({
      titles: ['a'],
      next: expect.stringMatching(/\?limit=1&tag=sea&q=a&sort=name&after=n\./),
    })
    await app.app.request(`${PATH}/${app.ids.get('a')}`, { method: 'DELETE' })
    const second = await list(app, first.next ?? '')
    expect(second.titles).toEqual(['d'])
    expect(await list(app, second.next ?? '')).toEqual({ titles: ['b'], next: null })
  })

  it.each([
    ['tags=sea', 'tags', 'one of the parameters pending, limit, after, tag, q, sort, hashes'],
    ['page=2', 'page', 'one of the parameters pending, limit, after, tag, q, sort, hashes'],
    ['sort=size', 'sort', ['order', 'uploaded', '-uploaded', 'taken', '-taken', 'name', '-name']],
    ['sort=name&sort=name', 'sort', 'it once'],
    ['q=a&q=b', 'q', 'it once'],
    ['hashes=yes', 'hashes', 'true or false'],
    ['tag=', 'tag', 'tags of 1 to 100 characters without commas and control characters'],
    ['tag=a,b', 'tag', 'tags of 1 to 100 characters without commas and control characters'],
    [`tag=${'a'.repeat(101)}`, 'tag', 'tags of 1 to 100 characters without commas and control characters'],
    [Array(11).fill('tag=a').join('&'), 'tag', 'at most 10 tags'],
    [`q=${'a'.repeat(201)}`, 'q', 'a text of at most 200 characters'],
    ['sort=name&after=t.WzEsMSwiMDAwMDAwMDAwMDAwMDAwMDAwMDAiXQ', 'after', undefined],
    ['sort=order&after=n.x', 'after', undefined],
    ['after=x', 'after', undefined],
  ])('refuses ?%s', async (query, field, expected) => {
    const app = await withImages([{ title: 'a' }])
    expect(await problemOf(app.app.request(`${PATH}?${query}`))).toMatchObject({
      status: 400,
      code: 'invalid_parameter',
      field,
      ...(expected === undefined ? {} : { expected }),
    })
  })

  it('shows the hashes of the stored files and of the upload on request, on every page', async () => {
    const app = await createTestApp()
    const photo = await smallPhoto()
    for (let n = 0; n < 2; n++) await uploadTo(app.app, 'game', photo)
    const listed = async (url: string) => imageListSchema.parse(await (await app.app.request(url)).json())
    const first = await listed(`${PATH}?hashes=true&limit=1`)
    expect(first.next).toContain('hashes=true')
    for (const { images } of [first, await listed(first.next ?? '')])
      for (const { id, sha256 } of images) {
        expect(sha256?.upload).toBe(sha256Of(photo))
        for (const size of SIZES) {
          const stored = await storedVariant(app.storageDir, 'game', id, size)
          expect(sha256?.[size]).toBe(sha256Of(stored))
        }
      }
    for (const query of ['', '?hashes=false'])
      for (const image of (await listed(PATH + query)).images) expect(image).not.toHaveProperty('sha256')
  })

  it('has a tag of its revision, and follows an edit', async () => {
    const app = await withImages(FOUR)
    const url = `${PATH}?tag=sky&sort=name`
    const etag = (await app.app.request(url)).headers.get('etag') ?? ''
    const conditional = () => app.app.request(url, { headers: { 'If-None-Match': etag } })
    expect((await conditional()).status).toBe(304)
    await app.app.request(`${PATH}/${app.ids.get('b')}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ tags: ['sky'] }),
    })
    expect((await conditional()).status).toBe(200)
    expect((await list(app, url)).titles).toEqual(['c', 'd', 'b'])
  })
})
