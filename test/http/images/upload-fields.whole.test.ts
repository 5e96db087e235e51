// Text fields of an upload: what an image is called and says, from its first moment.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import { imageListSchema, uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { createTestApp, problemOf, type TestApp } from '../../support/app.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { formBody, type Part, rawForm } from '../../support/raw-client.ts'
import { itInFolder, storedVariant } from '../../support/store/here.ts'

const PATH = '/projects/game/images'

type Field = readonly [name: string, value: string]

const parts = async (fields: readonly Field[], filename = 'photo.jpg'): Promise<Part[]> => [
  ...fields.map(([name, content]) => ({ name, content })),
  { name: 'file', filename, content: await smallPhoto() },
]

const send = ({ app }: TestApp, sent: readonly Part[], headers: Record<string, string> = {}, query = '') => {
  const { headers: own, ...init } = rawForm(formBody(sent))
  return app.request(PATH + query, { ...init, headers: { ...own, ...headers } })
}

const stored = async (response: Response | Promise<Response>, status = 201) => {
  const answer = await response
  expect(answer.status, await answer.clone().text()).toBe(status)
  return uploadSchema.parse(await answer.json())
}

const DETAILS: readonly Field[] = [
  ['title', 'Der Hafen'],
  ['alt', 'Boote im Nebel'],
  ['tags', 'boats'],
  ['tags', 'dawn'],
  ['focal_point', '0.3,0.6'],
]

const EXPECTED = {
  name: 'photo.jpg',
  title: 'Der Hafen',
  alt: 'Boote im Nebel',
  tags: ['boats', 'dawn'],
  focal_point: { x: 0.3, y: 0.6 },
}

describe('text fields of an upload', () => {
  itInFolder(
    'files',
    'describe the image, before and after the file, in the answer, the list and meta.json',
    async () => {
      const tintype = await createTestApp()
      const [file, ...fields] = (await parts(DETAILS)).reverse()
      for (const form of [await parts(DETAILS), file ? [file, ...fields.reverse()] : []]) {
        const image = await stored(send(tintype, form))
        expect(image).toMatchObject(EXPECTED)
        expect(image).not.toHaveProperty('ignored_fields')
      }
      const { images } = imageListSchema.parse(await (await tintype.app.request(PATH)).json())
      expect(images).toMatchObject([EXPECTED, EXPECTED])
      const path = join(tintype.storageDir, 'projects/game/meta.json')
      await expect.poll(async () => JSON.parse(await readFile(path, 'utf8')).images).toMatchObject([EXPECTED, EXPECTED])
    },
  )

  it('are those of a form of fetch too', async () => {
    const { app } = await createTestApp()
    const body = new FormData()
    for (const [name, value] of DETAILS) body.append(name, value)
    body.append('file', new Blob([new Uint8Array(await smallPhoto())]), 'Ünïcode "quoted" 字🎈.jpg')
    const image = await stored(app.request(PATH, { method: 'POST', body }))
    expect(image).toMatchObject({ ...EXPECTED, name: 'Ünïcode "quoted" 字🎈.jpg' })
  })

  it('are none where they are empty, as forms send inputs that were not filled in', async () => {
    const tintype = await createTestApp()
    const fields = ['name', 'title', 'alt', 'tags', 'focal_point'].map((name): Field => [name, ' '])
    expect(await stored(send(tintype, await parts(fields)))).toMatchObject({
      name: 'photo.jpg',
      title: null,
      alt: null,
      tags: [],
      focal_point: null,
    })
  })

  it.each<[string, readonly string[], readonly string[]]>([
    ['in fields of their own', ['sea', ' sky '], ['sea', 'sky']],
    ['with commas', ['sea, sky,,sea'], ['sea', 'sky']],
    ['as JSON', ['["sea", "sky", "[x]"]'], ['sea', 'sky', '[x]']],
    ['in each of these ways', ['sea,sky', '["sun"]', 'sea'], ['sea', 'sky', 'sun']],
    ['as an empty array', ['[]'], []],
  ])('may have tags %s', async (_, values, tags) => {
    const tintype = await createTestApp()
    const name = (at: number) => (at % 2 === 0 ? 'tags' : 'tags[]')
    const fields = values.map((value, at): Field => [name(at), value])
    const image = await stored(send(tintype, await parts(fields)))
    expect([image.tags, image.ignored_fields]).toEqual([tags, undefined])
  })

  it('may have 50 tags in fields of their own', async () => {
    const tintype = await createTestApp()
    const tags = Array.from({ length: 50 }, (_, n) => `tag ${n}`)
    const fields = tags.map((tag): Field => ['tags', tag])
    expect((await stored(send(tintype, await parts(fields)))).tags).toEqual(tags)
    const problem = await problemOf(send(tintype, await parts([...fields, ['tags', 'one more']])))
    expect(problem).toMatchObject({ status: 400, code: 'invalid_parameter', field: 'tags', received: '51 tags' })
  })

  it('may have a focal point as text or as JSON', async () => {
    const tintype = await createTestApp()
    for (const [text, point] of [
      ['0,1', { x: 0, y: 1 }],
      [' .25 , 0.75 ', { x: 0.25, y: 0.75 }],
      ['{"x": 0.5, "y": 0.125}', { x: 0.5, y: 0.125 }],
    ] as const)
      expect((await stored(send(tintype, await parts([['focal_point', text]])))).focal_point, text).toEqual(point)
  })

  it.each<[string, string]>([
    ['title', 'x'.repeat(201)],
    ['alt', 'x'.repeat(2001)],
    ['tags', 'x'.repeat(101)],
    ['tags', '["a"'],
    ['tags', '[1]'],
    ['tags', '["a,b"]'],
    ['tags', ','],
    ['focal_point', '1.5,0'],
    ['focal_point', '-0.5,0'],
    ['focal_point', '0.5'],
    ['focal_point', 'centre'],
    ['focal_point', '[0,0]'],
    ['focal_point', '{"x":0,"y":0,"z":0}'],
    ['title', 'x'.repeat(40_000)],
    ['name', 'x'.repeat(40_000)],
  ])('are 400 where %s is wrong, before and after the file, and nothing is stored', async (name, value) => {
    const tintype = await createTestApp()
    const form = await parts([[name, value]])
    for (const sent of [form, [...form].reverse()]) {
      const problem = await problemOf(send(tintype, sent))
      expect(problem).toMatchObject({ status: 400, code: 'invalid_parameter', field: name })
      expect(problem.detail.length, 'a long value is clipped').toBeLessThan(400)
    }
    expect((await problemOf(tintype.app.request(PATH))).code).toBe('project_not_found')
  })

  it('are 400 where one is repeated that has one value', async () => {
    const tintype = await createTestApp()
    for (const name of ['name', 'title', 'alt', 'focal_point']) {
      const value = name === 'focal_point' ? '0,0' : 'a'
      const form = await parts([
        [name, value],
        [name, value],
      ])
      expect(await problemOf(send(tintype, form))).toMatchObject({ code: 'invalid_parameter', field: name })
    }
  })
})

describe('other text fields', () => {
  it('are ignored and named, so that a misspelt one is seen', async () => {
    const tintype = await createTestApp()
    const fields: Field[] = [
      ['titel', 'x'],
      ['relativePath', 'null'],
      ['titel', 'y'],
      ['__proto__', '{"title":"x"}'],
      ['constructor', 'x'],
      ['taken_at', '2020-01-01T00:00:00'],
      ['id', 'x'],
      ['long', 'x'.repeat(40_000)],
    ]
    const image = await stored(send(tintype, await parts(fields)))
    const names = ['titel', 'relativePath', '__proto__', 'constructor', 'taken_at', 'id', 'long']
    expect(image).toMatchObject({ title: null, taken_at: null, ignored_fields: names })
    const { images } = imageListSchema.parse(await (await tintype.app.request(PATH)).json())
    expect(images[0], 'they are not stored').not.toHaveProperty('ignored_fields')
  })

  it('are named 20 at most, each of 80 characters at most', async () => {
    const tintype = await createTestApp()
    const fields = Array.from({ length: 40 }, (_, n): Field => [`${n}${'x'.repeat(90)}`, ''])
    const { ignored_fields: names = [] } = await stored(send(tintype, await parts(fields)))
    expect(names).toHaveLength(20)
    for (const name of names) expect(name.length).toBeLessThanOrEqual(81)
  })

  it('may have the name of the file, as FilePond sends its metadata', async () => {
    const tintype = await createTestApp()
    for (const form of [await parts([['file', '{}']]), (await parts([['file', '{}']])).reverse()])
      expect((await stored(send(tintype, form))).ignored_fields).toEqual(['file'])
  })
})

describe('the name of an image', () => {
  it.each([
    ['photo.jpg', 'photo.jpg'],
    ['C:\\\\fakepath\\\\photo.jpg', 'photo.jpg'],
    ['../../photo.jpg', 'photo.jpg'],
    ['caf\u0065\u0301.jpg', 'caf\u00e9.jpg'],
    ['100%25%22.jpg', '100%25".jpg'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['..', null],
    [`${'字'.repeat(100)}.png`, `${'字'.repeat(83)}.png`],
  ])('is that of the file, cleaned: %j', async (filename, name) => {
    const tintype = await createTestApp()
    expect((await stored(send(tintype, await parts([], filename)))).name).toBe(name)
  })

  it('is that of the field `name`, as Uppy sends it, where there is one', async () => {
    const tintype = await createTestApp()
    const fields: Field[] = [
      ['relativePath', 'null'],
      ['name', 'album/harbour.jpg'],
      ['type', 'image/jpeg'],
    ]
    const image = await stored(send(tintype, await parts(fields, 'blob')))
    expect(image).toMatchObject({ name: 'harbour.jpg', ignored_fields: ['relativePath', 'type'] })
    expect((await stored(send(tintype, await parts([['name', '../']], 'a.jpg')))).name).toBe('a.jpg')
  })

  it('may be in the extended notation of RFC 5987', async () => {
    const tintype = await createTestApp()
    const content = await smallPhoto()
    const headers = [`Content-Disposition: form-data; name="file"; filename="x.jpg"; filename*=UTF-8''%e5%ad%97.jpg`]
    const body = formBody([{ name: 'ignored', content: '' }])
      .toString()
      .split('\r\n')[0]
    const form = Buffer.concat([
      Buffer.from(`${body}\r\n${headers[0]}\r\n\r\n`),
      content,
      Buffer.from(`\r\n${body}--\r\n`),
    ])
    expect((await stored(tintype.app.request(PATH, rawForm(form)))).name).toBe('字.jpg')
  })
})

describe('a repeated upload', () => {
  it('does not change what the first one said', async () => {
    const tintype = await createTestApp()
    const first = await stored(send(tintype, await parts([['title', 'A']]), { 'Idempotency-Key': 'k' }))
    const again = send(tintype, await parts([['title', 'B']]), { 'Idempotency-Key': 'k' })
    expect(await stored(again)).toMatchObject({ image_id: first.image_id, title: 'A' })
    const duplicate = send(
      tintype,
      await parts([
        ['title', 'C'],
        ['oops', ''],
      ]),
      {},
      '?dedupe=true',
    )
    expect(await stored(duplicate, 200)).toMatchObject({
      image_id: first.image_id,
      title: 'A',
      deduplicated: true,
      ignored_fields: ['oops'],
    })
  })

  it('shows what the image is called now', async () => {
    const tintype = await createTestApp()
    const first = await stored(send(tintype, await parts([['title', 'A']]), { 'Idempotency-Key': 'k' }))
    await tintype.app.request(`${PATH}/${first.image_id}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ title: 'B' }),
    })
    const again = await stored(send(tintype, await parts([]), { 'Idempotency-Key': 'k' }))
    expect(again).toMatchObject({ image_id: first.image_id, title: 'B' })
  })
})

it.each(['jpeg', 'png', 'webp', 'avif', 'tiff'] as const)('the time of a photo is read from %s', async (format) => {
  const tintype = await createTestApp()
  const photo = await sharp({ create: { width: 32, height: 24, channels: 3, background: 'teal' } })
    .withExif({
      IFD0: { Copyright: 'secret' },
      IFD2: { DateTimeOriginal: '2024:05:06 07:08:09', OffsetTimeOriginal: '+02:00' },
    })
    .toFormat(format)
    .toBuffer()
  const content = format === 'tiff' ? withExifDirectory(photo) : photo
  const image = await stored(send(tintype, [{ name: 'file', filename: 'a', content }]))
  expect(image.taken_at).toBe('2024-05-06T07:08:09+02:00')
  for (const size of SIZES) {
    const file = await storedVariant(tintype.storageDir, 'game', image.image_id, size)
    expect(file.includes('2024:05:06'), size).toBe(false)
  }
})

/** Adds an EXIF directory to a little-endian TIFF file, as cameras write it: its main directory is rewritten at the end. */
const withExifDirectory = (tiff: Buffer): Buffer => {
  const at = tiff.readUInt32LE(4)
  const count = tiff.readUInt16LE(at)
  const entry = (tag: number, type: number, length: number, value: number) => {
    const bytes = Buffer.alloc(12)
    bytes.writeUInt16LE(tag, 0)
    bytes.writeUInt16LE(type, 2)
    bytes.writeUInt32LE(length, 4)
    bytes.writeUInt32LE(value, 8)
    return bytes
  }
  const short = (value: number) => Buffer.from([value & 0xff, value >> 8])
  const padded = tiff.length % 2 === 0 ? tiff : Buffer.concat([tiff, Buffer.alloc(1)])
  const exif = padded.length
  const texts = exif + 2 + 24 + 4
  const main = texts + 20 + 8
  const file = Buffer.concat([
    padded,
    ...[short(2), entry(0x9003, 2, 20, texts), entry(0x9011, 2, 7, texts + 20), Buffer.alloc(4)],
    ...[Buffer.from('2024:05:06 07:08:09\0'), Buffer.from('+02:00\0\0')],
    ...[short(count + 1), tiff.subarray(at + 2, at + 2 + 12 * count), entry(0x8769, 4, 1, exif), Buffer.alloc(4)],
  ])
  file.writeUInt32LE(main, 4)
  return file
}
