// Archives of stores that lose images while they are read.

import { describe, expect, it } from 'vitest'
import { requireReadable } from '../../../src/core/auth/access.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { emptyProject, type ReadableState } from '../../../src/core/project/state.ts'
import { type ArchivesOptions, createArchives, type OpenArchive } from '../../../src/services/transfer/archives.ts'
import { recordOf } from '../../contracts/store.ts'
import { filesInZip } from '../../support/transfer/zip.ts'

const idOf = (n: number): string => String(n).padStart(20, '0')

/** A store of images that have these lengths, and what was done with their files. */
const storeOf = (lengths: readonly number[]) => {
  const images: ImageRecord[] = lengths.map((_, n) => ({ ...recordOf(idOf(n)), name: `${n}.jpg` }))
  const project = requireReadable(
    { ...emptyProject('shop', new Date(0).toISOString()), deleted: false, image_count: images.length },
    undefined,
  )
  const files = new Map(images.map(({ id }, n) => [id, lengths[n] ?? 0]))
  const opened: string[] = []
  const open = new Set<string>()
  let mostOpen = 0
  const find = (id: string) => {
    const bytes = files.get(id)
    return bytes === undefined ? undefined : { bytes, modifiedMs: 0 }
  }
  const store: ArchivesOptions['store'] = {
    project: async () => project,
    images: async () => images,
    statVariant: async (_, id) => find(id),
    async openVariant(_, id) {
      const found = find(id)
      if (!found) return undefined
      opened.push(id)
      open.add(id)
      mostOpen = Math.max(mostOpen, open.size)
      return {
        ...found,
        async *read(start, end) {
          for (let at = start; at < end; at += CHUNK.length) yield CHUNK.subarray(0, Math.min(CHUNK.length, end - at))
        },
        async close() {
          open.delete(id)
        },
      }
    },
  }
  return { store, project, files, opened, open, mostOpen: () => mostOpen }
}

const CHUNK = new Uint8Array(64 * 1024).fill(7)

const found = async (options: ArchivesOptions, project: ReadableState) => {
  const archive = await createArchives(options).find(project, 'original')
  if (!archive) throw new Error('expected an archive')
  return archive
}

const whole = async ({ pieces, close }: OpenArchive): Promise<Buffer> => {
  const all: Uint8Array[] = []
  for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) all.push(piece.value)
  await close()
  return Buffer.concat(all)
}

describe('an archive', () => {
  it('has the length that it promises, and one file open at a time', async () => {
    const { store, project, open, mostOpen } = storeOf([5, 200_000, 0, 64 * 1024])
    const { bytes, open: begin } = await found({ store }, project)
    const zip = await whole(begin())
    expect(zip.length).toBe(bytes)
    const lengths = [...(await filesInZip(zip))].map(([name, { length }]) => [name, length])
    expect(lengths).toEqual([
      ['0.jpg', 5],
      ['1.jpg', 200_000],
      ['2.jpg', 0],
      ['3.jpg', 64 * 1024],
    ])
    expect([mostOpen(), open.size]).toEqual([1, 0])
  })

  it('of a project without images is an empty ZIP file', async () => {
    const { store, project } = storeOf([])
    const { bytes, open } = await found({ store }, project)
    const zip = await whole(open())
    expect([bytes, zip.length, (await filesInZip(zip)).size]).toEqual([22, 22, 0])
  })

  it('reads nothing ahead but a piece, whatever the number of images', async () => {
    const { store, project, opened } = storeOf(Array(10_000).fill(100_000))
    const archive = (await found({ store }, project)).open()
    await archive.pieces.next()
    expect(opened.length).toBeLessThanOrEqual(2)
    await archive.close()
  })

  it.each([
    ['was deleted', undefined],
    ['has another length', 7],
  ])('fails where an image %s after the length was promised', async (_, length) => {
    const { store, project, files, open } = storeOf([100_000, 5, 5])
    const archive = (await found({ store }, project)).open()
    if (length === undefined) files.delete(idOf(1))
    else files.set(idOf(1), length)
    await expect(whole(archive)).rejects.toThrow(`image "${idOf(1)}" was deleted or changed`)
    await archive.close()
    expect(open.size).toBe(0)
  })

  it('closes its file where it is closed before its end', async () => {
    const { store, project, open } = storeOf([10_000_000])
    const archive = (await found({ store }, project)).open()
    await archive.pieces.next()
    expect(open.size).toBe(1)
    await archive.close()
    await archive.close()
    expect(open.size).toBe(0)
  })

  it('is refused beyond the most at once, until one is closed', async () => {
    const { store, project } = storeOf([5])
    const { open } = await found({ store, maxOpen: 2 }, project)
    const first = open()
    open()
    expect(() => open()).toThrow(expect.objectContaining({ code: 'busy', retryAfterSeconds: 10 }))
    await first.close()
    await open().close()
  })

  it('is refused with more images than the limit, and made with as many', async () => {
    const { store, project } = storeOf([5, 5, 5])
    expect(await createArchives({ store, maxImages: 3 }).find(project, 'game')).toBeDefined()
    await expect(createArchives({ store, maxImages: 2 }).find(project, 'game')).rejects.toMatchObject({
      code: 'too_many_images',
      details: { max_images: 2, images: 3 },
    })
  })

  it('is not made of a state whose image is gone: damage at the newest revision, else to be judged again', async () => {
    const { store, project, files } = storeOf([5, 5])
    files.delete(idOf(1))
    await expect(createArchives({ store }).find(project, 'game')).rejects.toMatchObject({ code: 'project_damaged' })
    const newer = { ...project, revision: project.revision + 1 }
    const archives = createArchives({ store: { ...store, project: async () => newer } })
    expect(await archives.find(project, 'game')).toBeUndefined()
  })

  it('beyond 4 GiB promises the fields of ZIP64', async () => {
    const { store, project } = storeOf([3e9, 3e9])
    const small = await found(storeOf([1, 1]), project)
    const { bytes } = await found({ store }, project)
    // An end of 76 bytes; the offsets of both files are below 4 GiB.
    expect(bytes - 6e9).toBe(small.bytes - 2 + 76)
  })
})
