import { rmdirSync } from 'node:fs'
import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { REMEMBERED_TOKENS } from '../../../../src/stores/append-log.ts'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import type { Store } from '../../../../src/stores/store.ts'
import { addImage, fill, idsOf, recordOf } from '../../../contracts/store.ts'
import { beforeCall, type DiskCall, failing, losingAnswer, watchDisk } from '../../../support/disk/calls.ts'
import { filesIn, temporaryFolder } from '../../../support/disk/folder.ts'
import { openFileStore, silent } from '../../../support/store/file-store.ts'
import { plantProject } from '../../../support/store/planted-project.ts'
import {
  expectWhole,
  filesUnderWay,
  revisionNumbers,
  segmentFiles,
  sweep,
} from '../../../support/store/store-folder.ts'
import { PATIENCE } from '../../../support/vitest/patience.ts'

vi.mock('node:fs/promises', async (original) =>
  (await import('../../../support/disk/calls.ts')).watched(await original()),
)
vi.mock('node:fs', async (original) => (await import('../../../support/disk/calls.ts')).watchedSyncs(await original()))

/** Cleans up behind each change, so that it is known which revisions are there. */
const ONE_LOCK_EACH = { maxHeldMs: 0 } as const

/** A writer and another one, as two processes would be, on the same project. */
const twoWriters = async () => {
  const folder = await temporaryFolder()
  const paths = createPaths(folder)
  const [writer, other] = [await openFileStore(folder), await openFileStore(folder, ONE_LOCK_EACH)]
  /**
   * Before the writer's next call that fits, it sleeps: so long that its lock is taken over, and that the others do
   * what they do.
   */
  const sleepsBefore = (fits: (call: DiskCall) => boolean, meanwhile: () => Promise<unknown>) =>
    beforeCall(fits, async () => {
      rmdirSync(paths.lock('shop'))
      await meanwhile()
    })
  return { folder, paths, writer, other, sleepsBefore }
}

const isLinkOf = (revision: number) => (call: DiskCall) =>
  call.name === 'link' && call.to.endsWith(join('.meta', `${revision}.json`))

/** The look at the revisions that follows the link, to see whether the number is the newest. */
const isLook = (call: DiskCall) => call.name === 'readdir' && call.path.endsWith('.meta')

/** What one waits for and another gives. */
const signalOf = () => {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { give, given }
}

const titles = async (store: Store, from: number, to: number) => {
  for (let n = from; n <= to; n++) await store.commit('shop', { type: 'edit', title: `title ${n}` })
}

describe('a suspended writer whose number was taken', () => {
  it('retries on the newer head, and both changes are kept', async () => {
    const { folder, writer, other, sleepsBefore } = await twoWriters()
    const first = await addImage(writer, 'shop')
    let second = ''
    sleepsBefore(isLinkOf(2), async () => {
      second = await addImage(other, 'shop')
    })
    const third = await addImage(writer, 'shop')
    expect(await idsOf(other, 'shop')).toEqual([first, second, third])
    expect(await revisionNumbers(folder)).toEqual([1, 2, 3])
    await expectWhole(writer, folder)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('is refused by the newer head where its change is no longer possible', async () => {
    const { writer, other, sleepsBefore } = await twoWriters()
    const [first, imageId] = [await addImage(writer, 'shop'), await addImage(writer, 'shop')]
    sleepsBefore(isLinkOf(3), () => other.commit('shop', { type: 'delete_image', imageId }))
    await expect(writer.commit('shop', { type: 'set_primary', imageId })).rejects.toMatchObject({
      code: 'image_not_found',
    })
    expect(await other.project('shop')).toMatchObject({ revision: 3, primary_image_id: first, image_count: 1 })
  })

  it('removes the segments that it had stored for the discarded state', async () => {
    const { folder, writer, other, sleepsBefore } = await twoWriters()
    const ids = await plantProject({ storageDir: folder, projectId: 'shop', images: 127 })
    sleepsBefore(isLinkOf(2), () => other.commit('shop', { type: 'edit', title: 'first' }))
    const last = await addImage(writer, 'shop')
    expect(await idsOf(other, 'shop')).toEqual([...ids, last])
    await writer.close()
    expect(await segmentFiles(folder)).toHaveLength(1)
  })
})

describe('a writer suspended until its number was used and removed again', () => {
  it('removes its own link and applies its change to the newest head', async () => {
    const { folder, writer, other, sleepsBefore } = await twoWriters()
    const [first] = await plantProject({ storageDir: folder, projectId: 'shop', revisions: 60 })
    sleepsBefore(isLinkOf(61), () => titles(other, 61, 99))
    const second = await addImage(writer, 'shop')
    expect(await revisionNumbers(folder)).toEqual(Array.from({ length: 34 }, (_, n) => n + 67))
    expect(await writer.project('shop')).toMatchObject({ revision: 100, title: 'title 99' })
    expect(await idsOf(other, 'shop')).toEqual([first, second])
    await expectWhole(other, folder)
  })

  it('ends as unknown where even its recorded commit would be gone, and does not touch the history', async () => {
    const { folder, writer, other, sleepsBefore } = await twoWriters()
    const [first] = await plantProject({ storageDir: folder, projectId: 'shop', revisions: 30 })
    const newest = 31 + REMEMBERED_TOKENS
    sleepsBefore(isLinkOf(31), () => titles(other, 31, newest))
    await expect(addImage(writer, 'shop')).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await idsOf(writer, 'shop')).toEqual([first])
    expect(await other.project('shop')).toMatchObject({ revision: newest, title: `title ${newest}` })
    expect((await revisionNumbers(folder)).filter((number) => number > 64)).toEqual(
      Array.from({ length: newest - 64 }, (_, n) => n + 65),
    )
    await expectWhole(other, folder)
    await titles(other, newest + 1, newest + 70)
    expect(await revisionNumbers(folder)).not.toContain(31)
  })
})

describe('a writer that is overtaken between its link and its check', () => {
  it('finds its commit in the newer head, and is acknowledged once', async () => {
    const { folder, writer, other, sleepsBefore } = await twoWriters()
    const first = await addImage(writer, 'shop')
    let third = ''
    sleepsBefore(isLook, async () => {
      third = await addImage(other, 'shop')
    })
    const second = await addImage(writer, 'shop')
    expect(await idsOf(writer, 'shop')).toEqual([first, second, third])
    expect(await revisionNumbers(folder)).toEqual([1, 2, 3])
    await expectWhole(other, folder)
    const published = JSON.parse(await readFile(createPaths(folder).published('shop'), 'utf8'))
    expect(published).toMatchObject({ revision: 3, image_count: 3 })
  })

  it('finds it among the last 64, and ends as unknown beyond them, with its files kept', async () => {
    const { folder, writer, other, sleepsBefore } = await twoWriters()
    const first = await addImage(writer, 'shop')
    sleepsBefore(isLook, () => titles(other, 3, 1 + REMEMBERED_TOKENS))
    const second = await addImage(writer, 'shop')
    expect(await idsOf(other, 'shop')).toEqual([first, second])
    const number = ((await revisionNumbers(folder)).at(-1) ?? 0) + 1
    sleepsBefore(isLook, () => titles(other, number + 1, number + REMEMBERED_TOKENS))
    await expect(addImage(writer, 'shop')).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await idsOf(writer, 'shop')).toHaveLength(3)
    await expectWhole(writer, folder)
  })

  it('finds its commit where one more revision follows between its two checks', async () => {
    const { folder, writer, other, sleepsBefore } = await twoWriters()
    const first = await addImage(writer, 'shop')
    sleepsBefore(isLook, async () => {
      await titles(other, 3, 1 + REMEMBERED_TOKENS)
      beforeCall(isLook, () => titles(other, 2 + REMEMBERED_TOKENS, 2 + REMEMBERED_TOKENS))
    })
    await expect(addImage(writer, 'shop')).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await idsOf(writer, 'shop')).toEqual([first, expect.any(String)])
    await expectWhole(other, folder)
  })
})

describe('a commit whose answer the disk loses', () => {
  it.each(['EEXIST', 'EIO'])('is found by its token, and acknowledged once (%s)', async (code) => {
    const { folder, writer, other } = await twoWriters()
    const first = await addImage(writer, 'shop')
    losingAnswer(isLinkOf(2), code)
    const second = await addImage(writer, 'shop')
    expect(await idsOf(other, 'shop')).toEqual([first, second])
    expect(await revisionNumbers(folder)).toEqual([1, 2])
    losingAnswer(isLinkOf(3), code)
    expect(await writer.commit('shop', { type: 'delete_image', imageId: first })).toMatchObject({ revision: 3 })
    await expectWhole(other, folder)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('ends as unknown where other writers exceeded its recorded tokens meanwhile', async () => {
    const { folder, writer, other, sleepsBefore } = await twoWriters()
    await plantProject({ storageDir: folder, projectId: 'shop', revisions: 30 })
    losingAnswer(isLinkOf(31), 'EEXIST')
    const isReadOf31 = (call: DiskCall) => call.name === 'readFile' && call.path.endsWith(join('.meta', '31.json'))
    sleepsBefore(isReadOf31, () => titles(other, 32, 31 + REMEMBERED_TOKENS))
    await expect(writer.commit('shop', { type: 'edit', title: 'mine' })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    await expectWhole(other, folder)
  })
})

describe('changes that wait at the same time', () => {
  it('are committed in one revision in their order, and fail individually', async () => {
    const { folder, writer } = await twoWriters()
    const imageId = await addImage(writer, 'shop')
    const stage = await writer.stage('shop')
    await fill(stage)
    await stage.publish()
    const changes = [
      { type: 'add_image', image: recordOf(stage.imageId) },
      { type: 'edit', title: 'first' },
      { type: 'set_primary', imageId: 'z'.repeat(20) },
      { type: 'set_primary', imageId: stage.imageId },
      { type: 'edit', imageOrder: [stage.imageId, stage.imageId] },
      { type: 'edit', title: 'last' },
    ] as const
    const outcomes = await Promise.allSettled(changes.map((change) => writer.commit('shop', change)))
    await stage.discard()
    expect(outcomes).toMatchObject([
      { status: 'fulfilled', value: { revision: 2, image_count: 2, title: null } },
      { status: 'fulfilled', value: { revision: 2, title: 'first', primary_image_id: imageId } },
      { status: 'rejected', reason: { code: 'image_not_found' } },
      { status: 'fulfilled', value: { revision: 2, title: 'first', primary_image_id: stage.imageId } },
      { status: 'rejected', reason: { code: 'invalid_parameter' } },
      { status: 'fulfilled', value: { revision: 2, title: 'last', primary_image_id: stage.imageId } },
    ])
    expect(await revisionNumbers(folder)).toEqual([1, 2])
  })
})

describe('changes that arrive during the wait for a lock', () => {
  /** A store on a project whose lock another process holds. */
  const locked = async (lockWaitMs: number) => {
    const folder = await temporaryFolder()
    const store = await openFileStore(folder, { lockWaitMs })
    await addImage(store, 'shop')
    const lock = createPaths(folder).lock('shop')
    await mkdir(lock)
    return {
      store,
      retitle: (title: string) => store.commit('shop', { type: 'edit', title }),
      release: () => rmdir(lock),
    }
  }

  it('are committed with the first ones', async () => {
    const { retitle, release } = await locked(30_000)
    const first = retitle('first')
    await sleep(30)
    const second = retitle('second')
    await release()
    expect([(await first).revision, (await second).revision]).toEqual([2, 2])
  })

  it('have their own timeout, also where earlier changes had timed out', async () => {
    const { retitle, release } = await locked(2000)
    const first = retitle('first')
    const second = sleep(10).then(() => retitle('second'))
    await expect(first).rejects.toMatchObject({ code: 'busy' })
    await release()
    expect(await second).toMatchObject({ revision: 2, title: 'second' })
  })
})

describe('old revisions', () => {
  it('are removed after the answer, also while another process removes the same', async () => {
    const { folder, writer, other } = await twoWriters()
    await plantProject({ storageDir: folder, projectId: 'shop', revisions: 64 })
    const warn = vi.spyOn(silent, 'warn')
    const isReadOf20 = (call: DiskCall) => call.name === 'readFile' && call.path.endsWith(join('.meta', '20.json'))
    beforeCall(isReadOf20, async () => {
      await titles(other, 66, 66)
      await vi.waitFor(async () => expect((await revisionNumbers(folder))[0]).toBeGreaterThan(20), PATIENCE)
    })
    await titles(writer, 65, 65)
    await writer.close()
    const numbers = await revisionNumbers(folder)
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => 67 - numbers.length + n))
    expect(numbers.length).toBe(32)
    expect(warn).not.toHaveBeenCalled()
    warn.mockRestore()
  })
})

describe('a revision that a suspended writer links to a pruned number', () => {
  it('does not remove a segment that the newest revision names, when it is pruned', async () => {
    const { folder, writer, other, sleepsBefore } = await twoWriters()
    const third = await openFileStore(folder, ONE_LOCK_EACH)
    const ids = await plantProject({ storageDir: folder, projectId: 'shop', images: 200, revisions: 64 })
    const is65 = (path: string) => path.endsWith(join('.meta', '65.json'))
    const [linked, read] = [signalOf(), signalOf()]
    sleepsBefore(isLinkOf(65), async () => {
      await titles(other, 65, 97)
      // Listed while it was still of the history, and read when it is the writer's.
      beforeCall(
        (call) => call.name === 'readFile' && is65(call.path),
        async () => {
          await titles(third, 99, 99)
          await vi.waitFor(async () => expect((await revisionNumbers(folder))[0]).toBeGreaterThan(66), PATIENCE)
          read.give()
          await linked.given
        },
      )
      await titles(other, 98, 98)
      await read.given
      watchDisk({ after: (call) => void (call.name === 'link' && is65(call.to) && linked.give()) })
      beforeCall(isLook, async () => {
        await other.close()
        expect(await idsOf(await openFileStore(folder), 'shop')).toEqual(ids)
      })
    })
    await writer.commit('shop', { type: 'delete_image', imageId: ids[0] ?? '' })
    expect(await idsOf(third, 'shop')).toEqual(ids.slice(1))
  })
})

describe('a segment that a commit has stored', () => {
  it('does not fail a durable change where its link in the work folder cannot be removed', async () => {
    const { folder, writer, other } = await twoWriters()
    await plantProject({ storageDir: folder, projectId: 'shop', images: 127 })
    const stop = failing((call) => call.name === 'unlink' && /run-\w+\.json$/.test(call.path), 'EIO')
    const imageId = await addImage(writer, 'shop')
    stop()
    expect((await idsOf(other, 'shop'))?.at(-1)).toBe(imageId)
    await writer.close()
    await sweep(folder)
    expect(await segmentFiles(folder)).toHaveLength(1)
  })

  it('is removed in the end where the change is unknown and its revision has no successor', async () => {
    const { folder, writer, other, sleepsBefore } = await twoWriters()
    await plantProject({ storageDir: folder, projectId: 'shop', images: 127, revisions: 30 })
    sleepsBefore(isLinkOf(31), () => titles(other, 31, 31 + REMEMBERED_TOKENS))
    await expect(addImage(writer, 'shop')).rejects.toMatchObject({ code: 'store_unavailable' })
    await titles(other, 96, 170)
    await writer.close()
    await sweep(folder)
    expect(await revisionNumbers(folder)).not.toContain(31)
    expect(await segmentFiles(folder)).toEqual([])
  })
})

describe('a change without an effect', () => {
  it('is not answered by an old head whose successor is lost', async () => {
    const { folder, paths, writer, other } = await twoWriters()
    await plantProject({ storageDir: folder, projectId: 'shop', revisions: 3 })
    await writer.project('shop')
    await titles(other, 4, 8)
    await rm(paths.revision('shop', 4))
    await writer.commit('shop', { type: 'edit', title: null })
    expect(await other.project('shop')).toMatchObject({ title: null })
  })

  it('is answered only once its base is durable, and writes nothing', async () => {
    const { folder, writer } = await twoWriters()
    const imageId = await addImage(writer, 'shop')
    const calls: string[] = []
    watchDisk({ after: (call) => void calls.push(`${call.name} ${call.path}`) })
    expect(await writer.commit('shop', { type: 'set_primary', imageId })).toMatchObject({ revision: 1 })
    expect(calls.filter((call) => /^sync .*[/\\]\.meta$/.test(call))).toHaveLength(1)
    expect(calls.filter((call) => call.startsWith('link'))).toEqual([])
    expect(await revisionNumbers(folder)).toEqual([1])
  })
})

describe('a project with foreign entries', () => {
  it.each([
    ['another project', 'other', 2],
    ['an older revision', 'shop', 1],
  ])(
    'is reported as damaged where its newest revision is that of %s, and nothing is written',
    async (_, from, number) => {
      const { folder, paths, writer, other } = await twoWriters()
      for (const projectId of ['shop', 'other']) {
        await addImage(writer, projectId)
        await writer.commit(projectId, { type: 'edit', title: projectId })
      }
      await writeFile(paths.revision('shop', 2), await readFile(paths.revision(from, number)))
      const before = await filesIn(join(folder, 'projects'))
      const damaged = { code: 'project_damaged' }
      await expect(other.project('shop')).rejects.toMatchObject(damaged)
      await expect(other.commit('shop', { type: 'edit', title: 'x' })).rejects.toMatchObject(damaged)
      await expect(other.openVariant('shop', 'a'.repeat(20), 'thumb')).rejects.toMatchObject(damaged)
      await expect(addImage(other, 'shop')).rejects.toThrow(expect.objectContaining(damaged))
      expect(await filesIn(join(folder, 'projects'))).toEqual(before)
      expect(await other.project('other')).toMatchObject({ revision: 2, image_count: 1 })
    },
  )

  it('is absent where a file has its name', async () => {
    const { folder, writer } = await twoWriters()
    await writeFile(join(folder, 'projects', 'notes.txt'), 'Remember the milk.')
    expect(await writer.project('notes.txt')).toBeUndefined()
    expect(await writer.openVariant('notes.txt', 'a'.repeat(20), 'thumb')).toBeUndefined()
    await expect(addImage(writer, 'notes.txt')).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})
