// Bulk uploads over HTTP: the answer, and what ends a request in its middle.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bulkSchema } from '../../../src/http/schemas/images/bulk.ts'
import { imageListSchema } from '../../../src/http/schemas/images/images.ts'
import type { Tintype } from '../../../src/index.ts'
import { createTestApp, listen, problemOf } from '../../support/app.ts'
import { tarOf } from '../../support/archives/tar.ts'
import { zipOf } from '../../support/archives/zip.ts'
import { numberedPicture } from '../../support/pictures/pictures.ts'
import { connectRaw, formBody, postHead, rawForm } from '../../support/raw-client.ts'
import { formOfFiles } from '../../support/upload.ts'

type App = Pick<Tintype['app'], 'request'>

const PATH = '/projects/game/images/bulk'

const pictures = (count: number) => Promise.all(Array.from({ length: count }, (_, at) => numberedPicture(at)))

const send = async (app: App, body: FormData, path = PATH, headers: Record<string, string> = {}) => {
  const response = await app.request(path, { method: 'POST', body, headers })
  return { status: response.status, answer: bulkSchema.parse(await response.json()) }
}

const namesIn = async (app: App): Promise<(string | null)[]> =>
  imageListSchema.parse(await (await app.request('/projects/game/images')).json()).images.map(({ name }) => name)

/** Files of uploads under way. */
const staged = async (storageDir: string): Promise<string[]> =>
  (await readdir(join(storageDir, '.tmp'), { recursive: true })).filter((name) => name.endsWith('/upload'))

describe('POST /projects/{project_id}/images/bulk', () => {
  it('stores every file, in their order, and answers as single uploads would', async () => {
    const { app } = await createTestApp()
    const { status, answer } = await send(
      app,
      formOfFiles(await pictures(3), { tags: 'sea', 'alt[1]': 'A boat', x: '1' }),
    )
    expect(status).toBe(200)
    expect(answer).toMatchObject({ project_id: 'game', stored: 3, existing: 0, failed: 0, ignored_fields: ['x'] })
    expect(answer.problem).toBeUndefined()
    expect(answer.results.map(({ index, name, status }) => [index, name, status])).toEqual([
      [0, '0.jpg', 201],
      [1, '1.jpg', 201],
      [2, '2.jpg', 201],
    ])
    expect(answer.results.map(({ image }) => [image?.is_primary, image?.alt, image?.tags])).toEqual([
      [true, null, ['sea']],
      [false, 'A boat', ['sea']],
      [false, null, ['sea']],
    ])
    expect(await namesIn(app)).toEqual(['0.jpg', '1.jpg', '2.jpg'])
  })

  it('refuses one file with the problem of a single upload, and stores the others', async () => {
    const { app } = await createTestApp({ maxUploadBytes: 100_000 })
    const [first, last] = await pictures(2)
    if (!first || !last) throw new Error('expected two pictures')
    const { answer } = await send(app, formOfFiles([first, 'text', '', 'x'.repeat(100_001), last]))
    expect(answer).toMatchObject({ stored: 2, failed: 3 })
    expect(answer.results.map(({ status, problem }) => [status, problem?.code])).toEqual([
      [201, undefined],
      [415, 'not_an_image'],
      [422, 'empty_file'],
      [413, 'upload_too_large'],
      [201, undefined],
    ])
    expect(await namesIn(app)).toEqual(['0.jpg', '4.jpg'])
  })

  it('finds identical files, also within one request', async () => {
    const { app } = await createTestApp()
    const [one, two] = await pictures(2)
    if (!one || !two) throw new Error('expected two pictures')
    const { answer } = await send(app, formOfFiles([one, one, two]), `${PATH}?dedupe=true`)
    expect(answer).toMatchObject({ stored: 2, existing: 1 })
    expect(answer.results.map(({ status }) => status)).toEqual([201, 200, 201])
    expect(answer.results[1]?.image).toMatchObject({
      image_id: answer.results[0]?.image?.image_id,
      deduplicated: true,
    })
  })

  it('may be repeated with its key, also where only a part was stored', async () => {
    const { app } = await createTestApp()
    const files = await pictures(3)
    const key = { 'Idempotency-Key': 'holiday' }
    const part = await send(app, formOfFiles(files.slice(0, 2)), PATH, key)
    const whole = await send(app, formOfFiles(files), PATH, key)
    expect(whole.answer.results.map(({ status, replayed }) => [status, replayed])).toEqual([
      [201, true],
      [201, true],
      [201, undefined],
    ])
    const ids = ({ answer }: typeof part) => answer.results.map(({ image }) => image?.image_id)
    expect(ids(whole).slice(0, 2)).toEqual(ids(part))
    expect(await namesIn(app)).toEqual(['0.jpg', '1.jpg', '2.jpg'])
  })

  it.each([
    ['application/zip', zipOf],
    ['application/x-tar', tarOf],
  ])('takes an archive of type %s', async (type, make) => {
    const { app, storageDir } = await createTestApp()
    const [one, two] = await pictures(2)
    const body = make([
      { name: 'trip/one.jpg', content: one },
      { name: 'trip/.DS_Store', content: 'x' },
      { name: '../two.jpg', content: two },
      { name: 'notes.txt', content: 'text' },
    ])
    const request = { method: 'POST', body: new Uint8Array(body), headers: { 'Content-Type': type } }
    const answer = bulkSchema.parse(await (await app.request(PATH, request)).json())
    expect(answer).toMatchObject({ stored: 2, skipped: 1, failed: 1 })
    expect(answer.results.map(({ name, status, skipped }) => [name, status, skipped])).toEqual([
      ['one.jpg', 201, undefined],
      ['.DS_Store', 204, 'hidden'],
      ['two.jpg', 201, undefined],
      ['notes.txt', 415, undefined],
    ])
    expect(await namesIn(app)).toEqual(['one.jpg', 'two.jpg'])
    expect(await staged(storageDir)).toEqual([])
    const again = { ...request, headers: { ...request.headers, 'Idempotency-Key': 'trip' } }
    for (const replayed of [undefined, true]) {
      const { results } = bulkSchema.parse(await (await app.request(PATH, again)).json())
      expect(results.map((result) => result.replayed)).toEqual([replayed, undefined, replayed, undefined])
    }
  })

  it('counts each file for the quota of images', async () => {
    const { app } = await createTestApp({ maxImagesPerProject: 2 })
    const { answer } = await send(app, formOfFiles(await pictures(3)))
    expect(answer.results.map(({ status, problem }) => problem?.code ?? status)).toEqual([201, 201, 'quota_exceeded'])
  })

  it('takes the allowed number of files and bytes, and keeps what came before a further one', async () => {
    const files = await pictures(3)
    const few = await createTestApp({ maxBulkFiles: 2 })
    expect((await send(few.app, formOfFiles(files.slice(0, 2)))).answer).toMatchObject({ stored: 2 })
    const { status, answer } = await send(few.app, formOfFiles(files))
    expect([status, answer.stored, answer.problem]).toMatchObject([200, 2, { code: 'too_many_files', max_files: 2 }])

    const form = formBody(files.map((content) => ({ name: 'file', filename: 'a.jpg', content })))
    const fits = await createTestApp({ maxBulkBytes: form.length })
    expect((await fits.app.request(PATH, rawForm(form))).status).toBe(200)
    const small = await createTestApp({ maxBulkBytes: form.length - 1 })
    const large = await problemOf(small.app.request(PATH, rawForm(form)))
    expect(large).toMatchObject({ code: 'upload_too_large', max_bytes: form.length - 1 })
    const declared = { ...rawForm(form).headers, 'Content-Length': String(form.length) }
    const refused = await problemOf(small.app.request(PATH, { ...rawForm(form), headers: declared }))
    expect([refused.status, refused.code]).toEqual([413, 'upload_too_large'])
  })

  it('without a file is refused as a whole', async () => {
    const { app } = await createTestApp()
    const post = (body: FormData | string) => problemOf(app.request(PATH, { method: 'POST', body }))
    expect((await post(formOfFiles([], { tags: 'a' }))).code).toBe('file_missing')
    expect((await post(formOfFiles(['x'], { title: 'x'.repeat(201) }))).code).toBe('invalid_parameter')
    expect((await post('text')).code).toBe('multipart_required')
  })

  it('is no name of an image', async () => {
    const { app } = await createTestApp()
    await send(app, formOfFiles(await pictures(1)))
    expect((await problemOf(app.request(PATH))).code).toBe('image_not_found')
    expect((await app.request(PATH, { method: 'PUT' })).status).toBe(405)
  })

  it('keeps what was stored where the client goes away, and leaves nothing else', async () => {
    const { app, storageDir } = await createTestApp()
    const { port } = await listen(app)
    const [whole] = await pictures(1)
    if (!whole) throw new Error('expected a picture')
    const client = await connectRaw(port)
    const names = ['whole.jpg', 'cut.jpg']
    const body = formBody(names.map((filename) => ({ name: 'file', filename, content: whole })))
    await client.send(postHead(PATH, body.length))
    await client.send(body.subarray(0, -whole.length))
    await expect.poll(() => namesIn(app).catch(() => []), { timeout: 60_000 }).toEqual(['whole.jpg'])
    await expect.poll(() => staged(storageDir)).toHaveLength(1)
    client.socket.resetAndDestroy()
    await expect.poll(() => staged(storageDir), { timeout: 60_000 }).toEqual([])
    expect(await namesIn(app)).toEqual(['whole.jpg'])
  })
})
