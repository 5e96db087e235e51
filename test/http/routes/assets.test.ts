// Named assets over HTTP: put, replace, read, render, list, delete.

import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { assetListSchema } from '../../../src/http/schemas/images/assets.ts'
import { imageListSchema, uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { signUrl } from '../../../src/index.ts'
import { createTestApp, problemOf, uploadTo } from '../../support/app.ts'
import { createCast } from '../../support/auth/access.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { itInFolder, straysOf } from '../../support/store/here.ts'
import { plantProject } from '../../support/store/planted-project.ts'
import { formOf } from '../../support/upload.ts'

const KEYS = ['a key for tests only, 123']
const BUTTON = '/projects/game/assets/ui/button'

type App = Pick<Awaited<ReturnType<typeof createTestApp>>, 'app'>

const red = () => plainJpeg(120, 80, '#ff0000')
const blue = () => plainJpeg(120, 80, '#0000ff')

const put = async ({ app }: App, photo: Buffer, headers?: Record<string, string>, url = BUTTON) =>
  app.request(url, { method: 'PUT', body: formOf(photo), headers })

const putOk = async (tintype: App, photo: Buffer, headers?: Record<string, string>, url = BUTTON) => {
  const response = await put(tintype, photo, headers, url)
  return { status: response.status, headers: response.headers, view: uploadSchema.parse(await response.json()) }
}

/** What a picture shows: its format, width and colour in the middle. */
const shownAt = async ({ app }: App, url: string, headers?: Record<string, string>) => {
  const response = await app.request(url, { headers })
  const bytes = Buffer.from(await response.arrayBuffer())
  if (response.status !== 200) throw new Error(`${url} was answered ${response.status}: ${bytes}`)
  const { format = '', width } = await sharp(bytes).metadata()
  const [r = 0, , b = 0] = await sharp(bytes).removeAlpha().resize(1, 1).raw().toBuffer()
  return { response, format, width, colour: r > b ? 'red' : 'blue' }
}

const imagesOf = async ({ app }: App) =>
  imageListSchema.parse(await (await app.request('/projects/game/images')).json())

const assetsOf = async ({ app }: App, query = '') => {
  const response = await app.request(`/projects/game/assets${query}`)
  return assetListSchema.parse(await response.json())
}

describe('PUT of an asset', () => {
  it('stores an image under the name, replaces it, and changes nothing with the same file', async () => {
    const tintype = await createTestApp()
    const first = await putOk(tintype, await red())
    expect([first.status, first.view.asset, first.view.revision]).toEqual([201, 'ui/button', 1])
    expect(first.headers.get('location')).toBe(`${BUTTON}.jpg`)
    const same = await putOk(tintype, await red())
    expect([same.status, same.view.image_id, same.view.revision]).toEqual([200, first.view.image_id, 1])
    const second = await putOk(tintype, await blue())
    expect([second.status, second.view.revision, second.view.is_primary]).toEqual([200, 2, true])
    const { images } = await imagesOf(tintype)
    expect(images.map(({ id, asset }) => ({ id, asset }))).toEqual([{ id: second.view.image_id, asset: 'ui/button' }])
    expect((await tintype.app.request(`/projects/game/images/${first.view.image_id}`)).status).toBe(404)
    await expect.poll(() => straysOf(tintype.storageDir)).toEqual([])
  })

  it('takes over position and words, and leaves other images as they are', async () => {
    const tintype = await createTestApp()
    const before = await uploadTo(tintype.app, 'game')
    const { view } = await putOk(tintype, await red())
    const after = await uploadTo(tintype.app, 'game')
    await tintype.app.request(`/projects/game/images/${view.image_id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'OK', alt: 'a button', tags: ['ui'] }),
    })
    const replaced = await putOk(tintype, await blue())
    const { images } = await imagesOf(tintype)
    expect(images.map(({ id }) => id)).toEqual([before.image_id, replaced.view.image_id, after.image_id])
    expect(images[1]).toMatchObject({ title: 'OK', alt: 'a button', tags: ['ui'], asset: 'ui/button' })
    expect(images.map(({ asset }) => asset)).toEqual([null, 'ui/button', null])
  })

  it('sets the words of the image by text fields, and keeps those that an upload does not name', async () => {
    const tintype = await createTestApp()
    const send = async (photo: Buffer, fields: Record<string, string>) => {
      const body = new FormData()
      for (const [name, text] of Object.entries(fields)) body.set(name, text)
      body.set('file', new Blob([new Uint8Array(photo)]), 'ok.jpg')
      const response = await tintype.app.request(BUTTON, { method: 'PUT', body })
      return { status: response.status, view: uploadSchema.parse(await response.json()) }
    }
    const words = { title: 'OK', alt: 'a red button', tags: ['ui', 'red'], focal_point: { x: 0.25, y: 0.5 } }
    const fields = { ...words, tags: 'ui, red', focal_point: '0.25,0.5', colour: 'red' }
    const first = await send(await red(), fields)
    expect(first).toMatchObject({ status: 201, view: { ...words, name: 'ok.jpg', ignored_fields: ['colour'] } })
    const second = await send(await blue(), { alt: 'a blue button', tags: 'ui' })
    expect(second).toMatchObject({ status: 200, view: { ...words, alt: 'a blue button', tags: ['ui'] } })
    expect(second.view.ignored_fields ?? []).toEqual([])
    const same = await send(await blue(), { title: 'Cancel' })
    expect(same).toMatchObject({ status: 200, view: { title: 'Cancel', alt: 'a blue button', revision: 3 } })
    expect(same.view.image_id).toBe(second.view.image_id)
    const { images } = await imagesOf(tintype)
    expect(images).toMatchObject([{ title: 'Cancel', alt: 'a blue button', tags: ['ui'], asset: 'ui/button' }])
    const refused = new FormData()
    refused.set('focal_point', '2,2')
    refused.set('file', new Blob([new Uint8Array(await red())]), 'ok.jpg')
    const problem = await problemOf(tintype.app.request(BUTTON, { method: 'PUT', body: refused }))
    expect(problem).toMatchObject({ code: 'invalid_parameter', field: 'focal_point' })
    expect((await imagesOf(tintype)).revision).toBe(3)
  })

  it('honours If-Match and If-None-Match, with the tags of pictures and of lists', async () => {
    const tintype = await createTestApp()
    const code = async (photo: Buffer, headers: Record<string, string>) =>
      (await problemOf(put(tintype, photo, headers))).code
    expect(await code(await red(), { 'if-match': '*' })).toBe('precondition_failed')
    expect((await put(tintype, await red(), { 'if-none-match': '*' })).status).toBe(201)
    expect(await code(await blue(), { 'if-none-match': '*' })).toBe('precondition_failed')
    expect(await code(await red(), { 'if-none-match': '*' }), 'the same file').toBe('precondition_failed')
    const tag = async (path: string) => (await tintype.app.request(path)).headers.get('etag') ?? ''
    const old = await tag(`${BUTTON}.jpg?size=thumb`)
    expect((await put(tintype, await blue(), { 'if-match': old })).status).toBe(200)
    expect(await code(await red(), { 'if-match': old })).toBe('precondition_failed')
    const list = await tag('/projects/game/assets')
    expect((await put(tintype, await red(), { 'if-match': `"other", ${list}` })).status).toBe(200)
    expect(await code(await blue(), { 'if-match': list })).toBe('precondition_failed')
    expect(await code(await blue(), { 'if-match': '*', 'if-none-match': '*' })).toBe('precondition_failed')
    expect(await code(await blue(), { 'if-none-match': '"a"' })).toBe('invalid_parameter')
    expect(await code(await blue(), { 'if-match': 'x' })).toBe('invalid_parameter')
  })

  it('gives the first answer again to its Idempotency-Key', async () => {
    const tintype = await createTestApp()
    for (const [photo, status] of [
      [await red(), 201],
      [await blue(), 200],
    ] as const) {
      const headers = { 'idempotency-key': `put ${status}` }
      const first = await putOk(tintype, photo, headers)
      const again = await putOk(tintype, photo, headers)
      expect([first.status, again.status, again.headers.get('idempotent-replay')]).toEqual([status, status, 'true'])
      expect(again.view).toEqual(first.view)
    }
    expect((await imagesOf(tintype)).revision).toBe(2)
  })

  it('leaves one image and no other files where many put one name at once', async () => {
    const tintype = await createTestApp()
    const photos = await Promise.all(['#ff0000', '#00ff00', '#0000ff', '#ffff00'].map((c) => plainJpeg(60, 40, c)))
    const answers = await Promise.all(photos.map((photo) => putOk(tintype, photo)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201])
    const { images, revision } = await imagesOf(tintype)
    const last = answers.find(({ view }) => view.image_id === images[0]?.id)
    expect([images.length, revision <= 4, last !== undefined]).toEqual([1, true, true])
    await expect.poll(() => straysOf(tintype.storageDir)).toEqual([])
  })

  it('refuses a name that is none, and takes one in any spelling of its slashes', async () => {
    const tintype = await createTestApp()
    for (const name of [
      'render',
      'ui/render',
      'ui/button.png',
      'UI/button',
      'ui//button',
      'ui/',
      'a'.repeat(101),
      'a%252Fb',
    ])
      expect((await problemOf(put(tintype, await red(), {}, `/projects/game/assets/${name}`))).code, name).toBe(
        'invalid_parameter',
      )
    expect((await putOk(tintype, await red(), {}, '/projects/game/assets/v1.2%2Fui%2Fbutton')).view.asset).toBe(
      'v1.2/ui/button',
    )
    expect((await shownAt(tintype, '/projects/game/assets/v1.2/ui/button.jpg')).colour).toBe('red')
    expect((await shownAt(tintype, '/projects/game/assets/v1.2%2fui/button.jpg')).colour).toBe('red')
  })

  it('counts against the limit of images only under a new name', async () => {
    const tintype = await createTestApp({ maxImagesPerProject: 1 })
    expect((await put(tintype, await red())).status).toBe(201)
    expect((await put(tintype, await blue())).status).toBe(200)
    const refused = await problemOf(put(tintype, await blue(), {}, '/projects/game/assets/other'))
    expect(refused.code).toBe('quota_exceeded')
  })

  it('releases the bytes of the image that it replaces', async () => {
    const first = await createTestApp()
    const { view } = await putOk(first, await red())
    const { app } = await createTestApp({ maxBytesPerOwner: 3 * view.sizes.original.bytes * 4 })
    for (let n = 0; n < 8; n++)
      expect((await put({ app }, n % 2 === 0 ? await red() : await blue())).status).toBeLessThan(300)
  })
})

describe('GET of an asset', () => {
  it('follows a replacement at once, in every format, size and transform', async () => {
    const tintype = await createTestApp({ presets: 'card:w=40', signingKeys: KEYS })
    const urls = [
      `${BUTTON}.jpg`,
      `${BUTTON}.webp?size=thumb`,
      `${BUTTON}.avif?size=game`,
      `${BUTTON}/render?preset=card`,
      `${BUTTON}/render.webp?preset=card`,
      signUrl(`${BUTTON}/render?w=30`, { keys: KEYS }),
      signUrl(`${BUTTON}/render.webp?w=30`, { keys: KEYS }),
      signUrl(`/projects/game/assets/ui%2Fbutton/render.avif?w=30`, { keys: KEYS }),
    ]
    for (const [photo, colour] of [
      [await red(), 'red'],
      [await blue(), 'blue'],
      [await red(), 'red'],
    ] as const) {
      await put(tintype, photo)
      for (const url of urls) {
        const { response, colour: shown } = await shownAt(tintype, url)
        expect([url, shown, response.headers.get('cache-control')]).toEqual([url, colour, 'no-cache'])
        const etag = response.headers.get('etag') ?? ''
        const again = await tintype.app.request(url, { headers: { 'if-none-match': etag } })
        expect([url, again.status, again.headers.get('etag')]).toEqual([url, 304, etag])
      }
    }
    const formats = await Promise.all(urls.map(async (url) => (await shownAt(tintype, url)).format))
    expect(formats).toEqual(['jpeg', 'webp', 'heif', 'jpeg', 'webp', 'jpeg', 'webp', 'heif'])
  })

  it('does not answer 304 for the picture before it, nor by a date', async () => {
    const tintype = await createTestApp()
    await put(tintype, await red())
    const { response } = await shownAt(tintype, `${BUTTON}.jpg`)
    const [etag, date] = [response.headers.get('etag') ?? '', response.headers.get('last-modified') ?? '']
    await put(tintype, await blue())
    for (const [name, value] of [
      ['if-none-match', etag],
      ['if-modified-since', date],
    ] as const)
      expect((await tintype.app.request(`${BUTTON}.jpg`, { headers: { [name]: value } })).status).toBe(200)
  })

  it('answers HEAD and ranges', async () => {
    const tintype = await createTestApp()
    await put(tintype, await red())
    const whole = await tintype.app.request(`${BUTTON}.jpg`)
    const bytes = Buffer.from(await whole.arrayBuffer())
    const head = await tintype.app.request(`${BUTTON}.jpg`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)])
    const part = await tintype.app.request(`${BUTTON}.jpg`, { headers: { range: 'bytes=5-9' } })
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, bytes.subarray(5, 10)])
  })

  it('says whether the asset, the project or the route is missing', async () => {
    const tintype = await createTestApp()
    await put(tintype, await red())
    const code = async (path: string) => (await problemOf(tintype.app.request(path))).code
    expect(await code('/projects/game/assets/ui/other.jpg')).toBe('asset_not_found')
    expect(await code('/projects/none/assets/ui/button.jpg')).toBe('project_not_found')
    for (const path of ['.gif', '', '.jpeg', '/render.gif', '.jpg/'])
      expect(await code(BUTTON + path), path).toBe('route_not_found')
    expect(await code(`${BUTTON}.jpg?size=huge`)).toBe('invalid_parameter')
    expect(await code(`${BUTTON}/render?w=30`)).toBe('signature_required')
    expect((await tintype.app.request(BUTTON, { method: 'POST' })).headers.get('allow')).toBe(
      'PUT, GET, HEAD, DELETE, OPTIONS',
    )
  })

  itInFolder('planted', 'finds names in a project of several segments, and after its list has changed', async () => {
    const storageDir = await temporaryFolder()
    await plantProject({ storageDir, projectId: 'game', images: 255, files: false })
    const tintype = await createTestApp({ storageDir })
    await put(tintype, await red())
    // The 256th image of a list seals its second segment: the asset is in it.
    for (let n = 0; n < 3; n++) await uploadTo(tintype.app, 'game')
    expect((await shownAt(tintype, `${BUTTON}.jpg`)).colour).toBe('red')
    await put(tintype, await blue())
    expect((await shownAt(tintype, `${BUTTON}.jpg`)).colour).toBe('blue')
    await tintype.app.request(BUTTON, { method: 'DELETE' })
    expect((await tintype.app.request(`${BUTTON}.jpg`)).status).toBe(404)
    expect((await imagesOf(tintype)).images).toHaveLength(258)
  })
})

describe('the assets of a project', () => {
  it('are listed by name, in pages and by prefix, with URLs that stay', async () => {
    const tintype = await createTestApp()
    const names = ['ui/ok', 'hero', 'ui/cancel', 'bg/sky']
    for (const name of names) await put(tintype, await red(), {}, `/projects/game/assets/${name}`)
    await uploadTo(tintype.app, 'game')
    const all = await assetsOf(tintype)
    expect(all.assets.map(({ name }) => name)).toEqual([...names].sort())
    expect([all.next, all.revision]).toEqual([null, 5])
    const [sky] = all.assets
    expect(sky?.files.webp).toBe('/projects/game/assets/bg/sky.webp')
    expect(sky?.image.asset).toBe('bg/sky')
    expect((await shownAt(tintype, sky?.files.webp ?? '')).format).toBe('webp')
    expect((await assetsOf(tintype, '?prefix=ui/')).assets.map(({ name }) => name)).toEqual(['ui/cancel', 'ui/ok'])
    const page = await assetsOf(tintype, '?limit=1&prefix=ui/')
    await tintype.app.request('/projects/game/assets/ui/cancel', { method: 'DELETE' })
    const rest = assetListSchema.parse(await (await tintype.app.request(page.next ?? '')).json())
    expect([rest.assets.map(({ name }) => name), rest.next]).toEqual([['ui/ok'], null])
  })

  it('are answered 304 until the project changes', async () => {
    const tintype = await createTestApp()
    await put(tintype, await red())
    const first = await tintype.app.request('/projects/game/assets')
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' }
    expect((await tintype.app.request('/projects/game/assets', { headers })).status).toBe(304)
    await put(tintype, await blue())
    expect((await tintype.app.request('/projects/game/assets', { headers })).status).toBe(200)
  })
})

describe('DELETE of an asset', () => {
  it('frees the name and deletes the image, under If-Match', async () => {
    const tintype = await createTestApp()
    await put(tintype, await red())
    const etag = (await tintype.app.request(`${BUTTON}.jpg`)).headers.get('etag') ?? ''
    const remove = (headers?: Record<string, string>) => tintype.app.request(BUTTON, { method: 'DELETE', headers })
    await put(tintype, await blue())
    expect((await problemOf(remove({ 'if-match': etag }))).code).toBe('precondition_failed')
    const answer = await remove({ 'if-match': '*' })
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { project_id: 'game', primary_image_id: null, revision: 3 },
    ])
    expect((await problemOf(remove())).code).toBe('asset_not_found')
    await expect.poll(() => straysOf(tintype.storageDir)).toEqual([])
    expect((await putOk(tintype, await red())).status).toBe(201)
  })
})

describe('an asset of a private project', () => {
  it('is for those who may read it, and by a signed URL that expires', async () => {
    const { app, people } = await createCast({ signInLimit: 0, signingKeys: KEYS })
    const url = '/projects/closed/assets/ui/button'
    const owner = people.owner
    expect((await put({ app }, await red(), owner, url)).status).toBe(201)
    const signed = (path: string) => signUrl(path, { keys: KEYS, expiresAt: new Date(Date.now() + 60_000) })
    for (const path of [`${url}.jpg`, `${url}.webp?size=thumb`]) {
      expect((await app.request(path)).status).toBe(404)
      expect((await app.request(path, { headers: people.stranger })).status).toBe(404)
      expect((await app.request(path, { headers: owner })).headers.get('cache-control')).toBe('private, no-cache')
      const answer = await app.request(signed(path))
      expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([path, 200, 'private, no-cache'])
    }
    const encoded = signed('/projects/closed/assets/ui%2Fbutton.jpg')
    expect((await app.request(encoded)).status).toBe(200)
    expect((await app.request(encoded.replace('%2F', '/'))).status).toBe(200)
    expect((await app.request(signed(`${url}/render.webp?w=20`))).status).toBe(200)
    expect((await app.request('/projects/closed/assets')).status).toBe(404)
    expect((await app.request(url, { method: 'DELETE', headers: people.stranger })).status).toBe(404)
    expect((await put({ app }, await blue(), people.viewer, url)).status).toBe(403)
    expect((await app.request(url, { method: 'DELETE' })).status).toBe(401)
  })
})
