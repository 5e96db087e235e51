import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { newImageId, SIZES, type VariantName } from '../../../../src/core/names.ts'
import { WHOLE_PROJECT_MARK } from '../../../../src/stores/file/cleanup/sweep.ts'
import { createPaths, folderOf } from '../../../../src/stores/file/paths.ts'
import { LEFT, thisProcess } from '../../../../src/stores/file/staging/owner.ts'
import { sealOwner } from '../../../../src/stores/file/staging/owner-file.ts'
import { newToken, OWNER_FILE } from '../../../../src/stores/file/staging/workspace.ts'
import { decodeRevision, encodeRevision, type Revision } from '../../../../src/stores/history/revision.ts'
import { addImage, bytesOf, fill, idsOf, readVariant, recordOf } from '../../../contracts/store.ts'
import { beforeCall, failing, watchDisk } from '../../../support/disk/calls.ts'
import { filesIn, temporaryFolder } from '../../../support/disk/folder.ts'
import { openFileStore } from '../../../support/store/file-store.ts'
import { plantProject } from '../../../support/store/planted-project.ts'
import {
  expectWhole,
  filesUnderWay,
  revisionNumbers,
  segmentFiles,
  sweep,
} from '../../../support/store/store-folder.ts'

vi.mock('node:fs/promises', async (original) =>
  (await import('../../../support/disk/calls.ts')).watched(await original()),
)
vi.mock('node:fs', async (original) => (await import('../../../support/disk/calls.ts')).watchedSyncs(await original()))

type Owner = Awaited<ReturnType<typeof thisProcess>>

/** A process that is there until the test ends it, or the test is over. */
const startProcess = async (): Promise<ChildProcess & { pid: number }> => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  onTestFinished(() => endProcess(child))
  await once(child, 'spawn')
  if (child.pid === undefined) throw new Error('the process has no id')
  return Object.assign(child, { pid: child.pid })
}

const endProcess = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

const deadPid = async (): Promise<number> => {
  const child = await startProcess()
  await endProcess(child)
  return child.pid
}

const startOf = async (pid: number): Promise<string> => {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

/** The folder of a process under .tmp. By default of one that is dead. */
const plantOwner = async (folder: string, owner: Partial<Owner> = {}): Promise<string> => {
  const path = join(folder, '.tmp', newToken())
  await mkdir(path, { recursive: true })
  const pid = owner.pid ?? (await deadPid())
  const file = join(path, OWNER_FILE)
  await writeFile(file, sealOwner(file, { ...(await thisProcess()), pid, ...owner }))
  return path
}

/** A folder of work under way on a project, with these files in it. */
const plantWork = async (
  owner: string,
  names: readonly string[],
  projectId = 'shop',
  token = newToken(),
): Promise<string> => {
  const work = join(owner, `${token}@${folderOf(projectId)}`)
  await mkdir(work)
  for (const name of names) await writeFile(join(work, name), name)
  return work
}

/** An upload of a process: its variants are finished, and under their final names as far as it came, in this order. */
const plantUpload = async (folder: string, owner: string, placed: number, names: readonly VariantName[] = SIZES) => {
  const imageId = newImageId()
  const work = await plantWork(owner, ['upload'], 'shop', imageId)
  for (const [at, name] of names.entries()) {
    const path = at < placed ? createPaths(folder).variant('shop', imageId, name) : join(work, `${imageId}.${name}.jpg`)
    await writeFile(path, bytesOf(imageId, name))
  }
  return imageId
}

/** Writes the revision that follows the newest one. */
const plantRevision = async (folder: string, change: (newest: Revision) => Revision) => {
  const paths = createPaths(folder)
  const number = (await revisionNumbers(folder)).at(-1) ?? 0
  const newest = decodeRevision(await readFile(paths.revision('shop', number), 'utf8'))
  const next = change({ ...newest, state: { ...newest.state, revision: number + 1 } })
  await writeFile(paths.revision('shop', number + 1), encodeRevision(next))
}

const withProject = async (images = 2) => {
  const folder = await temporaryFolder()
  const ids = await plantProject({ storageDir: folder, projectId: 'shop', images })
  await mkdir(join(folder, '.tmp'))
  return { folder, paths: createPaths(folder), ids }
}

describe('remains of a dead process are swept at the next start', () => {
  it('an upload that was only received', async () => {
    const { folder, ids } = await withProject()
    const owner = await plantOwner(folder)
    await plantWork(owner, ['upload'])
    await plantWork(owner, ['upload'], 'never-made')
    await writeFile(join(owner, 'check'), 'ok')
    await sweep(folder)
    expect(existsSync(owner)).toBe(false)
    const store = await openFileStore(folder)
    expect(await idsOf(store, 'shop')).toEqual(ids)
    await expectWhole(store, folder)
    expect(await filesUnderWay(folder)).toEqual([])
    expect(await store.project('never-made')).toBeUndefined()
  })

  it.each([1, 2, 3, 4])('an upload of which %i of 4 variants were published, but not committed', async (linked) => {
    const { folder, ids } = await withProject()
    await plantUpload(folder, await plantOwner(folder), linked)
    await sweep(folder)
    const store = await openFileStore(folder)
    expect(await idsOf(store, 'shop')).toEqual(ids)
    await expectWhole(store, folder)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it.each([0, 1, 2, 5])('an upload with a source of which %i of 5 variants were published', async (placed) => {
    const { folder, paths, ids } = await withProject()
    await mkdir(paths.variants('shop', 'source'))
    await plantUpload(folder, await plantOwner(folder), placed, ['source', ...SIZES])
    await sweep(folder)
    const store = await openFileStore(folder)
    expect(await idsOf(store, 'shop')).toEqual(ids)
    await expectWhole(store, folder)
    expect(await readdir(paths.variants('shop', 'source'))).toEqual([])
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('an upload of an older version, whose files and not its folder have the name of the image', async () => {
    const { folder, paths } = await withProject()
    const imageId = newImageId()
    const names = SIZES.map((size) => `${imageId}.${size}.jpg`)
    await plantWork(await plantOwner(folder), ['upload', ...names])
    for (const size of SIZES) await writeFile(paths.variant('shop', imageId, size), bytesOf(imageId, size))
    await sweep(folder)
    await expectWhole(await openFileStore(folder), folder)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('an upload to a project whose folder is a file', async () => {
    const { folder, paths } = await withProject()
    await writeFile(paths.project('notes'), 'Remember the milk.')
    await plantWork(await plantOwner(folder), ['upload'], 'notes', newImageId())
    await sweep(folder)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it.each([
    ['is not there', async () => {}],
    ['is a file', (path: string) => writeFile(path, 'Remember the milk.')],
  ])('a commit that had stored a segment, in a project that %s, and all other remains', async (_, make) => {
    const { folder, paths } = await withProject()
    await make(paths.project('aaa'))
    const owner = await plantOwner(folder)
    await plantWork(owner, [`run-${'a'.repeat(16)}.json`], 'aaa', 'a'.repeat(12))
    await plantUpload(folder, owner, 4)
    await sweep(folder)
    await expectWhole(await openFileStore(folder), folder)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('files of an image that was deleted only once the revision that deletes it is durable', async () => {
    const { folder, paths, ids } = await withProject()
    const [deleted = ''] = ids
    await plantWork(await plantOwner(folder), ['revision-2.json'])
    await plantRevision(folder, ({ state, ...rest }) => ({
      ...rest,
      removing: [deleted],
      state: { ...state, image_count: 1, images: { segments: [], tail: state.images.tail.slice(1) } },
    }))
    const calls: string[] = []
    watchDisk({ after: ({ name, path }) => void calls.push(`${name} ${path}`) })
    await sweep(folder)
    const removed = calls.findIndex((call) => call.startsWith('unlink') && call.includes(deleted))
    expect(calls.slice(0, removed)).toContain(`sync ${paths.meta('shop')}`)
  })

  it('the folder of a committed upload, whose variants stay', async () => {
    const { folder, ids } = await withProject()
    const imageId = await plantUpload(folder, await plantOwner(folder), 4)
    await plantRevision(folder, ({ state, ...rest }) => ({
      ...rest,
      state: { ...state, image_count: 3, images: { segments: [], tail: [...state.images.tail, recordOf(imageId)] } },
    }))
    await sweep(folder)
    const store = await openFileStore(folder)
    expect(await idsOf(store, 'shop')).toEqual([...ids, imageId])
    await expectWhole(store, folder)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('files of a deleted image, and not those of one whose deletion was only begun', async () => {
    const { folder, ids } = await withProject(3)
    const [deleted = '', kept = '', other = ''] = ids
    const owner = await plantOwner(folder)
    await plantWork(owner, ['revision-2.json'])
    await plantWork(owner, [])
    await plantRevision(folder, ({ state, ...rest }) => ({
      ...rest,
      removing: [deleted],
      state: {
        ...state,
        image_count: 2,
        primary_image_id: kept,
        images: { segments: [], tail: state.images.tail.filter(({ id }) => id !== deleted) },
      },
    }))
    await sweep(folder)
    const store = await openFileStore(folder)
    expect(await idsOf(store, 'shop')).toEqual([kept, other])
    await expectWhole(store, folder)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it.each([
    ['behind', (path: string) => writeFile(path, '{\n  "project_id": "shop",\n  "revision": 1,\n')],
    ['not there', (path: string) => rm(path, { force: true })],
  ])('the folder of a commit before its copy was published: meta.json is %s', async (_, prepare) => {
    const { folder, paths } = await withProject()
    await plantWork(await plantOwner(folder), ['revision-2.json'])
    await prepare(paths.published('shop'))
    await plantRevision(folder, ({ state, ...rest }) => ({ ...rest, state: { ...state, title: 'Spring' } }))
    await sweep(folder)
    const published: unknown = JSON.parse(await readFile(paths.published('shop'), 'utf8'))
    expect(published).toMatchObject({ revision: (await revisionNumbers(folder)).at(-1), title: 'Spring' })
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('files of a deleted project, whatever their number', async () => {
    const { folder } = await withProject(130)
    await plantWork(await plantOwner(folder), [WHOLE_PROJECT_MARK])
    await plantRevision(folder, ({ state, ...rest }) => ({
      ...rest,
      removing: state.images.tail.map(({ id }) => id),
      removingSegments: state.images.segments.flatMap(({ count, stored }) => (stored ? [{ count, ...stored }] : [])),
      state: { ...state, deleted: true, image_count: 0, primary_image_id: null, images: { segments: [], tail: [] } },
    }))
    await sweep(folder)
    const store = await openFileStore(folder)
    expect(await store.project('shop')).toBeUndefined()
    await expectWhole(store, folder)
    expect(await filesUnderWay(folder)).toEqual([])
    const again = await addImage(store, 'shop')
    expect(await idsOf(store, 'shop')).toEqual([again])
  })

  it('no file of a project whose deletion was only begun', async () => {
    const { folder, ids } = await withProject(130)
    await plantWork(await plantOwner(folder), [WHOLE_PROJECT_MARK])
    await sweep(folder)
    const store = await openFileStore(folder)
    expect(await idsOf(store, 'shop')).toEqual(ids)
    await expectWhole(store, folder)
    expect(await revisionNumbers(folder)).toEqual([1])
  })

  it('segment files that no revision names, and no others', async () => {
    const { folder, paths, ids } = await withProject(128)
    const named = await segmentFiles(folder)
    const unnamed = `${'x'.repeat(16)}.json`
    await writeFile(join(paths.segments('shop'), unnamed), 'of a commit that was not to be')
    await plantWork(await plantOwner(folder), ['revision.json', ...[...named, unnamed].map((name) => `run-${name}`)])
    await sweep(folder)
    expect(await segmentFiles(folder)).toEqual(named)
    expect(await idsOf(await openFileStore(folder), 'shop')).toEqual(ids)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('remains of an interrupted sweep, and a workspace without an owner file', async () => {
    const { folder } = await withProject()
    const owner = await plantOwner(folder)
    await plantUpload(folder, owner, 2)
    const stop = failing((call) => call.name === 'unlink' && call.path.endsWith('.jpg'), 'EIO')
    await sweep(folder)
    stop()
    expect(existsSync(owner)).toBe(false)
    expect(await filesUnderWay(folder)).not.toEqual([])
    const nameless = join(folder, '.tmp', newToken())
    await mkdir(nameless)
    await utimes(nameless, 1, 1)
    await sweep(folder)
    await expectWhole(await openFileStore(folder), folder)
    expect(await filesUnderWay(folder)).toEqual([])
    expect(existsSync(nameless)).toBe(false)
  })

  it('all remains except those of a damaged project', async () => {
    const { folder, paths } = await withProject()
    await plantProject({ storageDir: folder, projectId: 'damaged' })
    await writeFile(paths.revision('damaged', 1), '{}')
    const owner = await plantOwner(folder)
    await plantWork(owner, [`${'a'.repeat(20)}.thumb.jpg`], 'damaged')
    await plantUpload(folder, owner, 4)
    const before = await filesIn(paths.project('damaged'))
    await sweep(folder)
    await expectWhole(await openFileStore(folder), folder)
    expect(await filesIn(paths.project('damaged'))).toEqual(before)
    expect(await filesUnderWay(folder)).toEqual([expect.stringMatching(/@damaged\/a{20}\.thumb\.jpg$/)])
  })
})

describe('a running owner is not swept', () => {
  it('where its process is visible, as long as it runs', async () => {
    const { folder } = await withProject()
    const child = await startProcess()
    const owner = await plantOwner(folder, { pid: child.pid, started: await startOf(child.pid) })
    const imageId = await plantUpload(folder, owner, 4)
    await utimes(join(owner, OWNER_FILE), 1, 1)
    await sweep(folder)
    expect(existsSync(createPaths(folder).variant('shop', imageId, 'thumb'))).toBe(true)
    await endProcess(child)
    await sweep(folder)
    expect(existsSync(owner)).toBe(false)
    await expectWhole(await openFileStore(folder), folder)
  })

  it('unless another process has its pid now', async () => {
    const { folder } = await withProject()
    const owner = await plantOwner(folder, { pid: process.pid, started: '1' })
    await sweep(folder)
    expect(existsSync(owner)).toBe(process.platform !== 'linux')
  })

  it('where the start time of its process is unknown', async () => {
    const { folder } = await withProject()
    const unsure = await plantOwner(folder, { pid: process.pid, started: '' })
    const other = await plantOwner(folder, { pid: process.pid })
    const stop = failing((call) => call.name === 'readFile' && call.path === `/proc/${process.pid}/stat`, 'EMFILE')
    await sweep(folder)
    stop()
    expect([existsSync(unsure), existsSync(other)]).toEqual([true, true])
  })

  it.each([
    ['another machine', { host: 'elsewhere' }],
    ['another container', { namespace: 'pid:[1]' }],
    ['another run of the machine', { boot: 'before' }],
  ])('where it is of %s, for a minute after its last heartbeat', async (_, owner) => {
    const { folder } = await withProject()
    const path = await plantOwner(folder, owner)
    const imageId = await plantUpload(folder, path, 4)
    await sweep(folder)
    expect(existsSync(createPaths(folder).variant('shop', imageId, 'thumb'))).toBe(true)
    const longAgo = new Date(Date.now() - 61_000)
    await utimes(join(path, OWNER_FILE), longAgo, longAgo)
    await sweep(folder)
    expect(existsSync(path)).toBe(false)
    await expectWhole(await openFileStore(folder), folder)
  })
})

describe('a running process that was taken for dead', () => {
  /** A store whose process seems to be gone to all others. */
  const takenForDead = async (folder: string) => {
    const store = await openFileStore(folder)
    const pid = await deadPid()
    const dies = async () => {
      for (const path of await filesIn(join(folder, '.tmp'))) {
        if (!path.endsWith(OWNER_FILE)) continue
        const file = join(folder, '.tmp', path)
        await writeFile(file, sealOwner(file, { ...(await thisProcess()), pid }))
      }
    }
    return { store, dies }
  }

  it('cannot commit swept files, and loses none of its later commits', async () => {
    const { folder, ids } = await withProject()
    const { store, dies } = await takenForDead(folder)
    const stage = await store.stage('shop')
    await fill(stage)
    await stage.publish()
    await dies()
    await sweep(folder)
    const after = await addImage(store, 'shop')
    const change = { type: 'add_image', image: recordOf(stage.imageId) } as const
    await expect(store.commit('shop', change, { stage })).rejects.toMatchObject({ code: 'store_unavailable' })
    await stage.discard()
    expect(await idsOf(store, 'shop')).toEqual([...ids, after])
    await expectWhole(store, folder)
    await expect(store.check()).resolves.toBeUndefined()
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('cannot link a revision from its swept workspace', async () => {
    const { folder, ids } = await withProject()
    const { store, dies } = await takenForDead(folder)
    beforeCall(
      (call) => call.name === 'link' && dirname(call.to).endsWith('.meta'),
      async () => {
        await dies()
        await sweep(folder)
      },
    )
    await expect(addImage(store, 'shop')).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await idsOf(store, 'shop')).toEqual(ids)
    await expectWhole(store, folder)
    await addImage(store, 'shop')
    await expectWhole(store, folder)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('keeps every acknowledged image, at any moment of the sweep', async () => {
    const { folder, ids } = await withProject()
    const { store, dies } = await takenForDead(folder)
    const stage = await store.stage('shop')
    await fill(stage)
    await stage.publish()
    await dies()
    let outcome: unknown
    beforeCall(
      (call) => call.name === 'unlink' && call.path.endsWith(`${stage.imageId}.jpg`),
      async () => {
        outcome = await store
          .commit('shop', { type: 'add_image', image: recordOf(stage.imageId) }, { stage })
          .catch((error: unknown) => error)
      },
    )
    await sweep(folder)
    await stage.discard()
    expect(outcome).toMatchObject({ code: 'store_unavailable' })
    expect(await idsOf(store, 'shop')).toEqual(ids)
    expect(await readVariant(store, 'shop', stage.imageId)).toBeUndefined()
    await expectWhole(store, folder)
  })
})

describe('a process that ends gracefully', () => {
  it('leaves remaining files to the next process', async () => {
    const { folder } = await withProject()
    const store = await openFileStore(folder)
    const stage = await store.stage('shop')
    await fill(stage)
    await stage.publish()
    const stop = failing((call) => ['unlink', 'rename'].includes(call.name), 'EIO')
    await stage.discard()
    stop()
    await store.close()
    expect(await filesUnderWay(folder)).not.toEqual([])
    await sweep(folder)
    await expectWhole(await openFileStore(folder), folder)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('leaves remaining files to it, though one file cannot be removed', async () => {
    const { folder, paths, ids } = await withProject(3)
    const [stuck = '', other = ''] = ids
    const store = await openFileStore(folder)
    failing((call) => call.name === 'unlink' && call.path.endsWith(`${stuck}.jpg`), 'EPERM')
    const stop = failing((call) => call.name === 'unlink' && call.path.endsWith(`${other}.jpg`), 'EIO')
    for (const imageId of [stuck, other]) await store.commit('shop', { type: 'delete_image', imageId })
    stop()
    await store.close()
    await sweep(folder)
    for (const size of SIZES) expect(await readdir(paths.variants('shop', size))).not.toContain(`${other}.jpg`)
  })

  it('hands over a folder though its destination was swept at that moment', async () => {
    const { folder, ids } = await withProject()
    const store = await openFileStore(folder)
    const stop = failing((call) => call.name === 'unlink' && call.path.endsWith(`${ids[0]}.jpg`), 'EIO')
    beforeCall(
      (call) => call.name === 'rename' && call.path.endsWith('@shop') && call.to.includes(LEFT),
      () => sweep(folder),
    )
    await store.commit('shop', { type: 'delete_image', imageId: ids[0] ?? '' })
    stop()
    await store.close()
    await sweep(folder)
    await expectWhole(await openFileStore(folder), folder)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('hands over files of an image whose deletion failed on the disk', async () => {
    const { folder, ids } = await withProject()
    const store = await openFileStore(folder)
    const stop = failing((call) => call.name === 'unlink' && call.path.endsWith('.jpg'), 'EIO')
    await store.commit('shop', { type: 'delete_image', imageId: ids[0] ?? '' })
    stop()
    expect(await readVariant(store, 'shop', ids[0] ?? '')).toBeUndefined()
    await store.close()
    expect(await readdir(join(folder, '.tmp'))).toEqual([expect.stringMatching(/\.left$/)])
    await sweep(folder)
    await expectWhole(await openFileStore(folder), folder)
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('begins no work afterwards', async () => {
    const { folder } = await withProject()
    const store = await openFileStore(folder)
    await store.close()
    await expect(store.stage('shop')).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await filesIn(join(folder, '.tmp'))).toEqual([])
  })
})
