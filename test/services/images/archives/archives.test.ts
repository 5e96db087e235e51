// Files of ZIP and tar archives: names, what is passed over, limits, and archives that lie.

import { describe, expect, it } from 'vitest'
import { TintypeError } from '../../../../src/core/errors.ts'
import { filesOfTar } from '../../../../src/services/images/archives/tar.ts'
import { filesOfZip } from '../../../../src/services/images/archives/zip.ts'
import type { BulkFile } from '../../../../src/services/images/bulk-files.ts'
import type { BulkLimits } from '../../../../src/services/images/bulk-limits.ts'
import { tarOf } from '../../../support/archives/tar.ts'
import { type ZipEntry, zipOf } from '../../../support/archives/zip.ts'
import { fileStoreFixture } from '../../../support/store/file-store.ts'

const LIMITS: BulkLimits = { maxFiles: 5, maxBytes: 100_000, maxUploadBytes: 10_000 }

interface Options extends Partial<BulkLimits> {
  /** Bytes of a chunk. */
  chunk?: number
}

const piecesOf = async function* (bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

const codeOf = (error: unknown): string => (error instanceof TintypeError ? error.code : String(error))

/** Reads files as an uploader does: each is its name with its text, why it is passed over, or the code of its error. */
const listed = async (files: AsyncIterable<BulkFile>) => {
  const seen: [name: string | undefined, outcome: string][] = []
  try {
    for await (const { name, skipped, content } of files) {
      const read = async () => {
        const pieces: Uint8Array[] = []
        for await (const piece of content) pieces.push(piece)
        return String(Buffer.concat(pieces))
      }
      seen.push([name, skipped ?? (await read().catch(codeOf))])
    }
    return { seen, problem: undefined }
  } catch (error) {
    return { seen, problem: codeOf(error) }
  }
}

const readZip = async (zip: Buffer, { chunk = 1000, ...limits }: Options = {}) => {
  const { store, leftovers } = await fileStoreFixture()
  const result = await listed(filesOfZip(store, 'game', piecesOf(zip, chunk), { ...LIMITS, ...limits }))
  expect((await leftovers()).filter((path) => path !== '.tintype.json')).toEqual([])
  return result
}

const readTar = (tar: Buffer, { chunk = 1000, ...limits }: Options = {}) =>
  listed(filesOfTar(piecesOf(tar, chunk), { ...LIMITS, ...limits }))

/** The same files as both kinds of archive. */
const BOTH = [
  ['zip', zipOf, readZip],
  ['tar', tarOf, readTar],
] as const

describe.each(BOTH)('a %s archive', (_, make, read) => {
  it.each([1, 100, 511, 1e9])('gives its files in their order, in chunks of %i bytes', async (chunk) => {
    const archive = make([
      { name: 'b.jpg', content: 'first' },
      { name: 'holiday/', content: '', ...(make === tarOf ? { type: '5' } : {}) },
      { name: 'holiday/a.jpg', content: 'x'.repeat(3000) },
      { name: 'empty.jpg' },
    ])
    expect(await read(archive, { chunk })).toEqual({
      seen: [
        ['b.jpg', 'first'],
        ['a.jpg', 'x'.repeat(3000)],
        ['empty.jpg', ''],
      ],
      problem: undefined,
    })
  })

  it('names files by the last part of any path', async () => {
    const paths = ['../../etc/a.jpg', '/root/b.jpg', 'C:\\x\\..\\c.jpg', './d.jpg', '..']
    const { seen, problem } = await read(make(paths.map((name) => ({ name, content: name }))))
    expect(problem).toBeUndefined()
    expect(seen.map(([name]) => name)).toEqual(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', undefined])
  })

  it('passes over hidden files and those that macOS adds', async () => {
    const names = ['.DS_Store', 'a/.hidden/b.jpg', '__MACOSX/._a.jpg', 'a/b.jpg', 'x.__MACOSX', 'a.b/c..jpg']
    const { seen } = await read(make(names.map((name) => ({ name, content: '1' }))), { maxFiles: 3 })
    expect(seen.map(([, outcome]) => outcome)).toEqual(['hidden', 'hidden', 'hidden', '1', '1', '1'])
  })

  it('has limits of files and of entries', async () => {
    const files = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `${at}.jpg`, content: '1' }))
    expect((await read(make(files(5)))).problem).toBeUndefined()
    expect((await read(make(files(6)))).problem).toBe('too_many_files')
    const hidden = (count: number) => Array.from({ length: count }, () => ({ name: '.x', content: '1' }))
    expect((await read(make(hidden(20)))).problem).toBeUndefined()
    expect((await read(make(hidden(21)))).problem).toBe('too_many_files')
  })

  it('refuses one file that is too large, and no other', async () => {
    const entries = [10_001, 10_000].map((length) => ({ name: `${length}.jpg`, content: 'x'.repeat(length) }))
    expect((await read(make(entries))).seen).toEqual([
      ['10001.jpg', 'upload_too_large'],
      ['10000.jpg', 'x'.repeat(10_000)],
    ])
  })

  it('has a limit of its own bytes', async () => {
    const archive = make([{ name: 'a.jpg', content: 'x'.repeat(2000) }])
    expect((await read(archive, { maxBytes: archive.length })).problem).toBeUndefined()
    expect((await read(archive, { maxBytes: archive.length - 1 })).problem).toBe('upload_too_large')
  })

  it('that has no files, is cut, or none at all says so', async () => {
    expect((await read(make([]))).problem).toBe('file_missing')
    const whole = make([{ name: 'a.jpg', content: 'x'.repeat(2000) }])
    expect((await read(whole.subarray(0, 1500))).problem).toBe('malformed_archive')
    expect((await read(Buffer.from('nothing of the kind'.repeat(100)))).problem).toBe('malformed_archive')
  })

  it('passes an error of the body on', async () => {
    const whole = make([{ name: 'a.jpg', content: 'x'.repeat(2000) }])
    const source = async function* () {
      yield whole.subarray(0, 1500)
      throw new TintypeError('upload_aborted', 'gone')
    }
    const { store } = await fileStoreFixture()
    const files = make === zipOf ? filesOfZip(store, 'game', source(), LIMITS) : filesOfTar(source(), LIMITS)
    const { seen, problem } = await listed(files)
    expect(problem).toBe('upload_aborted')
    expect(seen).toEqual(make === zipOf ? [] : [['a.jpg', 'upload_aborted']])
  })
})

describe('a zip archive', () => {
  const file = (entry: Partial<ZipEntry> = {}): ZipEntry => ({ name: 'a.jpg', content: 'x'.repeat(500), ...entry })
  const outcomes = async (entries: readonly ZipEntry[], options?: Options) => {
    const { seen, problem } = await readZip(zipOf(entries), options)
    return problem ?? seen.map(([, outcome]) => (outcome.startsWith('x') ? 'read' : outcome))
  }

  it('may be deflated, have data descriptors, and be zip64', async () => {
    const entries = [file({ isDeflated: true }), file({ flags: 8, isDeflated: true }), file({ isZip64: true })]
    expect(await outcomes(entries)).toEqual(['read', 'read', 'read'])
    expect((await readZip(zipOf(entries, { isZip64: true }))).seen).toHaveLength(3)
  })

  it('refuses single files that are encrypted, of an unknown method, or not of their length', async () => {
    const wrong = [
      file({ flags: 1, isDeflated: true }),
      file({ method: 12 }),
      file({ isDeflated: true, declared: 499 }),
      file({ isDeflated: true, declared: 501 }),
      file({ isDeflated: true, content: 'y', method: 8, declared: 1, checksum: 1 }),
    ]
    for (const entry of wrong)
      expect(await outcomes([file(), entry, file()])).toEqual(['read', 'unreadable_entry', 'read'])
  })

  it('is refused where its declared lengths are too many together, before a file is read', async () => {
    const large = (length: number) => file({ isDeflated: true, content: 'x'.repeat(length) })
    expect(await outcomes([large(9000), large(1000)], { maxBytes: 10_000 })).toEqual(['read', 'read'])
    expect(await outcomes([large(9000), large(1001)], { maxBytes: 10_000 })).toBe('upload_too_large')
  })

  it('is refused where files overlap', async () => {
    expect(await outcomes([file(), file({ sharedWith: 0 })])).toBe('malformed_archive')
  })

  it('passes over links, devices and pipes', async () => {
    const modes = [0o120777, 0o020644, 0o060644, 0o010644]
    const entries = modes.map((mode) => file({ mode, content: '/etc/passwd' }))
    expect(await outcomes([...entries, file({ mode: 0o040755 }), file({ mode: 0 })])).toEqual([
      ...modes.map(() => 'not_a_file'),
      'read',
    ])
  })
})

describe('a tar archive', () => {
  it('passes over links, devices and pipes', async () => {
    const types = ['1', '2', '3', '4', '6']
    const entries = types.map((type) => ({ name: 'a.jpg', type, linkname: '/etc/passwd' }))
    const { seen } = await readTar(tarOf([...entries, { name: 'b.jpg', content: 'x' }]))
    expect(seen.map(([, outcome]) => outcome)).toEqual([...types.map(() => 'not_a_file'), 'x'])
  })

  it('keeps the files before a mistake', async () => {
    const broken = Buffer.concat([tarOf([{ name: 'a.jpg', content: 'x' }], { hasEnd: false }), Buffer.alloc(512, 'z')])
    expect(await readTar(broken)).toEqual({ seen: [['a.jpg', 'x']], problem: 'malformed_archive' })
  })

  it('refuses a file whose declared length is more than what follows', async () => {
    const { seen, problem } = await readTar(tarOf([{ name: 'a.jpg', content: 'x', declared: 9000 }]))
    expect([seen, problem]).toEqual([[['a.jpg', 'malformed_archive']], 'malformed_archive'])
  })

  it('skips what is not read of a file', async () => {
    const tar = tarOf(['a', 'b'].map((name) => ({ name, content: 'x'.repeat(5000) })))
    const names: (string | undefined)[] = []
    for await (const { name, content } of filesOfTar(piecesOf(tar, 700), LIMITS)) {
      names.push(name)
      for await (const _ of content) break
    }
    expect(names).toEqual(['a', 'b'])
  })
})
