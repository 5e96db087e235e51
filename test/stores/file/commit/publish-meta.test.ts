import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createHeads } from '../../../../src/stores/file/commit/heads.ts'
import { createPublisher } from '../../../../src/stores/file/commit/publish-meta.ts'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import { createWorkspace } from '../../../../src/stores/file/staging/workspace.ts'
import { addImage } from '../../../contracts/store.ts'
import { beforeCall, watchDisk } from '../../../support/disk/calls.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { openFileStore, silent } from '../../../support/store/file-store.ts'
import { plantProject } from '../../../support/store/planted-project.ts'
import { filesUnderWay } from '../../../support/store/store-folder.ts'
import { PATIENCE } from '../../../support/vitest/patience.ts'

vi.mock('node:fs/promises', async (original) =>
  (await import('../../../support/disk/calls.ts')).watched(await original()),
)
vi.mock('node:fs', async (original) => (await import('../../../support/disk/calls.ts')).watchedSyncs(await original()))

/** A publisher for a store of one project, which another process changes. */
const publishing = async (options: { images: number; promptImages?: number; pauseMs?: number }) => {
  const { images, ...rest } = options
  const folder = await temporaryFolder()
  const paths = createPaths(folder)
  const store = await openFileStore(folder)
  await plantProject({ storageDir: folder, projectId: 'shop', images })
  const workspace = createWorkspace({ paths })
  await workspace.open()
  onTestFinished(() => workspace.close())
  const heads = createHeads({ paths })
  const publisher = createPublisher({ paths, heads, workspace, log: silent, ...rest })
  /** @param times requests in one turn of the event loop */
  const publish = async (times = 1) => {
    const head = await heads.read('shop')
    const own = await workspace.folder('shop')
    if (head) await Promise.all(Array.from({ length: times }, () => publisher.publish('shop', head, own)))
  }
  const published = async () => JSON.parse(await readFile(paths.published('shop'), 'utf8').catch(() => 'null'))
  return { folder, paths, store, publisher, publish, published }
}

const retitle = (store: Awaited<ReturnType<typeof openFileStore>>, title: string) =>
  store.commit('shop', { type: 'edit', title })

const isRename = (call: { name: string; to: string }) => call.name === 'rename' && basename(call.to) === 'meta.json'

describe('meta.json', () => {
  it('is published when a change is answered, with all images in segments and the tail', async () => {
    const { store, published } = await publishing({ images: 300 })
    const id = await addImage(store, 'shop')
    const document = await published()
    expect(document).toMatchObject({ revision: 2, image_count: 301 })
    expect(document.images).toHaveLength(301)
    expect(document.images.at(-1).id).toBe(id)
  })

  it('of a long list follows within the pause, once for many changes', async () => {
    const { store, paths, publish, published } = await publishing({ images: 130, promptImages: 129, pauseMs: 20 })
    const copies = vi.fn()
    watchDisk({ after: (call) => void (isRename(call) && call.path.includes('.tmp') && copies(call.path)) })
    await publish(3)
    expect(existsSync(paths.published('shop'))).toBe(false)
    await vi.waitFor(async () => expect(await published()).toMatchObject({ revision: 1, image_count: 130 }), PATIENCE)
    expect(copies).toHaveBeenCalledTimes(1)
    await retitle(store, 'by another process')
    await publish()
    await vi.waitFor(async () => expect(await published()).toMatchObject({ title: 'by another process' }), PATIENCE)
  })

  it('of a long list is written on close, within the pause', async () => {
    const { folder, publisher, publish, published } = await publishing({ images: 130, promptImages: 1, pauseMs: 3e6 })
    await publish()
    expect(await published()).toBeNull()
    await publisher.flush()
    expect(await published()).toMatchObject({ revision: 1, image_count: 130 })
    expect((await filesUnderWay(folder)).filter((path) => path.includes('meta'))).toEqual([])
    await publisher.flush()
  })

  it('is the newest, though a slow write of an older one comes after it', async () => {
    const { store, publish, published } = await publishing({ images: 1 })
    beforeCall(isRename, () => retitle(store, 'newer'))
    await publish()
    expect(await published()).toMatchObject({ title: 'newer', revision: 2 })
  })

  it('is the newest in the end, though another writer overtook it nine times', async () => {
    const { store, publisher, publish, published } = await publishing({ images: 1, pauseMs: 20 })
    let ahead = 0
    const overtake = () =>
      beforeCall(isRename, async () => {
        if (++ahead > 9) return
        await retitle(store, `title ${ahead}`)
        overtake()
      })
    overtake()
    await publish()
    await vi.waitFor(() => expect(ahead).toBe(10), PATIENCE)
    await publisher.flush()
    expect(await published()).toMatchObject({ title: 'title 9', revision: 10 })
  })

  it('is removed with its project', async () => {
    const { store, publish, published } = await publishing({ images: 1 })
    await publish()
    await store.commit('shop', { type: 'delete_project' })
    expect(await published()).toBeNull()
  })
})
