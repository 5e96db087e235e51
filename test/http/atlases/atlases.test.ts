// Atlases over HTTP: documents, pages, pixels, access.

import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parsePageName } from '../../../src/core/atlas/page-name.ts'
import { atlasSchema, multiAtlasSchema } from '../../../src/http/schemas/atlases/atlases.ts'
import { type Answering, createTestApp, problemOf, uploadTo } from '../../support/app.ts'

const RED = { r: 220, g: 20, b: 30 }
const GREEN = { r: 20, g: 200, b: 40 }
const BLUE = { r: 30, g: 40, b: 210 }

type Colour = typeof RED

const picture = (background: Colour, width = 320, height = 200) =>
  sharp({ create: { width, height, channels: 3, background } })
    .jpeg({ quality: 95 })
    .toBuffer()

const fill = async (app: Answering, projectId: string, colours: readonly Colour[], width?: number, height?: number) => {
  const ids: string[] = []
  for (const colour of colours)
    ids.push((await uploadTo(app, projectId, await picture(colour, width, height))).image_id)
  return ids
}

const documentAt = async (app: Answering, url: string) => {
  const response = await app.request(url)
  expect(response.status).toBe(200)
  return { response, atlas: atlasSchema.parse(await response.json()) }
}

/** A page as pixels, from the URL that Pixi makes: relative to the document. */
const pageOf = async (app: Answering, documentUrl: string, image: string) => {
  const url = new URL(image, `http://relative.invalid${documentUrl}`)
  const response = await app.request(url.pathname + url.search)
  expect(response.status).toBe(200)
  const bytes = Buffer.from(await response.arrayBuffer())
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4)]
  return { response, info, at, format: (await sharp(bytes).metadata()).format }
}

const near = (pixel: readonly number[], { r, g, b }: Colour, by = 12) =>
  [r, g, b, 255].every((value, at) => Math.abs(value - (pixel[at] ?? -1)) <= by)

describe('the atlas of a project', () => {
  it('has a frame of each image, named by its asset or its id, whose pixels reach beyond it', async () => {
    const { app } = await createTestApp()
    const [red = '', green = ''] = await fill(app, 'shop', [RED, GREEN])
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(await picture(BLUE))]), 'x.jpg')
    expect((await app.request('/projects/shop/assets/ui/ok', { method: 'PUT', body: form })).status).toBe(201)
    const url = '/projects/shop/atlas.json'
    const { response, atlas } = await documentAt(app, url)
    expect(Object.keys(atlas.frames)).toEqual([red, green, 'ui/ok'])
    expect(response.headers.get('cache-control')).toBe('no-cache')
    const page = await pageOf(app, url, atlas.meta.image)
    expect([page.format, page.info.width, page.info.height]).toEqual(['webp', atlas.meta.size.w, atlas.meta.size.h])
    expect(page.response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    for (const [name, colour] of Object.entries({ [red]: RED, [green]: GREEN, 'ui/ok': BLUE })) {
      const { x, y, w, h } = atlas.frames[name]?.frame ?? { x: 0, y: 0, w: 0, h: 0 }
      expect([w, h]).toEqual([50, 50])
      for (const by of [0, 1])
        for (const [left, top] of [
          [x - by, y - by],
          [x + 49 + by, y + 49 + by],
          [x + 25, y + 49 + by],
        ])
          expect([name, near(page.at(left ?? 0, top ?? 0), colour)]).toEqual([name, true])
    }
  })

  it('has each name once: an asset that is called as another image keeps its name, and that image has no frame', async () => {
    const { app } = await createTestApp()
    const [red = '', green = ''] = await fill(app, 'shop', [RED, GREEN])
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(await picture(BLUE))]), 'x.jpg')
    expect((await app.request(`/projects/shop/assets/${red}`, { method: 'PUT', body: form })).status).toBe(201)
    const url = '/projects/shop/atlas.json?format=png'
    const { atlas } = await documentAt(app, url)
    expect(Object.keys(atlas.frames)).toEqual([green, red])
    const page = await pageOf(app, url, atlas.meta.image)
    const { x, y } = atlas.frames[red]?.frame ?? { x: 0, y: 0 }
    expect(near(page.at(x + 25, y + 25), BLUE)).toBe(true)
  })

  it('answers 304 to its entity tag, and another one after a change', async () => {
    const { app } = await createTestApp()
    await fill(app, 'shop', [RED])
    const first = await app.request('/projects/shop/atlas.json')
    const headers = { 'If-None-Match': first.headers.get('etag') ?? '' }
    expect((await app.request('/projects/shop/atlas.json', { headers })).status).toBe(304)
    await fill(app, 'shop', [GREEN])
    expect((await app.request('/projects/shop/atlas.json', { headers })).status).toBe(200)
  })

  it('does not move a frame when others are added, deleted or put in order, and leaves the place of a deleted one empty', async () => {
    const { app } = await createTestApp()
    const ids = await fill(app, 'shop', [RED, GREEN, BLUE])
    const url = '/projects/shop/atlas.json?format=png'
    const before = (await documentAt(app, url)).atlas
    const [first = '', second = '', third = ''] = ids
    await app.request(`/projects/shop/images/${second}`, { method: 'DELETE' })
    await app.request('/projects/shop', {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ image_order: [third, first] }),
    })
    const [added = ''] = await fill(app, 'shop', [GREEN])
    const after = (await documentAt(app, url)).atlas
    expect(Object.keys(after.frames).sort()).toEqual([first, third, added].sort())
    for (const id of [first, third]) expect(after.frames[id]).toEqual(before.frames[id])
    expect(after.frames[added]?.frame.x).toBe(2 + 3 * 54)
    const page = await pageOf(app, url, after.meta.image)
    const { x, y } = before.frames[second]?.frame ?? { x: 0, y: 0 }
    expect(page.at(x + 25, y + 25)).toEqual([0, 0, 0, 0])
    expect(near(page.at(2 + 25, 2 + 25), RED)).toBe(true)
    // The page before it is still answered, by what is cached or by its successor.
    expect((await app.request(new URL(before.meta.image, `http://a${url}`).pathname)).status).toBe(200)
  })

  it('sends no earlier page under the name of the present revision', async () => {
    const { app, storageDir } = await createTestApp()
    await fill(app, 'shop', [RED])
    const url = '/projects/shop/atlas.json'
    const before = (await documentAt(app, url)).atlas.meta
    await pageOf(app, url, before.image)
    const cached = `${parsePageName(before.image.replace('atlas/', ''))?.page.hash}.webp`
    const isCached = () => existsSync(join(storageDir, '.cache/shop/atlas', cached))
    await expect.poll(isCached, { timeout: 60_000 }).toBe(true)
    await fill(app, 'shop', [GREEN])
    const after = (await documentAt(app, url)).atlas.meta
    const written = before.image.replace(`.0.${before.revision}.`, `.0.${after.revision}.`)
    expect(written).not.toBe(before.image)
    const { response, info } = await pageOf(app, url, written)
    expect([info.width, response.headers.get('cache-control')]).toEqual([after.size.w, 'no-cache'])
    const kept = await pageOf(app, url, before.image)
    expect(kept.info.width).toBe(before.size.w)
  })

  it('sends an empty page in place of one whose frames are all gone, and the page of a project that was empty', async () => {
    const { app } = await createTestApp({ presets: 'large:w=512,h=512,fit=contain' })
    await app.request('/projects/shop', { method: 'PUT' })
    const url = '/projects/shop/atlas.json?size=large&format=png'
    const empty = (await documentAt(app, url)).atlas.meta
    // Nine of them fill a page.
    const ids = await fill(app, 'shop', Array(10).fill(RED), 512, 512)
    const { atlas } = await documentAt(app, url)
    expect(atlas.meta.pages).toBe(2)
    const part = await app.request('/projects/shop/atlas/1.json?size=large&format=png')
    const last = atlasSchema.parse(await part.json()).meta
    expect((await app.request(`/projects/shop/images/${ids.at(-1)}`, { method: 'DELETE' })).status).toBe(200)
    expect((await documentAt(app, url)).atlas.meta.pages).toBe(1)
    const successor = await pageOf(app, '/projects/shop/atlas/1.json', last.image)
    expect([successor.info.width, successor.response.headers.get('cache-control')]).toEqual([1, 'no-cache'])
    const never = last.image.replace(/\.2048\.1\.\d+\./, '.2048.1.999.')
    expect(await problemOf(app.request(`/projects/shop/atlas/${never}`))).toMatchObject({ code: 'page_not_found' })
    expect((await app.request(`/projects/shop/${empty.image}`)).status).toBe(200)
  })

  it('changes neither the time of the project nor what its entity tag allows, where the first request gives places', async () => {
    const { app } = await createTestApp()
    await fill(app, 'shop', [RED])
    const before = await app.request('/projects/shop')
    await documentAt(app, '/projects/shop/atlas.json')
    const after = await app.request('/projects/shop')
    const timeOf = async (response: Response) => z.object({ updated_at: z.string() }).parse(await response.json())
    expect(await timeOf(after)).toEqual(await timeOf(before))
    const edit = (etag: string | null) =>
      app.request('/projects/shop', {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/json', 'If-Match': etag ?? '' },
        body: JSON.stringify({ title: 'Shop' }),
      })
    expect((await edit(before.headers.get('etag'))).status).toBe(200)
    expect(await problemOf(edit(after.headers.get('etag')))).toMatchObject({ code: 'precondition_failed' })
  })

  it('has a frame of every name', async () => {
    const { app } = await createTestApp()
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(await picture(BLUE))]), 'x.jpg')
    expect((await app.request('/projects/shop/assets/__proto__', { method: 'PUT', body: form })).status).toBe(201)
    const document = JSON.parse(await (await app.request('/projects/shop/atlas.json')).text())
    expect(Object.keys(document.frames)).toEqual(['__proto__'])
  })

  it('has the same places in all workers that share a store, whichever of them adds images, and after a restart', async () => {
    const one = await createTestApp()
    const other = await createTestApp({ storageDir: one.storageDir })
    const url = '/projects/shop/atlas.json'
    const ids = await fill(one.app, 'shop', [RED])
    const before = (await documentAt(other.app, url)).atlas
    const added = await Promise.all([fill(one.app, 'shop', [GREEN, RED]), fill(other.app, 'shop', [BLUE, GREEN])])
    const [first, second] = [(await documentAt(one.app, url)).atlas, (await documentAt(other.app, url)).atlas]
    expect(first).toEqual(second)
    expect(Object.keys(first.frames).sort()).toEqual([...ids, ...added.flat()].sort())
    expect(first.frames[ids[0] ?? '']).toEqual(before.frames[ids[0] ?? ''])
    const later = await createTestApp({ storageDir: one.storageDir })
    expect((await documentAt(later.app, url)).atlas).toEqual(first)
  })

  it('draws a change beside the kept pixels of a page, and the page whole where those are damaged', async () => {
    const { app, storageDir } = await createTestApp()
    const url = '/projects/shop/atlas.json?format=png'
    const folder = join(storageDir, '.cache/shop/atlas')
    const endings = async (end: string) => (await readdir(folder)).filter((name) => name.endsWith(end)).sort()
    const put = async (name: string, colour: Colour) => {
      const form = new FormData()
      form.set('file', new Blob([new Uint8Array(await picture(colour, 60, 60))]), 'x.jpg')
      expect((await app.request(`/projects/shop/assets/${name}`, { method: 'PUT', body: form })).ok).toBe(true)
    }
    const drawn = async () => {
      const { atlas } = await documentAt(app, url)
      const page = await pageOf(app, url, atlas.meta.image)
      return (name: string) => {
        const { x = 0, y = 0 } = atlas.frames[name]?.frame ?? {}
        return page.at(x + 25, y + 25)
      }
    }

    for (const [at, name] of ['a', 'b', 'c'].entries()) await put(name, { r: 20 + 50 * at, g: 100, b: 30 })
    await drawn()
    // Of another width, so whole.
    await put('d', RED)
    await drawn()
    expect(await endings('.part')).toEqual([])
    const [base] = await endings('.raw')

    await app.request('/projects/shop/assets/c', { method: 'DELETE' })
    const after = await drawn()
    expect(near(after('d'), RED)).toBe(true)
    expect(await endings('.raw')).toEqual([base])
    const [part = ''] = await endings('.part')
    expect(part).not.toBe('')

    await writeFile(join(folder, part), (await readFile(join(folder, part))).fill(0, 40, 60))
    await app.request('/projects/shop/assets/b', { method: 'DELETE' })
    const whole = await drawn()
    expect(near(whole('d'), RED)).toBe(true)
    expect(near(whole('a'), { r: 20, g: 100, b: 30 })).toBe(true)
    expect(await endings('.part')).toEqual([])
    expect(await endings('.raw')).not.toEqual([base])
  })

  it('leaves no pixels in the cache when the project is deleted', async () => {
    const { app, storageDir } = await createTestApp()
    await fill(app, 'shop', [RED])
    const { atlas } = await documentAt(app, '/projects/shop/atlas.json')
    await pageOf(app, '/projects/shop/atlas.json', atlas.meta.image)
    await expect.poll(() => existsSync(join(storageDir, '.cache/shop/atlas')), { timeout: 60_000 }).toBe(true)
    expect((await app.request('/projects/shop', { method: 'DELETE' })).status).toBe(200)
    expect(existsSync(join(storageDir, '.cache/shop/atlas'))).toBe(false)
    expect(await problemOf(app.request(`/projects/shop/${atlas.meta.image}`))).toMatchObject({
      code: 'project_not_found',
    })
  })

  it('packs thumbs and presets by their dimensions, without overlaps', async () => {
    const { app } = await createTestApp({ presets: 'chip:w=60,h=40,fit=cover;big:w=900,h=900;half:w=100' })
    await fill(app, 'shop', [RED, GREEN], 300, 200)
    await fill(app, 'shop', [BLUE], 120, 390)
    const { atlas } = await documentAt(app, '/projects/shop/atlas.json?size=thumb')
    const boxes = Object.values(atlas.frames).map(({ frame }) => frame)
    expect(boxes.map(({ w, h }) => [w, h])).toEqual([
      [300, 200],
      [300, 200],
      [120, 390],
    ])
    for (const [at, one] of boxes.entries())
      for (const other of boxes.slice(at + 1))
        expect(
          one.x + one.w + 4 <= other.x ||
            other.x + other.w + 4 <= one.x ||
            one.y + one.h + 4 <= other.y ||
            other.y + other.h + 4 <= one.y,
        ).toBe(true)
    const chips = (await documentAt(app, '/projects/shop/atlas.json?size=chip')).atlas
    for (const { frame } of Object.values(chips.frames)) expect([frame.w, frame.h]).toEqual([60, 40])
    const page = await pageOf(app, '/projects/shop/atlas.json', chips.meta.image)
    const [, , last] = Object.values(chips.frames)
    expect(near(page.at((last?.frame.x ?? 0) + 30, (last?.frame.y ?? 0) + 20), BLUE)).toBe(true)
    for (const size of ['big', 'half', 'medium', 'nothing'])
      expect(await problemOf(app.request(`/projects/shop/atlas.json?size=${size}`))).toMatchObject({
        code: 'invalid_parameter',
        field: 'size',
      })
  })

  it('is transparent where the pictures are, but as JPEG', async () => {
    const { app } = await createTestApp()
    const half = await sharp({ create: { width: 100, height: 100, channels: 4, background: { ...RED, alpha: 0 } } })
      .composite([{ input: await picture(GREEN, 50, 100), left: 0, top: 0 }])
      .png()
      .toBuffer()
    await uploadTo(app, 'shop', half)
    const alphas = async (format: string) => {
      const url = `/projects/shop/atlas.json?format=${format}`
      const page = await pageOf(app, url, (await documentAt(app, url)).atlas.meta.image)
      return [page.format, near(page.at(10, 25), GREEN, 20), page.at(45, 25)[3]]
    }
    expect(await alphas('webp')).toEqual(['webp', true, 0])
    expect(await alphas('png')).toEqual(['png', true, 0])
    expect(await alphas('jpg')).toEqual(['jpeg', true, 255])
  })

  it('has all pages in one document of the form multiatlas, and as related documents', async () => {
    const { app } = await createTestApp()
    await fill(app, 'shop', [RED], 300, 400)
    const url = '/projects/shop/atlas.json?size=thumb'
    const { atlas } = await documentAt(app, url)
    const multi = multiAtlasSchema.parse(await (await app.request(`${url}&multi`)).json())
    expect(multi.textures).toHaveLength(1)
    expect(multi.textures[0]?.image).toBe(atlas.meta.image)
    expect(multi.textures[0]?.frames.map(({ filename, frame }) => [filename, frame])).toEqual(
      Object.entries(atlas.frames).map(([name, { frame }]) => [name, frame]),
    )
    expect(atlas.meta.related_multi_packs).toBeUndefined()
    expect(await problemOf(app.request('/projects/shop/atlas/1.json?size=thumb'))).toMatchObject({
      code: 'page_not_found',
    })
  })

  it('is one empty page without images, and refused beyond the limit of images', async () => {
    const { app } = await createTestApp({ maxAtlasImages: 1 })
    await app.request('/projects/empty', { method: 'PUT' })
    const { atlas } = await documentAt(app, '/projects/empty/atlas.json')
    expect([atlas.frames, atlas.meta.size]).toEqual([{}, { w: 1, h: 1 }])
    await pageOf(app, '/projects/empty/atlas.json', atlas.meta.image)
    await fill(app, 'shop', [RED])
    await documentAt(app, '/projects/shop/atlas.json')
    await fill(app, 'shop', [GREEN])
    expect(await problemOf(app.request('/projects/shop/atlas.json'))).toMatchObject({ code: 'too_many_images' })
  })
})

const KEYS = {
  apiKeys: 'admin:admin-key-0123456789abcdef',
  newVisibility: 'private',
  signingKeys: 'signing-key-0123456789',
} as const
const asAdmin = { headers: { 'X-API-Key': 'admin-key-0123456789abcdef' } }

describe('the atlas of a private project', () => {
  it('is given by a key, or by a signature that covers its pages', async () => {
    const { signUrl } = await import('../../../src/index.ts')
    const { app } = await createTestApp(KEYS)
    const body = new FormData()
    body.set('file', new Blob([new Uint8Array(await picture(RED))]), 'x.jpg')
    expect((await app.request('/projects/shop/images', { method: 'POST', body, ...asAdmin })).status).toBe(201)
    const url = '/projects/shop/atlas.json'
    expect(await problemOf(app.request(url))).toMatchObject({ code: 'project_not_found' })
    const byKey = await app.request(url, asAdmin)
    expect([byKey.status, byKey.headers.get('cache-control')]).toEqual([200, 'private, no-cache'])
    const unsigned = `/projects/shop/${atlasSchema.parse(await byKey.json()).meta.image}`
    expect((await app.request(unsigned, asAdmin)).status).toBe(200)
    expect(await problemOf(app.request(unsigned))).toMatchObject({ code: 'project_not_found' })

    const expiresAt = new Date(Date.now() + 600_000)
    const signed = signUrl(`${url}?size=game`, { keys: [KEYS.signingKeys], expiresAt })
    const { atlas } = await documentAt(app, signed)
    const page = await pageOf(app, signed, `${atlas.meta.image}?${signed.split('?')[1]}`)
    expect(page.response.headers.get('cache-control')).toMatch(/^private, max-age=/)
    const path = `/projects/shop/${atlas.meta.image}`
    expect(await problemOf(app.request(path.replace('.webp', '.png')))).toMatchObject({ code: 'signature_invalid' })
    // With a key too, which an engine does not send with the pages.
    const both = atlasSchema.parse(await (await app.request(signed, asAdmin)).json())
    expect(both).toEqual(atlas)
    expect(await problemOf(app.request(path.replace(/\.(\d+)\.([\w-]{43})/, '.9999999999.$2')))).toMatchObject({
      code: 'signature_invalid',
    })
  })
})

describe('the atlas of covers', () => {
  it('shows the covers that the caller may see, in the order of the query, and nothing of the others', async () => {
    const { app, storageDir } = await createTestApp()
    await fill(app, 'a', [RED])
    await fill(app, 'b', [GREEN])
    await app.request('/projects/none', { method: 'PUT' })
    const url = '/atlas.json?projects=b,missing,none,a,b'
    const { atlas } = await documentAt(app, url)
    expect(Object.entries(atlas.frames).map(([name, { frame }]) => [name, frame.x])).toEqual([
      ['b', 2],
      ['a', 2 + 2 * 54],
    ])
    const page = await pageOf(app, url, `${atlas.meta.image}?projects=b`)
    expect(near(page.at(27, 27), GREEN)).toBe(true)
    expect(near(page.at(27 + 108, 27), RED)).toBe(true)
    // The pixels would be kept before the page.
    const folder = join(storageDir, '.cache/~covers/atlas')
    await expect.poll(() => existsSync(folder), { timeout: 60_000 }).toBe(true)
    expect((await readdir(folder)).filter((name) => /\.(?:raw|part|json)$/.test(name))).toEqual([])
    expect(await problemOf(app.request('/atlas.json'))).toMatchObject({ code: 'invalid_parameter', field: 'projects' })
    expect(await problemOf(app.request('/atlas.json?projects=a,,b'))).toMatchObject({ code: 'invalid_parameter' })
  })

  it('is one empty page where the caller may see none of the projects', async () => {
    const { app } = await createTestApp()
    const url = '/atlas.json?projects=missing,absent'
    const { atlas } = await documentAt(app, url)
    expect([atlas.frames, atlas.meta.size]).toEqual([{}, { w: 1, h: 1 }])
    expect((await pageOf(app, url, atlas.meta.image)).info).toMatchObject({ width: 1, height: 1 })
    const multi = multiAtlasSchema.parse(await (await app.request(`${url}&multi`)).json())
    expect(multi.textures.map(({ frames }) => frames)).toEqual([[]])
  })

  it('has pages of 4096 pixels for thumbs, and of 2048 for icons, where the request names none', async () => {
    const { app } = await createTestApp()
    const ids = Array.from({ length: 30 }, (_, at) => `p${at}`)
    for (const id of ids) await app.request(`/projects/${id}`, { method: 'PUT' })
    const url = `/atlas.json?projects=${ids.join()}&size=thumb`
    expect((await documentAt(app, url)).atlas.meta.pages).toBe(1)
    expect((await documentAt(app, `${url}&page=2048`)).atlas.meta.pages).toBe(2)
    expect((await documentAt(app, url.replace('thumb', 'game'))).atlas.meta.image).toContain('game.2048.')
  })
})
