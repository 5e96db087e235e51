// Pictures in a bucket that is not ours: imported at their first request, as resized variants and transforms.

import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { imageListSchema } from '../../../../src/http/schemas/images/images.ts'
import { projectSchema } from '../../../../src/http/schemas/projects.ts'
import { signUrl } from '../../../../src/index.ts'
import { createTestApp, problemOf, type TestApp, uploadTo } from '../../../support/app.ts'
import { ADMIN, createCast, keyOf } from '../../../support/auth/access.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { plain, plainJpeg } from '../../../support/pictures/pictures.ts'
import { atOnce, later, newSourceBucket, openSource, setSource } from '../../../support/s3/source.ts'
import { straysOf } from '../../../support/store/here.ts'

const KEYS = ['a key for tests only, 123']
const MINUTE = 60_000
const PROJECT = '/projects/demo'

const imagesOf = async ({ app }: Pick<TestApp, 'app'>) =>
  imageListSchema.parse(await (await app.request(`${PROJECT}/images`)).json()).images

const shownAt = async ({ app }: Pick<TestApp, 'app'>, path: string, headers: Record<string, string> = {}) => {
  const response = await app.request(path, { headers })
  const bytes = Buffer.from(await response.arrayBuffer())
  if (response.status !== 200) throw new Error(`${path} was answered ${response.status}: ${bytes}`)
  const { format, width } = await sharp(bytes).metadata()
  return { format, width, headers: response.headers }
}

const codeOf = async ({ app }: Pick<TestApp, 'app'>, path: string) => (await problemOf(app.request(path))).code

describe('an object of the source', () => {
  it('is imported once, whatever its format, and served in every size, format and transform', () =>
    atOnce(async () => {
      const tintype = await openSource({ presets: 'card:w=32,format=webp', signingKeys: KEYS })
      const { bucket, at, requests } = tintype
      await bucket.put('a/picture', await plain(400, 300).png().toBuffer())
      expect(await shownAt(tintype, at('a/picture'))).toMatchObject({ format: 'jpeg', width: 400 })
      const { headers, ...thumb } = await shownAt(tintype, `${at('a/picture')}?size=game&format=webp`)
      expect(thumb).toEqual({ format: 'webp', width: 50 })
      expect(headers.get('cache-control')).toBe('no-cache')
      expect(await shownAt(tintype, `${at('a/picture')}?format=auto`, { accept: 'image/avif' })).toMatchObject({
        format: 'heif',
      })
      expect(await shownAt(tintype, `${at('a/picture')}?preset=card`)).toMatchObject({ format: 'webp', width: 32 })
      const signed = signUrl(`${at('a/picture')}?w=64&format=png`, { keys: KEYS })
      expect(await shownAt(tintype, signed)).toMatchObject({ format: 'png', width: 64 })
      expect(await codeOf(tintype, `${at('a/picture')}?w=64`)).toBe('signature_required')
      expect(await codeOf(tintype, `${at('a/picture')}?w=64&size=thumb`)).toBe('invalid_parameter')
      const etag = headers.get('etag') ?? ''
      const again = await tintype.app.request(`${at('a/picture')}?size=game&format=webp`, {
        headers: { 'if-none-match': etag },
      })
      expect(again.status).toBe(304)
      expect((await imagesOf(tintype)).map(({ name, is_primary }) => [name, is_primary])).toEqual([['picture', true]])
      expect(requests().map((request) => request.split(' ')[0])).toEqual(['HEAD', 'GET'])
    }))

  it('has any key that can be written in a URL, and no other', async () => {
    const tintype = await openSource({ signingKeys: KEYS })
    const { bucket, at } = tintype
    const keys = ['a b+c.jpg', 'ü/ß.jpg', '100%25.jpg', '%2e%2e/x', 'blender/render.png', 'a//b', '?#&=.jpg', '...']
    for (const [n, key] of keys.entries()) {
      await bucket.put(key, await plainJpeg(20 + n, 20))
      const path = at(key.split('/').map(encodeURIComponent).join('/'))
      expect(await shownAt(tintype, path), key).toMatchObject({ width: 20 + n })
      expect(await shownAt(tintype, at(encodeURIComponent(key))), `${key}, all of it encoded`).toMatchObject({
        width: 20 + n,
      })
    }
    expect(await imagesOf(tintype)).toHaveLength(keys.length)
    // One signature for each way to write the key.
    const signed = signUrl(`${at('%C3%BC/%C3%9F.jpg')}?w=8`, { keys: KEYS })
    expect(await shownAt(tintype, signed.replace('%C3%BC/', '%C3%BC%2F'))).toMatchObject({ width: 8 })
    for (const key of ['..%2Fsecret.jpg', 'a%2F..%2F..%2Fsecret.jpg', '.%2Fa', 'a%00b', 'x'.repeat(1025)])
      expect(await codeOf(tintype, at(key)), key).toBe('invalid_parameter')
    for (const path of [at(''), `${PROJECT}/source`]) expect(await codeOf(tintype, path)).toBe('route_not_found')
  })

  it('is imported once where many request it at once, in several processes', async () => {
    const storageDir = await temporaryFolder()
    const first = await openSource({ storageDir })
    const second = await createTestApp({ ...first.options, storageDir })
    await first.bucket.put('a.jpg', await plainJpeg(60, 40))
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? first : second).app.request(first.at('a.jpg'))),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200))
    await Promise.all(answers.map((answer) => answer.arrayBuffer()))
    expect(await imagesOf(first)).toHaveLength(1)
    expect(first.requests().filter((request) => request.startsWith('GET ')).length).toBeLessThanOrEqual(2)
    await expect.poll(() => straysOf(storageDir)).toEqual([])
  })

  it('is imported anew once it has changed, in the place of its image', async () => {
    const tintype = await openSource()
    const { bucket, at, app, requests } = tintype
    await bucket.put('a.jpg', await plainJpeg(60, 40))
    await bucket.put('b.jpg', await plainJpeg(50, 40))
    const before = await atOnce(async () => {
      for (const key of ['a.jpg', 'b.jpg']) await shownAt(tintype, at(key))
      const [first] = await imagesOf(tintype)
      const headers = { 'Content-Type': 'application/json' }
      await app.request(`${PROJECT}/images/${first?.id}`, { method: 'PATCH', headers, body: '{"alt":"a beach"}' })
      await bucket.put('a.jpg', await plainJpeg(70, 40))
      const count = requests().length
      expect(await shownAt(tintype, at('a.jpg')), 'within the minute').toMatchObject({ width: 60 })
      expect(requests()).toHaveLength(count)
      return first
    })
    await later(MINUTE, async () => {
      expect(await shownAt(tintype, at('a.jpg'))).toMatchObject({ width: 70 })
      expect(await shownAt(tintype, at('b.jpg'))).toMatchObject({ width: 50 })
    })
    const after = await imagesOf(tintype)
    expect(after.map(({ width, alt, is_primary }) => [width, alt, is_primary])).toEqual([
      [70, 'a beach', true],
      [50, null, false],
    ])
    expect((await app.request(`${PROJECT}/images/${before?.id}`)).status).toBe(404)
  })

  it('is imported anew where its image was deleted', async () => {
    const tintype = await openSource()
    const { bucket, at, app } = tintype
    await bucket.put('a.jpg', await plainJpeg(60, 40))
    await shownAt(tintype, at('a.jpg'))
    const [image] = await imagesOf(tintype)
    await app.request(`${PROJECT}/images/${image?.id}`, { method: 'DELETE' })
    expect(await shownAt(tintype, at('a.jpg'))).toMatchObject({ width: 60 })
    expect((await imagesOf(tintype)).map(({ id }) => id)).not.toEqual([image?.id])
  })
})

describe('a key without a picture', () => {
  it('is 404 for a minute, also one whose object was deleted', async () => {
    const tintype = await openSource()
    const { bucket, at, requests } = tintype
    await bucket.put('b.jpg', await plainJpeg(50, 40))
    await shownAt(tintype, at('b.jpg'))
    await bucket.remove('b.jpg')
    await atOnce(async () => {
      const count = requests().length
      for (let n = 0; n < 3; n++) expect(await codeOf(tintype, at('a.jpg'))).toBe('object_not_found')
      expect(requests()).toHaveLength(count + 1)
      await bucket.put('a.jpg', await plainJpeg(60, 40))
      expect(await codeOf(tintype, at('a.jpg'))).toBe('object_not_found')
    })
    await later(MINUTE, async () => {
      expect(await shownAt(tintype, at('a.jpg'))).toMatchObject({ width: 60 })
      expect(await codeOf(tintype, at('b.jpg'))).toBe('object_not_found')
    })
    expect(await imagesOf(tintype)).toHaveLength(2)
  })

  it('is refused for a minute where it is no picture, has no bytes or too many', async () => {
    const jpeg = await plainJpeg(60, 40)
    const tintype = await openSource({ maxUploadBytes: jpeg.length })
    const { bucket, at, requests } = tintype
    await bucket.put('largest.jpg', jpeg)
    await bucket.put('text.jpg', 'no picture')
    await bucket.put('empty.jpg', '')
    await bucket.put('large.jpg', Buffer.concat([jpeg, Buffer.from('1')]))
    expect(await shownAt(tintype, at('largest.jpg'))).toMatchObject({ width: 60 })
    const refused = { 'text.jpg': 'not_an_image', 'empty.jpg': 'empty_file', 'large.jpg': 'upload_too_large' }
    const requestAll = async () => {
      for (const [key, code] of Object.entries(refused)) expect(await codeOf(tintype, at(key))).toBe(code)
      return requests().length
    }
    const counts = await atOnce(async () => [await requestAll(), await requestAll()])
    expect(counts[1]).toBe(counts[0])
    await bucket.put('text.jpg', jpeg)
    await later(MINUTE, async () => expect(await shownAt(tintype, at('text.jpg'))).toMatchObject({ width: 60 }))
  })

  it('is refused by the quota of the project', async () => {
    const tintype = await openSource({ maxImagesPerProject: 1 })
    const { bucket, at } = tintype
    for (const key of ['a.jpg', 'b.jpg']) await bucket.put(key, await plainJpeg(60, 40))
    expect(await shownAt(tintype, at('a.jpg'))).toMatchObject({ width: 60 })
    expect(await codeOf(tintype, at('b.jpg'))).toBe('quota_exceeded')
    expect(await imagesOf(tintype)).toHaveLength(1)
  })
})

describe('a bucket that does not answer', () => {
  it('is 503 without its name, but for what was imported', async () => {
    const tintype = await openSource()
    const { bucket, at, app, forbid, source } = tintype
    await bucket.put('a.jpg', await plainJpeg(60, 40))
    await bucket.put('b.jpg', await plainJpeg(50, 40))
    await shownAt(tintype, at('a.jpg'))
    const name = source.split('/')[2] ?? source
    forbid(true)
    const response = await app.request(at('b.jpg'))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({ code: 'source_unavailable' })
    expect(text).not.toContain(name)
    await later(MINUTE, async () => expect(await shownAt(tintype, at('a.jpg'))).toMatchObject({ width: 60 }))
    forbid(false)
    await later(MINUTE, async () => expect(await shownAt(tintype, at('b.jpg'))).toMatchObject({ width: 50 }))
  })
})

describe('the source of a project', () => {
  it('is set by admins alone, shown to those who manage the project, and read by those who read it', async () => {
    const { bucket, source, options } = await newSourceBucket()
    const cast = await createCast({ ...options, signingKeys: KEYS })
    await bucket.put('a.jpg', await plainJpeg(60, 40))
    for (const who of ['anonymous', 'writer', 'owner', 'editor', 'viewer', 'stranger'])
      expect((await cast.ask(cast.people[who] ?? {}, 'PATCH', '/projects/closed', { source })).ok, who).toBe(false)
    const edited = await cast.ask(keyOf(ADMIN), 'PATCH', '/projects/closed', { source })
    expect(projectSchema.parse(await edited.json()).source).toBe(`${source}/`)
    for (const [who, isShown] of Object.entries({
      admin: true,
      owner: true,
      editor: false,
      viewer: false,
      reader: false,
    })) {
      const response = await cast.ask(cast.people[who] ?? {}, 'GET', '/projects/closed')
      expect((await response.text()).includes(source), who).toBe(isShown)
    }
    const path = '/projects/closed/source/a.jpg'
    for (const who of ['anonymous', 'stranger'])
      expect((await cast.ask(cast.people[who] ?? {}, 'GET', path)).status, who).toBe(404)
    const seen = await cast.ask(cast.people.viewer ?? {}, 'GET', path)
    expect([seen.status, seen.headers.get('cache-control')]).toEqual([200, 'private, no-cache'])
    await seen.arrayBuffer()
    const signed = signUrl(`${path}?size=thumb`, { keys: KEYS, expiresAt: new Date(Date.now() + MINUTE) })
    expect((await cast.app.request(signed)).status).toBe(200)
    expect((await cast.app.request(signed.replace('a.jpg', 'b.jpg'))).status).toBe(403)
  })

  it('is within SOURCES, also when these are changed', async () => {
    const storageDir = await temporaryFolder()
    const tintype = await openSource({ storageDir })
    const { bucket, at, source, options } = tintype
    await bucket.put('in/a.jpg', await plainJpeg(60, 40))
    const bucketUrl = source.replace('/shop', '')
    for (const outside of [bucketUrl, `${source}ping`, 's3://other-photos/shop'])
      await expect(setSource(tintype, 'demo', outside), outside).rejects.toThrow('invalid_parameter')
    for (const wrong of ['', 'shop', `${source}/../x`])
      await expect(setSource(tintype, 'demo', wrong), wrong).rejects.toThrow('invalid_body')
    await setSource(tintype, 'demo', `${source}/in/`)
    expect(await shownAt(tintype, at('a.jpg'))).toMatchObject({ width: 60 })
    expect(await codeOf(tintype, at('in/a.jpg'))).toBe('object_not_found')
    const without = await createTestApp({ ...options, sources: 's3://other-photos', storageDir })
    expect(await codeOf(without, at('a.jpg'))).toBe('object_not_found')
    await setSource(tintype, 'demo', null)
    expect(await codeOf(tintype, at('a.jpg'))).toBe('object_not_found')
    expect(await imagesOf(tintype)).toHaveLength(1)
  })

  it('is none on a server without SOURCES, and of a project that was made again', async () => {
    const plainApp = await createTestApp()
    await uploadTo(plainApp.app, 'demo')
    await expect(setSource(plainApp, 'demo', 's3://photos')).rejects.toThrow('SOURCES is not set')
    expect(await codeOf(plainApp, `${PROJECT}/source/a.jpg`)).toBe('object_not_found')
    expect(await codeOf(plainApp, '/projects/none/source/a.jpg')).toBe('project_not_found')
    const tintype = await openSource()
    await tintype.app.request(PROJECT, { method: 'DELETE' })
    await uploadTo(tintype.app, 'demo')
    await tintype.bucket.put('a.jpg', await plainJpeg(60, 40))
    expect(await codeOf(tintype, tintype.at('a.jpg'))).toBe('object_not_found')
  })
})

it('counts the requests to the bucket in the metrics, by kind, status and time', async () => {
  const tintype = await openSource()
  const { app, bucket, at } = tintype
  await bucket.put('a.jpg', await plainJpeg(60, 40))
  expect(await shownAt(tintype, at('a.jpg'))).toMatchObject({ width: 60 })
  expect(await codeOf(tintype, at('none.jpg'))).toBe('object_not_found')
  const text = await (await app.request('/metrics')).text()
  const values = [...text.matchAll(/^tintype_source_(\w+(?:\{[^}]*\})?) (\d+)$/gm)].map(([, name, value]) => [
    name,
    value,
  ])
  expect(Object.fromEntries(values)).toMatchObject({
    'requests_total{kind="head",status="2xx"}': '1',
    'requests_total{kind="head",status="4xx"}': '1',
    'requests_total{kind="get",status="2xx"}': '1',
    'request_duration_seconds_count{kind="head"}': '2',
  })
  const without = await createTestApp()
  expect(await (await without.app.request('/metrics')).text()).not.toContain('tintype_source_')
})

describe('a read-only server', () => {
  it('serves what was imported, without a request to the bucket, and nothing else', async () => {
    const storageDir = await temporaryFolder()
    const tintype = await openSource({ storageDir })
    const { bucket, at, options, requests } = tintype
    for (const key of ['a.jpg', 'b.jpg']) await bucket.put(key, await plainJpeg(60, 40))
    await shownAt(tintype, at('a.jpg'))
    const count = requests().length
    const reader = await createTestApp({ ...options, storageDir, readOnly: true })
    expect(await shownAt(reader, at('a.jpg'))).toMatchObject({ width: 60 })
    expect(await codeOf(reader, at('b.jpg'))).toBe('read_only')
    expect(requests()).toHaveLength(count)
  })
})
