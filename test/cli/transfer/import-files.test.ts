// Import of files whose images a project has: which file gets which image.

import { describe, expect, it } from 'vitest'
import { type Imported, importFiles } from '../../../src/cli/transfer/import-files.ts'
import type { Remote } from '../../../src/cli/transfer/remote.ts'
import type { SourceFile } from '../../../src/cli/transfer/sources/source.ts'
import { EXAMPLE_HASHES } from '../../../src/http/schemas/examples.ts'
import { newGate } from '../../support/gate.ts'
import { sha256Of } from '../../support/pictures/pictures.ts'

const CONTENT = Buffer.from('the same picture')
const IDS = ['a', 'b', 'c'].map((letter) => letter.repeat(20))

const fail = (): never => {
  throw new Error('expected a list of images to be requested alone')
}

/** A server whose project has an image of {@link CONTENT} for each id. */
const remoteWith = (ids: readonly string[]): Remote => {
  const bytes = { bytes: CONTENT.length }
  const images = ids.map((id) => ({
    ...{ id, created_at: new Date(0).toISOString(), name: null, title: null, alt: null, tags: [], focal_point: null },
    ...{ taken_at: null, asset: null, sizes: { original: bytes, medium: bytes, thumb: bytes, game: bytes } },
    sha256: { ...EXAMPLE_HASHES, upload: sha256Of(CONTENT) },
  }))
  const text = JSON.stringify({ primary_image_id: null, revision: 1, images, next: null })
  return {
    send: async ({ method = 'GET' }) => (method === 'GET' ? { ok: true, text } : fail()),
    sendJson: fail,
    download: fail,
    isStopped: () => false,
    close: () => {},
  }
}

const importing = async (files: SourceFile[], parallel: number): Promise<Imported> => {
  const imported: Imported = { sent: 0, present: 0, refused: [], ids: new Map() }
  const source = { files, refused: [], passedOver: 0, close: async () => {} }
  const options = { remote: remoteWith(IDS), projectId: 'demo', source, parallel, onProgress: () => {} }
  await importFiles(options, imported)
  return imported
}

const fileOf = (id: string, open: SourceFile['open']): SourceFile => {
  return { path: `${id}.jpg`, name: id, id, bytes: CONTENT.length, open }
}

describe('files of the same content', () => {
  it('get their images in their order, however soon each is read', async () => {
    const lastIsRead = newGate()
    const files = [
      fileOf('first', async function* () {
        await lastIsRead.opened
        yield CONTENT
      }),
      fileOf('second', async function* () {
        yield CONTENT
      }),
      fileOf('third', async function* () {
        yield CONTENT
        lastIsRead.open()
      }),
    ]
    const { ids, present } = await importing(files, 3)
    expect(present).toBe(3)
    expect(Object.fromEntries(ids)).toEqual({ first: IDS[0], second: IDS[1], third: IDS[2] })
  })

  it('get them also where one before them cannot be read', async () => {
    const files = [
      fileOf('first', () => {
        throw new Error('gone')
      }),
      fileOf('second', async function* () {
        yield CONTENT
      }),
    ]
    const { ids, refused } = await importing(files, 2)
    expect(refused).toEqual([{ path: 'first.jpg', reason: 'gone' }])
    expect(Object.fromEntries(ids)).toEqual({ second: IDS[0] })
  })
})
