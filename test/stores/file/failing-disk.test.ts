import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { addImage, idsOf, readVariant } from '../../contracts/store.ts'
import { type DiskCall, failing, watchDisk } from '../../support/disk/calls.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { openFileStore } from '../../support/store/file-store.ts'
import { plantProject } from '../../support/store/planted-project.ts'
import { expectWhole, filesUnderWay, segmentFiles, sweep } from '../../support/store/store-folder.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))
vi.mock('node:fs', async (original) => (await import('../../support/disk/calls.ts')).watchedSyncs(await original()))

const twoWriters = async () => {
  const folder = await temporaryFolder()
  return {
    folder,
    paths: createPaths(folder),
    writer: await openFileStore(folder),
    other: await openFileStore(folder),
  }
}

describe('a failing disk', () => {
  const isSyncOfMeta = (call: DiskCall) => call.name === 'sync' && call.path.endsWith('.meta')

  it('at the sync of the revisions leaves the outcome unknown: 503, the image whole or absent, no stray file', async () => {
    const { folder, writer, other } = await twoWriters()
    await addImage(writer, 'shop')
    const stop = failing(isSyncOfMeta, 'EIO')
    await expect(addImage(writer, 'shop')).rejects.toMatchObject({ code: 'store_unavailable', retryAfterSeconds: 5 })
    stop()
    expect(await idsOf(writer, 'shop')).toEqual(await idsOf(other, 'shop'))
    await expectWhole(other, folder)
    await addImage(writer, 'shop')
    await expectWhole(other, folder)
  })

  it('at the sync of a deletion leaves no readable file, and none after the next sweep', async () => {
    const { folder, writer, other } = await twoWriters()
    const [kept, imageId] = [await addImage(writer, 'shop'), await addImage(writer, 'shop')]
    const stop = failing(isSyncOfMeta, 'EIO')
    await expect(writer.commit('shop', { type: 'delete_image', imageId })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    stop()
    expect(await idsOf(other, 'shop')).toEqual([kept])
    expect(await readVariant(other, 'shop', imageId)).toBeUndefined()
    await sweep(folder)
    await expectWhole(other, folder)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('at the renders of a deleted image does not keep its variants', async () => {
    const { folder, paths, writer } = await twoWriters()
    const imageId = await addImage(writer, 'shop')
    const cached = paths.cached('shop', imageId)
    await mkdir(cached, { recursive: true })
    await writeFile(join(cached, 'thumb.webp'), 'made from it')
    const stop = failing(({ path }) => path.startsWith(cached), 'ENOTEMPTY')
    await writer.commit('shop', { type: 'delete_image', imageId })
    stop()
    expect(existsSync(cached)).toBe(true)
    for (const size of SIZES) expect(existsSync(paths.variant('shop', imageId, size)), size).toBe(false)
    await sweep(folder)
    expect(existsSync(cached)).toBe(false)
  })

  it('without space for handing a deletion over to a sweep completes it once there is space', async () => {
    const folder = await temporaryFolder()
    const store = await openFileStore(folder, { sweepMs: 50 })
    const imageId = await addImage(store, 'shop')
    let folders = 0
    const stop = watchDisk({
      before({ name, path }) {
        if (name === 'mkdir' && ++folders === 1) return
        if (name !== 'rmdir' && name !== 'unlink' && path.includes('.tmp'))
          throw Object.assign(new Error(path), { code: 'ENOSPC' })
      },
    })
    await expect(store.commit('shop', { type: 'delete_image', imageId })).rejects.toMatchObject({
      code: 'storage_full',
    })
    stop()
    await expect.poll(() => filesUnderWay(folder)).toEqual([])
    await expect.poll(async () => (await readdir(createPaths(folder).tmp)).length).toBe(1)
    expect(await idsOf(store, 'shop')).toEqual([imageId])
    await expectWhole(store, folder)
  })

  interface Attempt {
    operation(): Promise<unknown>
    afterwards?(): Promise<unknown>
  }

  /** Attempts an operation again and again, with its first call failing, then its second, to the last. */
  const atEveryCall = async (code: string, prepare: (nth: number) => Promise<Attempt>) => {
    for (let nth = 1, failed = true; failed; nth++) {
      const { operation, afterwards } = await prepare(nth)
      let calls = 0
      failed = false
      const stop = watchDisk({
        before(call) {
          if (++calls !== nth) return
          failed = true
          throw Object.assign(new Error(`${code}: ${call.name} ${call.path}`), { code })
        },
      })
      await operation().finally(stop)
      await afterwards?.()
    }
  }

  it.each([
    ['ENOSPC', 'storage_full'],
    ['EIO', 'store_unavailable'],
  ])('with %s at any call of an upload answers %s or succeeds, and leaves no partial file', async (code, meaning) => {
    const { folder, writer, other } = await twoWriters()
    await plantProject({ storageDir: folder, projectId: 'shop', images: 126 })
    const added: string[] = []
    const failures: unknown[] = []
    await atEveryCall(code, async () => ({
      operation: () =>
        addImage(writer, 'shop').then(
          (imageId) => added.push(imageId),
          (error: unknown) => failures.push(error),
        ),
    }))
    expect(failures.length).toBeGreaterThan(15)
    for (const error of failures) expect(error).toMatchObject({ code: meaning })
    expect(added.length).toBeGreaterThan(0)
    expect(await idsOf(other, 'shop')).toEqual(expect.arrayContaining(added))
    await writer.close()
    await sweep(folder)
    await expectWhole(other, folder)
    expect(await filesUnderWay(folder)).toEqual([])
    const segments = (await other.project('shop'))?.images.segments ?? []
    expect(await segmentFiles(folder)).toEqual(segments.map(({ stored }) => `${stored?.id}.json`))
  })

  it.each(['delete_image', 'delete_project'] as const)(
    'at any call of %s leaves it done or not, and after the next start no file of what is gone',
    async (type) => {
      const { folder, other } = await twoWriters()
      const projects: string[] = []
      await atEveryCall('EIO', async (nth) => {
        const projectId = `shop-${nth}`
        projects.push(projectId)
        const [imageId = ''] = await plantProject({ storageDir: folder, projectId, images: 3 })
        const writer = await openFileStore(folder)
        let error: unknown
        return {
          async operation() {
            const change = type === 'delete_image' ? { type, imageId } : { type }
            await writer.commit(projectId, change).catch((failure: unknown) => {
              error = failure
            })
          },
          async afterwards() {
            if (error !== undefined) expect(error).toMatchObject({ code: 'store_unavailable' })
            const left = (await idsOf(other, projectId)) ?? []
            const gone = type === 'delete_image' ? 2 : 0
            expect(left.length).toBeOneOf(error === undefined ? [gone] : [gone, 3])
            if (left.length === gone) expect(await readVariant(other, projectId, imageId)).toBeUndefined()
            await writer.close()
          },
        }
      })
      expect(projects.length).toBeGreaterThan(15)
      await sweep(folder)
      for (const projectId of projects) await expectWhole(other, folder, projectId)
      expect(await filesUnderWay(folder)).toEqual([])
    },
  )

  it('at a file of a deleted project deletes it, serves nothing of it, and removes the rest later', async () => {
    const { folder, writer, other } = await twoWriters()
    const ids = await plantProject({ storageDir: folder, projectId: 'shop', images: 130 })
    const stop = failing((call) => call.name === 'unlink' && call.path.endsWith(`${ids[70]}.jpg`), 'EIO')
    expect(await writer.commit('shop', { type: 'delete_project' })).toMatchObject({ deleted: true })
    stop()
    const again = await addImage(other, 'shop')
    for (const id of ids) expect(await readVariant(other, 'shop', id)).toBeUndefined()
    expect(await idsOf(writer, 'shop')).toEqual([again])
    await sweep(folder)
    await expectWhole(other, folder)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('without free descriptors is distinguished from a damaged project', async () => {
    const { folder, other } = await twoWriters()
    const ids = await plantProject({ storageDir: folder, projectId: 'shop', images: 130 })
    for (const name of ['readFile', 'open', 'readdir'] as const) {
      const reader = await openFileStore(folder)
      const stop = failing((call) => call.name === name && call.path.includes('.meta'), 'EMFILE')
      await expect(idsOf(reader, 'shop')).rejects.toMatchObject({ code: 'store_unavailable', retryAfterSeconds: 5 })
      const change = { type: 'edit', imageOrder: [ids[1] ?? ''] } as const
      await expect(reader.commit('shop', change)).rejects.toMatchObject({ code: 'store_unavailable' })
      stop()
      expect(await idsOf(reader, 'shop')).toEqual(ids)
    }
    const stop = failing((call) => call.name === 'open' && call.path.endsWith('.jpg'), 'EMFILE')
    await expect(readVariant(other, 'shop', ids[0] ?? '')).rejects.toMatchObject({ code: 'store_unavailable' })
    stop()
    await expectWhole(other, folder)
  })

  it('at meta.json refuses no change, and the next change repairs it', async () => {
    const { paths, writer } = await twoWriters()
    await addImage(writer, 'shop')
    await rm(paths.published('shop'))
    await mkdir(join(paths.published('shop'), 'in the way'), { recursive: true })
    await writer.commit('shop', { type: 'edit', title: 'kept' })
    expect((await writer.project('shop'))?.title).toBe('kept')
    await rm(paths.published('shop'), { recursive: true })
    await writer.commit('shop', { type: 'edit', title: 'newer' })
    expect(JSON.parse(await readFile(paths.published('shop'), 'utf8'))).toMatchObject({ title: 'newer', revision: 3 })
  })
})
