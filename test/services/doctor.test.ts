// The doctor on intact stores, beside active writers, and among entries that do not belong to the store.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstat, mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { newImageId, SIZES } from '../../src/core/names.ts'
import type { Paths } from '../../src/stores/file/paths.ts'
import { thisProcess } from '../../src/stores/file/staging/owner.ts'
import { sealOwner } from '../../src/stores/file/staging/owner-file.ts'
import type { Store } from '../../src/stores/store.ts'
import { filesIn } from '../support/disk/folder.ts'
import { numberedPicture, plain } from '../support/pictures/pictures.ts'
import {
  copyOf,
  examine,
  examineAlone,
  imagesOver,
  inShort,
  listImages,
  seenIn,
  uploadPicture,
  withStore,
} from '../support/store/doctor.ts'
import { smallStore } from '../support/store/doctor-stores.ts'
import { openFileStore } from '../support/store/file-store.ts'
import { revisionNumbers } from '../support/store/store-folder.ts'
import { thorough } from '../support/thorough.ts'

let made: { storageDir: string }

beforeAll(async () => {
  made = await smallStore()
})

const contents = async (storageDir: string): Promise<Record<string, string>> => {
  const paths = await filesIn(storageDir)
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(storageDir, path), 'base64')] as const)),
  )
}

describe('an intact store', () => {
  it('has no finding, and nothing is written, even with fix', async () => {
    const { storageDir } = await copyOf(made.storageDir)
    const before = await contents(storageDir)
    const counts = { projects: 3, images: 7, mended: 0, remaining: 0, noted: 0, findings: [] }
    expect(await examine(storageDir)).toMatchObject(counts)
    expect(await examine(storageDir, { fix: true })).toMatchObject(counts)
    expect(await contents(storageDir)).toEqual(before)
  })

  it('has no finding while it is open, nor after old revisions were pruned', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    const store = await openFileStore(storageDir)
    for (let number = 0; number < 80; number++) await store.commit('shop', { type: 'edit', title: `${number}` })
    expect(await readdir(paths.meta('shop'))).not.toContain('1.json')
    expect(inShort(await examine(storageDir, { fix: true })).join('\n')).toBe('')
  })

  it('may have pictures with an orientation, other codings or large profiles', async () => {
    const { storageDir } = await copyOf(made.storageDir)
    const photo = () => plain(300, 200, '#336699')
    const large = Buffer.alloc(60_000, 'a comment ')
    const uploads = [
      photo().withMetadata({ orientation: 6 }).jpeg(),
      photo().withMetadata({ orientation: 3 }).jpeg({ progressive: true }),
      photo().withIccProfile('p3').jpeg({ chromaSubsampling: '4:4:4' }),
      photo()
        .greyscale()
        .withExif({ IFD0: { ImageDescription: large.toString() } })
        .jpeg(),
      photo().png(),
    ]
    await withStore(storageDir, async (store) => {
      for (const upload of uploads) await uploadPicture(imagesOver(store), 'shop', await upload.toBuffer())
      const images = await listImages(store, 'shop')
      expect(images.map(({ width, height }) => `${width}x${height}`)).toContain('200x300')
    })
    expect(await examine(storageDir)).toMatchObject({ findings: [], images: 12 })
  })

  it('is examined for one project alone on request', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    await rm(paths.published('shop'))
    expect(await examine(storageDir, { projectId: 'Other' })).toMatchObject({ projects: 1, images: 3, remaining: 0 })
    expect(await examine(storageDir, { projectId: 'shop' })).toMatchObject({ projects: 1, images: 4, remaining: 1 })
    await expect(examine(storageDir, { projectId: 'nobody' })).rejects.toMatchObject({ code: 'project_not_found' })
  })

  it('is not created where it is absent', async () => {
    const { storageDir } = await copyOf(made.storageDir)
    const elsewhere = join(storageDir, 'elsewhere')
    await expect(examine(elsewhere, { fix: true })).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(lstat(elsewhere)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('stray files', () => {
  it('of an image in no list are moved to .lost unchanged', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    const imageId = newImageId()
    for (const size of SIZES) await writeFile(paths.variant('shop', imageId, size), await numberedPicture(70))
    await writeFile(join(paths.segments('shop'), 'abcdefgh01234567.json'), '[]\n')
    const found = await examineAlone(storageDir)
    expect(new Set(found.findings.map(({ kind }) => kind))).toEqual(new Set(['stray_variant', 'stray_run']))
    expect(await examineAlone(storageDir, { fix: true })).toMatchObject({ mended: 5, remaining: 0 })
    expect(inShort(await examineAlone(storageDir))).toEqual([])
    const [folder = ''] = await readdir(join(storageDir, '.lost'))
    const kept = (size: string) => join(storageDir, '.lost', folder, 'projects', 'shop', size, `${imageId}.jpg`)
    for (const size of SIZES) expect(await readFile(kept(size))).toEqual(await numberedPicture(70))
  })

  it('with foreign names are only noted', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    const strange = [
      join(paths.projects, 'notes.txt'),
      join(paths.project('shop'), 'README.md'),
      join(paths.variants('shop', 'thumb'), '.DS_Store'),
      join(paths.meta('shop'), '007.json'),
      join(paths.segments('shop'), 'x.json'),
      join(paths.tmp, 'file'),
    ]
    for (const path of strange) await writeFile(path, 'mine')
    const { findings, ...counts } = await examineAlone(storageDir, { fix: true })
    expect(counts).toMatchObject({ mended: 0, remaining: 0, noted: strange.length })
    expect(findings.map(({ path }) => join(storageDir, path)).toSorted()).toEqual(strange.toSorted())
    for (const path of strange) expect(await readFile(path, 'utf8')).toBe('mine')
  })

  it('that are marks of a killed process are removed', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    await mkdir(paths.running, { recursive: true })
    const marks = [join(paths.running, 'dead'), join(paths.running, 'living')]
    const [dead = '', living = ''] = marks
    await writeFile(dead, sealOwner(dead, { ...(await thisProcess()), started: '1' }))
    await writeFile(living, sealOwner(living, await thisProcess()))
    expect(inShort(await examine(storageDir))).toEqual(['temporary_left .running/dead noted'])
    expect(inShort(await examine(storageDir, { fix: true }))).toEqual(['temporary_left .running/dead mended'])
    expect(await readdir(paths.running)).toEqual(['living'])
  })

  it('with the name of an impossible revision are moved to .lost', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    const before = await seenIn(storageDir, 'shop')
    await writeFile(join(paths.meta('shop'), '99999999999999999999.json'), '{}')
    expect(inShort(await examineAlone(storageDir, { fix: true }))).toEqual([
      'odd_entry projects/shop/.meta/99999999999999999999.json mended',
    ])
    expect(await seenIn(storageDir, 'shop')).toEqual(before)
  })

  it('are not reported while an upload is under way', async () => {
    const { storageDir } = await copyOf(made.storageDir)
    const store = await openFileStore(storageDir)
    const stage = await stagePicture(store, 'shop')
    await stage.publish()
    expect(inShort(await examine(storageDir, { fix: true })).join('\n')).toBe('')
    await stage.discard()
    expect(inShort(await examine(storageDir)).join('\n')).toBe('')
  })

  it('are removed where the uploading process has died', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    const before = await filesIn(storageDir)
    await withStore(storageDir, async (store) => {
      await (await stagePicture(store, 'shop')).publish()
      await abandon(paths)
      const found = await examineAlone(storageDir)
      expect(found.findings).toMatchObject([{ kind: 'temporary_left', outcome: 'noted' }])
      expect(await examineAlone(storageDir, { fix: true })).toMatchObject({ mended: 1, remaining: 0 })
    })
    expect(await filesIn(storageDir)).toEqual(before)
  })

  it('are removed where their deletion was committed but not finished', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    const imageId = (await seenIn(storageDir, 'shop'))?.ids[0] ?? ''
    const back = await contents(storageDir)
    await withStore(storageDir, (store) => store.commit('shop', { type: 'delete_image', imageId }))
    const files = SIZES.map((size) => `projects/shop/${size}/${imageId}.jpg`)
    for (const path of files) await writeFile(join(storageDir, path), back[path] ?? '', 'base64')
    const found = await examineAlone(storageDir)
    expect(found.findings).toMatchObject([{ kind: 'removal_unfinished', outcome: 'mendable' }])
    // Where its process has ended, the next start of a server finishes it.
    await mkdir(join(paths.tmp, 'ended.left', 'commit@shop'), { recursive: true })
    const left = await examineAlone(storageDir)
    expect(left.findings).toContainEqual(expect.objectContaining({ kind: 'removal_unfinished', outcome: 'noted' }))
    expect(left).toMatchObject({ remaining: 0 })
    await rm(join(paths.tmp, 'ended.left'), { recursive: true })
    const newest = (await revisionNumbers(storageDir)).at(-1) ?? 0
    expect(await examineAlone(storageDir, { fix: true })).toMatchObject({ mended: 1, remaining: 0 })
    expect((await revisionNumbers(storageDir)).at(-1)).toBe(newest + 1)
    expect(await readdir(paths.variants('shop', 'original'))).not.toContain(`${imageId}.jpg`)
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })
})

describe('a deletion under way', () => {
  it('is not reported as unfinished while its process is alive', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    const imageId = (await seenIn(storageDir, 'shop'))?.ids[0] ?? ''
    const back = await contents(storageDir)
    await withStore(storageDir, async (store) => {
      await store.commit('shop', { type: 'delete_image', imageId })
      const files = SIZES.map((size) => `projects/shop/${size}/${imageId}.jpg`)
      for (const path of files) await writeFile(join(storageDir, path), back[path] ?? '', 'base64')
      const [owner = ''] = await readdir(paths.tmp)
      const work = join(paths.tmp, owner, 'commitaaaaaa@shop')
      await mkdir(work)
      const looking = examine(storageDir, { projectId: 'shop', recheckDelayMs: 200 })
      await sleep(300)
      for (const path of files) await rm(join(storageDir, path))
      await rm(work, { recursive: true })
      expect(inShort(await looking)).toEqual([])
    })
  })
})

const stagePicture = async (store: Store, projectId: string) => {
  const stage = await store.stage(projectId)
  for (const size of SIZES) await writeFile(stage.targets[size], await numberedPicture(60))
  return stage
}

/** Makes the folders of all processes those of one that has ended. */
const abandon = async (paths: Paths): Promise<void> => {
  for (const owner of await readdir(paths.tmp)) await rename(join(paths.tmp, owner), join(paths.tmp, `${owner}.left`))
}

describe('a lock', () => {
  const old = new Date(Date.now() - 60_000)

  it('is removed where it is stale, and stays where it is held', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    for (const projectId of ['shop', 'Other']) await mkdir(paths.lock(projectId))
    await utimes(paths.lock('shop'), old, old)
    const found = await examineAlone(storageDir)
    expect(inShort(found)).toEqual(['lock_left projects/shop/meta.lock noted'])
    expect(await examineAlone(storageDir, { fix: true })).toMatchObject({ mended: 1, remaining: 0 })
    expect((await lstat(paths.lock('Other'))).isDirectory()).toBe(true)
  })

  it('of a clock that is ahead is removed once it is no longer renewed', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    await mkdir(paths.lock('shop'))
    const ahead = new Date(Date.now() + 3_600_000)
    await utimes(paths.lock('shop'), ahead, ahead)
    const mended = await examineAlone(storageDir, { fix: true, lockStaleMs: 100 })
    expect(inShort(mended)).toEqual(['lock_left projects/shop/meta.lock mended'])
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it.each([
    ['a file', (path: string) => writeFile(path, 'locked')],
    ['a symbolic link', (path: string) => symlink('/nowhere', path)],
    ['a folder with something in it', (path: string) => mkdir(join(path, 'inside'), { recursive: true })],
  ])('replaced by %s does not block changes for ever', async (_, make) => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    await make(paths.lock('shop'))
    expect(inShort(await examineAlone(storageDir))).toEqual(['lock_odd projects/shop/meta.lock mendable'])
    expect(await examineAlone(storageDir, { fix: true })).toMatchObject({ mended: 1, remaining: 0 })
    await withStore(storageDir, (store) => store.commit('shop', { type: 'edit', title: 'x' }))
  })
})

describe('an entry of the wrong type', () => {
  it('that is a link instead of a variant is replaced, not followed', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    const before = await seenIn(storageDir, 'Other')
    const path = paths.variant('Other', before?.ids[0] ?? '', 'thumb')
    await rename(path, join(storageDir, 'elsewhere.jpg'))
    await symlink(join(storageDir, 'elsewhere.jpg'), path)
    const mended = await examineAlone(storageDir, { fix: true })
    expect(mended.findings).toMatchObject([
      { kind: 'variant_damaged', detail: 'expected a file, found a symbolic link', outcome: 'mended' },
    ])
    expect((await lstat(path)).isFile()).toBe(true)
    expect(await seenIn(storageDir, 'Other')).toEqual(before)
  })

  it('that is a folder instead of a variant, or a file instead of a folder, is moved to .lost', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    const before = await seenIn(storageDir, 'Other')
    const path = paths.variant('Other', before?.ids[0] ?? '', 'game')
    await rm(path)
    await mkdir(path)
    await rm(paths.variants('Other', 'medium'), { recursive: true })
    await writeFile(paths.variants('Other', 'medium'), 'x')
    const mended = await examineAlone(storageDir, { fix: true })
    expect(mended).toMatchObject({ mended: 5, remaining: 0 })
    expect(await seenIn(storageDir, 'Other')).toEqual(before)
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it('that is missing because a copy omitted empty folders is created', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    await rm(paths.segments('shop'), { recursive: true })
    expect(inShort(await examineAlone(storageDir, { fix: true }))).toEqual([
      'folder_missing projects/shop/.meta/runs mended',
    ])
    expect(inShort(await examineAlone(storageDir))).toEqual([])
  })

  it('that is a link instead of a folder is reported, and its target is not touched', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    const folder = paths.variants('shop', 'original')
    await rename(folder, join(storageDir, 'elsewhere'))
    await symlink(join(storageDir, 'elsewhere'), folder)
    const { findings } = await examineAlone(storageDir, { fix: true })
    expect(findings).toMatchObject([{ kind: 'odd_entry', outcome: 'unmendable' }])
    expect(await readdir(join(storageDir, 'elsewhere'))).toHaveLength(4)
  })
})

describe('a store with active writers', () => {
  it('has no finding of an intact file, and loses no acknowledged change', async () => {
    const { storageDir } = await copyOf(made.storageDir)
    const stores = [await openFileStore(storageDir), await openFileStore(storageDir)]
    const expected = new Set((await seenIn(storageDir, 'shop'))?.ids)
    let [changes, rounds, isOver] = [0, 0, false]
    const writer = async (store: Store, number: number): Promise<void> => {
      const images = imagesOver(store)
      while (!isOver) {
        const id = await uploadPicture(images, 'shop', await numberedPicture(changes++))
        await images.setPrimary('shop', id)
        if (changes % 3 === number % 3) await images.remove('shop', id)
        else expected.add(id)
        const project = `temporary-${number}`
        await uploadPicture(images, project, await numberedPicture(changes++))
        if (changes % 4 === 0) await store.commit(project, { type: 'delete_project' })
        // The doctor reads all that they write, and falls behind writers that never pause.
        await sleep(thorough(20, 0))
      }
    }
    const doctor = async (): Promise<void> => {
      for (; !isOver && (rounds < 2 || changes < 20); rounds++)
        expect(inShort(await examine(storageDir, { fix: true })).join('\n')).toBe('')
    }
    const working = [doctor(), ...stores.flatMap((store, at) => [writer(store, at * 2), writer(store, at * 2 + 1)])]
    await Promise.all(
      working.map((work) =>
        work.finally(() => {
          isOver = true
        }),
      ),
    )
    expect(rounds).toBeGreaterThanOrEqual(2)
    expect(changes).toBeGreaterThanOrEqual(20)
    expect(inShort(await examine(storageDir)).join('\n')).toBe('')
    expect(new Set((await seenIn(storageDir, 'shop'))?.ids)).toEqual(expected)
  })

  it('is repaired while they write', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    const store = await openFileStore(storageDir)
    const victims = (await seenIn(storageDir, 'shop'))?.ids ?? []
    let isOver = false
    const images = imagesOver(store)
    const writer = async () => {
      while (!isOver) {
        await images.remove('shop', await uploadPicture(images, 'shop', await numberedPicture(80)))
        // While work is pending, a damaged variant is checked again for seconds before it counts.
        await sleep(50)
      }
    }
    const vandal = async () => {
      for (const id of victims) {
        await rm(paths.variant('shop', id, 'thumb'))
        await writeFile(paths.variant('shop', id, 'game'), '')
        expect(await examine(storageDir, { fix: true })).toMatchObject({ mended: 2, remaining: 0 })
      }
    }
    const endWriter = () => {
      isOver = true
    }
    await Promise.all([writer(), vandal().finally(endWriter)])
    expect(inShort(await examine(storageDir)).join('\n')).toBe('')
    expect((await seenIn(storageDir, 'shop'))?.ids).toEqual(victims)
  })
})

describe('the owner of temporary files', () => {
  it('that has ended is distinguished from a running one by its process', async () => {
    const { storageDir, paths } = await copyOf(made.storageDir)
    const store = new URL('../../dist/stores/file/file-store.js', import.meta.url).href
    const logger = new URL('../../dist/telemetry/logger.js', import.meta.url).href
    const script = `
      const [{ createFileStore }, { createLogger }] = await Promise.all([import('${store}'), import('${logger}')])
      const opened = createFileStore({ storageDir: ${JSON.stringify(storageDir)}, log: createLogger({ level: 'silent' }) })
      await opened.open()
      await opened.stage('shop')
      console.log('open')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    expect(inShort(await examine(storageDir, { fix: true })).join('\n')).toBe('')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect((await examineAlone(storageDir)).findings).toMatchObject([{ kind: 'temporary_left' }])
    expect(await examineAlone(storageDir, { fix: true })).toMatchObject({ mended: 1, remaining: 0 })
    expect(await readdir(paths.tmp)).toEqual([])
  })
})
