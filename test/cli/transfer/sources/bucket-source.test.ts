// A bucket as the source of an import: which objects are pictures, and what happens to those that cannot be read.

import { describe, expect, it } from 'vitest'
import { type Imported, importFiles } from '../../../../src/cli/transfer/import-files.ts'
import type { Remote } from '../../../../src/cli/transfer/remote.ts'
import { openBucketSource } from '../../../../src/cli/transfer/sources/bucket-source.ts'
import type { Source } from '../../../../src/cli/transfer/sources/source.ts'
import type { Bucket } from '../../../../src/stores/s3/client/bucket.ts'
import { plainJpeg } from '../../../support/pictures/pictures.ts'
import { openBucket } from '../../../support/s3/ceph.ts'
import { memoryOptions, startMemoryEngine } from '../../../support/s3/engine.ts'
import { errorBody } from '../../../support/s3/memory-engine.mjs'
import { type Reply, scripted } from '../../../support/s3/scripted.ts'

const never = new AbortController().signal

const bucketWith = async (
  objects: Record<string, Uint8Array | string>,
): Promise<{ bucket: Bucket; source: Source }> => {
  const { endpoint } = await startMemoryEngine()
  const bucket = openBucket({ ...memoryOptions(endpoint), prefix: 'photos/' })
  const beside = openBucket(memoryOptions(endpoint))
  await beside.put('photos-of-others/1.jpg', 'beside')
  for (const [key, content] of Object.entries(objects)) await bucket.put(key, content)
  return { bucket, source: await openBucketSource(bucket, never) }
}

const contentOf = async (source: Source, path: string): Promise<string> => {
  const file = source.files.find((each) => each.path === path)
  const pieces: Uint8Array[] = []
  for await (const piece of file?.open() ?? []) pieces.push(piece)
  return Buffer.concat(pieces).toString('latin1')
}

describe('a bucket', () => {
  it('gives its pictures in the order of their keys, without hidden ones and what is no picture', async () => {
    const jpeg = await plainJpeg(20, 20)
    const { source } = await bucketWith({
      'b.jpg': 'b',
      'ä +/%20.png': 'odd',
      'no-extension': jpeg,
      'notes.txt': 'text',
      empty: '',
      'folder/': '',
      '.hidden/1.jpg': 'hidden',
      'a/__MACOSX/1.jpg': 'hidden',
    })
    const shown = source.files.map(({ path, name, bytes }) => ({ path, name, bytes }))
    expect(shown).toEqual([
      { path: 'b.jpg', name: 'b.jpg', bytes: 1 },
      { path: 'no-extension', name: 'no-extension', bytes: jpeg.length },
      { path: 'ä +/%20.png', name: '%20.png', bytes: 3 },
    ])
    expect([source.passedOver, source.refused]).toEqual([4, []])
    expect(await contentOf(source, 'ä +/%20.png')).toBe('odd')
    expect(await contentOf(source, 'no-extension')).toBe(Buffer.from(jpeg).toString('latin1'))
  })

  it('is read over several pages', async () => {
    const { source } = await bucketWith(Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`${n}.jpg`, 'x'])))
    expect(source.files).toHaveLength(1001)
  })

  it('fails for an object that was changed since it was listed', async () => {
    const { bucket, source } = await bucketWith({ 'a.jpg': 'one' })
    await bucket.put('a.jpg', 'two')
    await expect(contentOf(source, 'a.jpg')).rejects.toThrow('a.jpg was changed while it was read')
    expect(source.lost?.()).toBeUndefined()
  })
})

/** A bucket of pictures whose content is answered as given. */
const answering = async (reply: (path: string) => Reply): Promise<Source> => {
  const object = (key: string) =>
    `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05Z</LastModified><Size>4</Size></Contents>`
  const { options } = scripted(({ path }) =>
    path.includes('list-type')
      ? {
          status: 200,
          body: `<ListBucketResult><IsTruncated>false</IsTruncated>${['1', '2', '3'].map((n) => object(`${n}.jpg`)).join('')}</ListBucketResult>`,
        }
      : reply(path),
  )
  return openBucketSource(openBucket({ ...options, deadlineMs: 0 }), never)
}

const importing = async (source: Source): Promise<{ imported: Imported; error: unknown }> => {
  const imported: Imported = { sent: 0, present: 0, refused: [], ids: new Map() }
  const fail = (): never => {
    throw new Error('expected nothing to be sent')
  }
  const remote: Remote = {
    send: async () => ({ ok: false, status: 404, code: 'project_not_found', detail: '' }),
    sendJson: fail,
    download: fail,
    isStopped: () => false,
    close: () => {},
  }
  const options = { remote, projectId: 'demo', source, parallel: 1, onProgress: () => {} }
  const error = await importFiles(options, imported).catch((thrown: unknown) => thrown)
  return { imported, error }
}

describe('an import of objects that cannot be read', () => {
  it('refuses those that the credentials may not read, each for itself', async () => {
    const source = await answering(() => ({ status: 403, body: errorBody('AccessDenied') }))
    const { imported, error } = await importing(source)
    expect(error).toBeUndefined()
    expect(imported.refused.map(({ path }) => path)).toEqual(['1.jpg', '2.jpg', '3.jpg'])
    expect(imported.refused[0]?.reason).toBe(
      'The credentials may not GET 1.jpg in the bucket "pictures" (AccessDenied).',
    )
  })

  it('ends at the first one where the bucket does not answer', async () => {
    const source = await answering(() => ({ status: 503, body: errorBody('SlowDown') }))
    const { imported, error } = await importing(source)
    expect(String(error)).toContain('The bucket "pictures" cannot be used now: 503 SlowDown.')
    expect(imported.refused).toEqual([])
  })
})
