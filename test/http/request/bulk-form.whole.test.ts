// Forms with many files, however their bytes are cut.

import { describe, expect, it } from 'vitest'
import { TintypeError } from '../../../src/core/errors.ts'
import { readBulkForm } from '../../../src/http/request/bulk-form.ts'
import type { BulkLimits } from '../../../src/services/images/bulk-limits.ts'
import { formBody, type Part, rawForm } from '../../support/raw-client.ts'

const TYPE = rawForm('').headers['Content-Type']

const LIMITS: BulkLimits = { maxFiles: 5, maxBytes: 1_000_000, maxUploadBytes: 100_000 }

const piecesOf = async function* (bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

interface Options extends Partial<BulkLimits> {
  /** Bytes of a chunk. */
  chunk?: number
}

const codeOf = (error: unknown): string => (error instanceof TintypeError ? error.code : String(error))

/** Reads a form as an uploader does: each file is its content, or the code of its error. */
const read = async (parts: readonly Part[] | Buffer, { chunk = 1e9, ...limits }: Options = {}) => {
  const body = Buffer.isBuffer(parts) ? parts : formBody(parts)
  const form = readBulkForm(TYPE, piecesOf(body, chunk), { ...LIMITS, ...limits })
  const files: { name: string | undefined; text: string; details: unknown }[] = []
  let problem: string | undefined
  try {
    for await (const { name, content, details } of form.files) {
      const bytes: Buffer[] = []
      const read = async () => {
        for await (const piece of content) bytes.push(Buffer.from(piece))
        return details()
      }
      const said: unknown = await read().catch(codeOf)
      files.push({ name, text: String(Buffer.concat(bytes)), details: said })
    }
  } catch (error) {
    problem = codeOf(error)
  }
  return { files, problem, ignored: form.ignoredFields() }
}

const file = (filename: string, content: string, name = 'file'): Part => ({ name, filename, content })
const field = (name: string, content: string): Part => ({ name, content })

describe('a form with many files', () => {
  const parts = [
    field('tags', 'all'),
    file('a.jpg', 'first'),
    file('b.jpg', ''),
    field('tags[3]', 'own'),
    file('c.jpg', 'x'.repeat(90_000), 'file[]'),
    file('d.jpg', '\r\n--Xbound\r\n'),
  ]

  it.each([1, 2, 7, 100, 65_536, 1e9])('gives them in their order, in chunks of %i bytes', async (chunk) => {
    const { files, problem, ignored } = await read(parts, { chunk })
    expect([problem, ignored]).toEqual([undefined, []])
    expect(files.map(({ name, text }) => [name, text])).toEqual([
      ['a.jpg', 'first'],
      ['b.jpg', ''],
      ['c.jpg', 'x'.repeat(90_000)],
      ['d.jpg', '\r\n--Xbound\r\n'],
    ])
    expect(files.map(({ details }) => details)).toEqual([
      { name: 'a.jpg', tags: ['all'] },
      { name: 'b.jpg', tags: ['all'] },
      { name: 'c.jpg', tags: ['all'] },
      { name: 'd.jpg', tags: ['all', 'own'] },
    ])
  })

  it('skips what is not read of a file', async () => {
    const form = readBulkForm(TYPE, piecesOf(formBody(parts), 1000), LIMITS)
    const names: (string | undefined)[] = []
    for await (const { name, content } of form.files) {
      names.push(name)
      for await (const _ of content) break
    }
    expect(names).toEqual(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'])
  })

  it('reads no chunk before it is needed', async () => {
    const body = formBody([file('a.jpg', 'x'.repeat(5000)), file('b.jpg', 'y'.repeat(5000))])
    let taken = 0
    const source = async function* () {
      for await (const piece of piecesOf(body, 100)) {
        taken += piece.length
        yield piece
      }
    }
    const form = readBulkForm(TYPE, source(), LIMITS)
    for await (const { name, content } of form.files) {
      expect(taken).toBeLessThan(name === 'a.jpg' ? 300 : 5400)
      for await (const _ of content);
    }
    expect(taken).toBe(body.length)
  })

  it('refuses one file that is too large, or in another field, and no other', async () => {
    const mixed = [file('a', 'x'.repeat(1001)), file('b', 'x'.repeat(1000)), file('c', 'x', 'picture'), file('d', 'x')]
    for (const chunk of [100, 1e9]) {
      const { files, problem } = await read(mixed, { maxUploadBytes: 1000, chunk })
      expect(problem).toBeUndefined()
      expect(files.map(({ details }) => details)).toEqual([
        'upload_too_large',
        { name: 'b', tags: undefined },
        'wrong_field',
        { name: 'd', tags: undefined },
      ])
    }
  })

  it('ends with a problem behind the last allowed file', async () => {
    const three = [file('a', '1'), file('b', '2'), file('c', '3')]
    expect(await read(three, { maxFiles: 3 })).toMatchObject({ problem: undefined, files: { length: 3 } })
    for (const chunk of [1, 1e9]) {
      const { files, problem } = await read(three, { maxFiles: 2, chunk })
      expect([problem, files.map(({ text }) => text)]).toEqual(['too_many_files', ['1', '2']])
    }
  })

  it('ends with a problem beyond its bytes', async () => {
    const two = [file('a', '1'.repeat(1000)), file('b', '2'.repeat(1000))]
    const { length } = formBody(two)
    expect((await read(two, { maxBytes: length, chunk: 100 })).problem).toBeUndefined()
    const { files, problem } = await read(two, { maxBytes: length - 1, chunk: 100 })
    expect(problem).toBe('upload_too_large')
    expect(files.map(({ details }) => details)).toEqual([{ name: 'a', tags: undefined }, 'upload_too_large'])
  })

  it('that is cut, or no form, keeps the files before that place', async () => {
    const body = formBody([file('a', '1'), file('b', '2')])
    for (const chunk of [1, 1e9]) {
      const { files, problem } = await read(body.subarray(0, -4), { chunk })
      expect(problem).toBe('malformed_multipart')
      expect(files.map(({ details }) => details)).toEqual([{ name: 'a', tags: undefined }, 'malformed_multipart'])
    }
    expect(await read(Buffer.from('nothing'))).toMatchObject({ problem: 'malformed_multipart', files: [] })
  })

  it('without a file, or with its field as text, says so', async () => {
    expect(await read([field('tags', 'a')])).toMatchObject({ problem: 'file_missing', files: [] })
    expect(await read([field('file', 'a.jpg')])).toMatchObject({ problem: 'file_missing', files: [] })
  })

  it('passes an error of the body on', async () => {
    const source = async function* () {
      yield formBody([file('a', '1'), file('b', '2')]).subarray(0, -30)
      throw new TintypeError('upload_aborted', 'gone')
    }
    const form = readBulkForm(TYPE, source(), LIMITS)
    const readAll = async () => {
      for await (const { content } of form.files) for await (const _ of content);
    }
    await expect(readAll()).rejects.toMatchObject({ code: 'upload_aborted' })
  })
})

describe('text fields of a form with many files', () => {
  it('with an index describe one file, before those of all', async () => {
    const { files, ignored } = await read([
      field('title', 'Holiday'),
      field('title[1]', 'The harbour'),
      field('alt[0]', 'A boat'),
      field('name[1]', 'harbour.jpg'),
      field('focal_point[0]', '0.1,0.2'),
      file('a.jpg', 'a'),
      file('b.jpg', 'b'),
    ])
    expect(ignored).toEqual([])
    expect(files.map(({ details }) => details)).toEqual([
      { name: 'a.jpg', title: 'Holiday', alt: 'A boat', focal_point: { x: 0.1, y: 0.2 } },
      { name: 'harbour.jpg', title: 'The harbour' },
    ])
  })

  it('are ignored, and named, where they are unknown, too late, or one name for all', async () => {
    const late = [field('tags', 'late'), field('alt[0]', 'late'), field('alt[5]', 'no such file')]
    const first = [field('name', 'all.jpg'), field('caption[0]', 'a'), field('alt[x]', 'a')]
    const { files, ignored, problem } = await read([...first, file('a.jpg', 'a'), ...late, file('b.jpg', 'b')])
    expect(problem).toBeUndefined()
    expect(files.map(({ details }) => details)).toEqual([{ name: 'a.jpg' }, { name: 'b.jpg' }])
    expect(ignored).toEqual(['name', 'caption[0]', 'alt[x]', 'tags', 'alt[0]', 'alt[5]'])
  })

  it('that are not valid refuse the one file that they describe, or the form', async () => {
    const wrong = [field('title[0]', 'x'.repeat(201)), file('a.jpg', 'a'), file('b.jpg', 'b')]
    const { files, problem } = await read(wrong)
    expect(problem).toBeUndefined()
    expect(files.map(({ details }) => details)).toEqual(['invalid_parameter', { name: 'b.jpg' }])
    expect(await read([field('title', 'x'.repeat(201)), file('a.jpg', 'a')])).toMatchObject({
      problem: 'invalid_parameter',
      files: [],
    })
  })

  it('have at most 50 tags together', async () => {
    const tags = (first: number, count: number) => Array.from({ length: count }, (_, at) => `t${first + at}`).join()
    const sent = (own: number) => [field('tags', tags(0, 40)), field('tags[0]', tags(40, own)), file('a', 'a')]
    expect((await read(sent(10))).files[0]?.details).toMatchObject({ tags: { length: 50 } })
    expect((await read(sent(11))).files[0]?.details).toBe('invalid_parameter')
  })

  it('have a limit together, and a number', async () => {
    const long = Array.from({ length: 70 }, () => field('x', 'y'.repeat(32_000)))
    expect((await read([...long, file('a', 'a')], { maxBytes: 1e8 })).problem).toBe('malformed_multipart')
    const most = 5 * LIMITS.maxFiles + 64
    const many = (count: number) => [...Array.from({ length: count }, () => field('x', 'y')), file('a', 'a')]
    expect((await read(many(most))).problem).toBeUndefined()
    expect((await read(many(most + 1))).problem).toBe('malformed_multipart')
  })
})
