// The catalogue of a file store: own changes at once, those of other processes by hints, all others by checks.

import { cp, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { Principal } from '../../../src/core/auth/access.ts'
import { TintypeError } from '../../../src/core/errors.ts'
import type { CataloguePage } from '../../../src/stores/catalogue/catalogue.ts'
import type { FileCatalogueOptions } from '../../../src/stores/catalogue/file-catalogue.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import type { Store } from '../../../src/stores/store.ts'
import { addImage } from '../../contracts/store.ts'
import { newGate } from '../../support/gate.ts'
import { fileStoreFixture } from '../../support/store/file-store.ts'
import { plantProject } from '../../support/store/planted-project.ts'
import { openCatalogue } from '../../support/store/project-service.ts'

const ANONYMOUS: Principal = { kind: 'anonymous' }
const ADMIN: Principal = { kind: 'key', id: 'k', role: 'admin' }
const ADA: Principal = { kind: 'user', id: 'ada' }

const ALL = { limit: 1000 }

/** Neither polls nor checks by itself. */
const QUIET: Partial<FileCatalogueOptions> = { pollMs: 1_000_000 }
const EAGER: Partial<FileCatalogueOptions> = { pollMs: 10 }

const PATIENCE = { timeout: 60_000, interval: 10 }

/** A catalogue whose lists are ids alone. */
const openIds = (...[of, folder, options]: Parameters<typeof openCatalogue>) => {
  const catalogue = openCatalogue(of, folder, options)
  const list = async (by: Principal, page: CataloguePage) => (await catalogue.list(by, page)).map(({ id }) => id)
  return { ...catalogue, list }
}

/** Two processes on one folder, each with a catalogue. */
const twoProcesses = async (options = QUIET) => {
  const { store, another, folder } = await fileStoreFixture()
  const other = await another()
  const open = (of: Store = store, more: Partial<FileCatalogueOptions> = {}) =>
    openIds(of, folder, { ...options, ...more })
  return { store, other, folder, open, files: join(folder, '.cache', '.catalogue') }
}

const plant = (storageDir: string, projectId: string, visibility: 'public' | 'private' = 'public') =>
  plantProject({ storageDir, projectId, visibility, images: 0 })

/** Makes every project look as if it had been left alone for a while. */
const settle = async (folder: string, seconds = 1_700_000_000) => {
  const paths = createPaths(folder)
  for (const id of await readdir(paths.projects)) await utimes(join(paths.projects, id, '.meta'), seconds, seconds)
}

/** Counts the projects that a store reads. */
const counted = (store: Store) => {
  const reads: string[] = []
  return {
    reads,
    store: {
      ...store,
      project: (projectId: string) => {
        reads.push(projectId)
        return store.project(projectId)
      },
    },
  }
}

describe('the catalogue', () => {
  it('lists own changes at once: created, made private, shared, deleted, created again', async () => {
    const { store, open } = await twoProcesses()
    const catalogue = open()
    const lists = async () => [await catalogue.list(ANONYMOUS, ALL), await catalogue.list(ADA, ALL)]
    expect(await lists()).toEqual([[], []])
    for (const id of ['b', 'a']) await addImage(store, id)
    expect(await lists()).toEqual([['a', 'b'], []])
    await store.commit('a', { type: 'edit', visibility: 'private', members: { ada: 'viewer' } })
    expect(await lists()).toEqual([['b'], ['a']])
    await store.commit('a', { type: 'edit', visibility: 'public', members: { ada: null } })
    await store.commit('b', { type: 'delete_project' })
    expect(await lists()).toEqual([['a'], []])
    await addImage(store, 'b')
    expect(await lists()).toEqual([['a', 'b'], []])
  })

  it('lists the changes of another process in the next list, by its hint', async () => {
    const { store, other, open } = await twoProcesses()
    const [here, there] = [open(store), open(other)]
    await there.list(ADMIN, ALL)
    for (const id of ['a', 'b']) await addImage(store, id)
    expect(await there.list(ANONYMOUS, ALL)).toEqual(['a', 'b'])
    await other.commit('a', { type: 'edit', visibility: 'private' })
    expect(await here.list(ANONYMOUS, ALL)).toEqual(['b'])
    await other.commit('b', { type: 'delete_project' })
    expect([await here.list(ADMIN, ALL), await there.list(ADMIN, ALL)]).toEqual([['a'], ['a']])
  })

  it('reads nothing for uploads to existing projects, and hints of all of them in one line at the next poll', async () => {
    const { store, other, open, files } = await twoProcesses()
    const there = counted(other)
    const [here, seeing] = [open(store), open(there.store)]
    await addImage(store, 'a')
    await Promise.all([here.list(ADMIN, ALL), seeing.list(ADMIN, ALL)])
    const hints = () => readFile(join(files, 'changes'), 'utf8')
    const [text, reads] = [await hints(), there.reads.length]
    for (let n = 0; n < 3; n++) await addImage(store, 'a')
    await seeing.list(ADMIN, ALL)
    await here.list(ADMIN, { ...ALL, sort: 'updated' })
    expect([await hints(), there.reads.length]).toEqual([text, reads])
    await here.close()
    const { updated_at = '' } = (await store.project('a')) ?? {}
    expect(await hints()).toBe(`${text}a ${Date.parse(updated_at)}\n`)
    await seeing.list(ADMIN, ALL)
    expect(there.reads.length).toBe(reads)
  })

  it('has the newest commit of this process first, whatever it changed, and those of others after their poll', async () => {
    const { store, other, open } = await twoProcesses()
    const [here, there] = [open(store, EAGER), open(other)]
    const first = async (of = here) => (await of.list(ANONYMOUS, { ...ALL, sort: 'updated' })).join('')
    const later = () => new Promise((resolve) => setTimeout(resolve, 3))
    for (const id of ['a', 'b', 'c']) {
      await addImage(store, id)
      await later()
    }
    expect([await first(), await first(there)]).toEqual(['cba', 'cba'])
    const [image] = (await store.images((await store.project('a')) ?? (await Promise.reject(new Error())))) ?? []
    await store.commit('a', { type: 'edit_image', imageId: image?.id ?? '', edit: { alt: 'x' } })
    await later()
    expect(await first()).toBe('acb')
    await addImage(store, 'b')
    await later()
    expect(await first()).toBe('bac')
    await store.commit('c', { type: 'edit', title: 'x' })
    expect(await first()).toBe('cba')
    await vi.waitFor(async () => expect(await first(there)).toBe('cba'), PATIENCE)
    const created = { ...ALL, sort: 'created' } as const
    expect([await here.list(ADMIN, created), await there.list(ADMIN, created)]).toEqual([
      ['c', 'b', 'a'],
      ['c', 'b', 'a'],
    ])
  })

  it('follows a change of the title, here and in another process', async () => {
    const { store, other, open } = await twoProcesses()
    const [here, there] = [open(store), open(other)]
    for (const id of ['a', 'b']) await addImage(store, id)
    const both = async (page: Partial<CataloguePage>) => {
      const lists = [await here.list(ADMIN, { ...ALL, ...page }), await there.list(ADMIN, { ...ALL, ...page })]
      expect(lists[1]).toEqual(lists[0])
      return lists[0]
    }
    expect(await both({ sort: 'title' })).toEqual(['a', 'b'])
    await other.commit('a', { type: 'edit', title: 'Élan' })
    expect(await both({ sort: 'title' })).toEqual(['b', 'a'])
    expect(await both({ q: 'ELAN' })).toEqual(['a'])
    await store.commit('a', { type: 'edit', title: null })
    expect([await both({ sort: 'title' }), await both({ q: 'elan' })]).toEqual([['a', 'b'], []])
  })

  it.each([
    ['a hint that was lost', async () => {}],
    [
      'the folder of the cache, removed',
      (files: string) => rm(join(files, '..'), { recursive: true, force: true, maxRetries: 5 }),
    ],
  ])('finds the changes behind %s', async (_, disturb) => {
    const { store, other, open, files } = await twoProcesses()
    await addImage(store, 'a')
    const catalogue = open(store, { ...EAGER, checkMs: 50 })
    expect(await catalogue.list(ANONYMOUS, ALL)).toEqual(['a'])
    await disturb(files)
    // The other process has no catalogue, as one that dies between its commit and its hint.
    await other.commit('a', { type: 'edit', visibility: 'private' })
    await addImage(other, 'b')
    await vi.waitFor(async () => expect(await catalogue.list(ANONYMOUS, ALL)).toEqual(['b']), PATIENCE)
  })

  it('follows tags, here, in another process and after a restart', async () => {
    const { store, other, open, files } = await twoProcesses()
    const [catalogue, second] = [open(), open(other)]
    for (const id of ['a', 'b', 'c']) await addImage(store, id)
    const both = async (...tags: string[]) => {
      const [here, there] = await Promise.all([catalogue, second].map(({ list }) => list(ANONYMOUS, { tags, ...ALL })))
      expect(there, tags.join()).toEqual(here)
      return here?.join('')
    }
    expect(await both('space')).toBe('')
    await store.commit('b', { type: 'edit', tags: ['space', 'new'] })
    await other.commit('a', { type: 'edit', tags: ['space'] })
    await store.transition('d', { type: 'create_project', tags: ['new'] })
    expect([await both('space'), await both('new'), await both('new', 'space'), await both('spac')]).toEqual([
      'ab',
      'bd',
      'b',
      '',
    ])
    await other.commit('b', { type: 'edit', tags: null })
    await store.commit('d', { type: 'delete_project' })
    expect([await both('space'), await both('new')]).toEqual(['a', ''])
    await Promise.all([catalogue.close(), second.close()])
    expect(await open().list(ANONYMOUS, { tags: ['space'], ...ALL })).toEqual(['a'])
    // An index of an older version knows no tags, and is made again.
    const index = join(files, 'index')
    const text = (await readFile(index, 'utf8')).split('\n')
    expect(text[0]).toBe('{"format":3}')
    await writeFile(index, ['{"format":2}', ...text.slice(1)].join('\n').replace(/,\[\d+\]\]/, ']'))
    expect(await open().list(ANONYMOUS, { tags: ['space'], ...ALL })).toEqual(['a'])
  })

  it('finds projects that were copied into the store, and those that were taken out of it', async () => {
    const { store, open, folder } = await twoProcesses()
    await addImage(store, 'a')
    const catalogue = open(store, EAGER)
    expect(await catalogue.list(ANONYMOUS, ALL)).toEqual(['a'])
    await plant(folder, 'b')
    await vi.waitFor(async () => expect(await catalogue.list(ANONYMOUS, ALL)).toEqual(['a', 'b']), PATIENCE)
    await rm(join(folder, 'projects', 'b'), { recursive: true })
    await vi.waitFor(async () => expect(await catalogue.list(ANONYMOUS, ALL)).toEqual(['a']), PATIENCE)
  })

  it('reads a project again that a list has found in another state', async () => {
    const { store, other, open } = await twoProcesses()
    await addImage(store, 'a')
    const catalogue = open()
    await catalogue.list(ADMIN, ALL)
    await other.commit('a', { type: 'edit', visibility: 'private' })
    expect(await catalogue.list(ANONYMOUS, ALL)).toEqual(['a'])
    catalogue.refresh('a')
    expect(await catalogue.list(ANONYMOUS, ALL)).toEqual([])
  })

  it('does not take a state that it was reading for newer than an own commit', async () => {
    const { store, open } = await twoProcesses()
    await addImage(store, 'a')
    const [began, gate] = [newGate(), newGate()]
    let isHeld = false
    const slow: Store = {
      ...store,
      async project(projectId) {
        const state = await store.project(projectId)
        if (isHeld) {
          isHeld = false
          began.open()
          await gate.opened
        }
        return state
      },
    }
    const catalogue = open(slow)
    await catalogue.list(ADMIN, ALL)
    isHeld = true
    catalogue.refresh('a')
    const list = catalogue.list(ANONYMOUS, ALL)
    await began.opened
    await store.commit('a', { type: 'edit', visibility: 'private' })
    gate.open()
    expect(await list).toEqual([])
  })
})

describe('the stored index', () => {
  it('saves reading projects at the next start, but for those that have changed since', async () => {
    const { store, other, folder, open } = await twoProcesses()
    for (const id of ['a', 'b', 'c', 'd', 'gone']) await plant(folder, id)
    await settle(folder)
    const first = open()
    await first.list(ADMIN, ALL)
    await first.close()
    await other.commit('b', { type: 'edit', visibility: 'private' })
    await other.commit('c', { type: 'delete_project' })
    await plant(folder, 'e')
    await rm(join(folder, 'projects', 'gone'), { recursive: true })
    const { reads, store: again } = counted(store)
    expect(await open(again).list(ANONYMOUS, ALL)).toEqual(['a', 'd', 'e'])
    expect(reads.toSorted()).toEqual(['b', 'c', 'e', 'gone'])
  })

  it('is stored by a server that ends during its first check, and the next one goes on from there', async () => {
    const { store, folder, open } = await twoProcesses()
    const ids = Array.from({ length: 40 }, (_, at) => `p${String(at).padStart(2, '0')}`)
    for (const id of ids) await plant(folder, id)
    await settle(folder)
    const gate = newGate()
    const stopped = open({
      ...store,
      async project(projectId) {
        if (projectId === 'p20') await gate.opened
        return store.project(projectId)
      },
    })
    const list = stopped.list(ANONYMOUS, ALL).catch(() => {})
    await vi.waitFor(() => expect(store.current('p31')).toBeDefined(), PATIENCE)
    const closed = stopped.close()
    gate.open()
    await Promise.all([closed, list])
    const { reads, store: again } = counted(store)
    expect(await open(again).list(ANONYMOUS, ALL)).toEqual(ids)
    expect(reads.toSorted()).toEqual(ids.slice(32))
  })

  it.each([
    ['removed', (path: string) => rm(path)],
    ['cut off', async (path: string) => writeFile(path, (await readFile(path)).subarray(0, 100))],
    ['of something else', (path: string) => writeFile(path, 'x')],
    ['a folder', (path: string) => rm(path).then(() => mkdir(path))],
  ])('is made again where it is %s, and lists are right meanwhile', async (_, damage) => {
    const { folder, open, files } = await twoProcesses()
    for (const id of ['a', 'b', 'c']) await plant(folder, id, id === 'b' ? 'private' : 'public')
    await settle(folder)
    const path = join(files, 'index')
    for (const _ of [1, 2]) {
      const catalogue = open()
      expect(await catalogue.list(ANONYMOUS, { limit: 1 })).toEqual(['a'])
      expect(await catalogue.list(ANONYMOUS, ALL)).toEqual(['a', 'c'])
      await catalogue.close()
      if (_ === 1) await damage(path)
    }
    if ((await readdir(files)).includes('index')) await readFile(path).catch(() => {})
  })

  it('with what was true once is not believed: the time of a folder differs after a restored backup', async () => {
    const { folder, open } = await twoProcesses()
    await plant(folder, 'a')
    await settle(folder)
    const backup = join(folder, '..', 'backup')
    await cp(join(folder, 'projects'), backup, { recursive: true, preserveTimestamps: true })
    await rm(join(folder, 'projects', 'a'), { recursive: true })
    await plant(folder, 'a', 'private')
    await settle(folder, 1_700_000_500)
    const first = open()
    expect(await first.list(ANONYMOUS, ALL)).toEqual([])
    await first.close()
    await rm(join(folder, 'projects'), { recursive: true })
    await cp(backup, join(folder, 'projects'), { recursive: true, preserveTimestamps: true })
    expect(await open().list(ANONYMOUS, ALL)).toEqual(['a'])
  })

  it.each([
    ['a read-only store', true, async () => {}],
    ['where .cache cannot be made', false, (folder: string) => writeFile(join(folder, '.cache'), '')],
  ])('is kept in memory alone: %s', async (_, isReadOnly, prepare) => {
    const { store, folder, open } = await twoProcesses()
    await prepare(folder)
    const catalogue = open({ ...store, isReadOnly: () => isReadOnly })
    await addImage(store, 'a')
    expect(await catalogue.list(ANONYMOUS, ALL)).toEqual(['a'])
    await catalogue.close()
    expect(await readdir(folder)).not.toContain('.cache/')
    expect(await readdir(join(folder, '.cache')).catch(() => [])).toEqual([])
  })
})

describe('a list during the first check', () => {
  /** A store whose reads of one project wait. */
  const held = async (id: string, waitMs = 50) => {
    const { store, folder, open } = await twoProcesses({ ...QUIET, waitMs })
    const ids = Array.from({ length: 40 }, (_, at) => `p${String(at).padStart(2, '0')}`)
    for (const each of ids) await plant(folder, each, each < 'p10' ? 'private' : 'public')
    const gate = newGate()
    const project = async (projectId: string) => {
      if (projectId === id) await gate.opened
      return store.project(projectId)
    }
    return { catalogue: open({ ...store, project }), gate, ids }
  }

  it('waits until the check has passed its page, and is busy where that takes too long', async () => {
    const { catalogue, gate, ids } = await held('p39')
    await expect(catalogue.list(ANONYMOUS, ALL)).rejects.toMatchObject({ code: 'busy' })
    gate.open()
    await vi.waitFor(async () => expect(await catalogue.list(ANONYMOUS, ALL)).toEqual(ids.slice(10)), PATIENCE)
  })

  it.each<Partial<CataloguePage>>([
    { sort: 'updated' },
    { sort: 'created' },
    { sort: 'title' },
    { q: 'p1' },
    { readableBy: ANONYMOUS },
  ])('is busy with %j until all of it is complete', async (page) => {
    const { catalogue, gate } = await held('p39')
    const list = () => catalogue.list(ADMIN, { limit: 2, ...page })
    await expect(list()).rejects.toMatchObject({ code: 'busy', retryAfterSeconds: 1 })
    gate.open()
    await vi.waitFor(async () => expect(await list()).toHaveLength(2), PATIENCE)
  })

  it('waits longer for all of it where it is patient, than where it is not', async () => {
    const { catalogue, gate } = await held('p39', 120_000)
    const list = (isPatient: boolean) => catalogue.list(ADMIN, { q: 'p1', limit: 2, isPatient })
    const patient = list(true)
    await expect(list(false)).rejects.toMatchObject({ code: 'busy', retryAfterSeconds: 1 })
    gate.open()
    expect(await patient).toEqual(['p10', 'p11'])
  })

  it('fails as the store does, until a check succeeds', async () => {
    const { store, folder, open } = await twoProcesses(EAGER)
    await plant(folder, 'a')
    let isFailing = true
    const project = (projectId: string) =>
      isFailing ? Promise.reject(new TintypeError('store_unavailable', 'no')) : store.project(projectId)
    const catalogue = open({ ...store, project })
    await expect(catalogue.list(ANONYMOUS, ALL)).rejects.toMatchObject({ code: 'store_unavailable' })
    isFailing = false
    await vi.waitFor(async () => expect(await catalogue.list(ANONYMOUS, ALL)).toEqual(['a']), PATIENCE)
  })

  it('shows a damaged project to principals that list all, which report it, and after its repair to all', async () => {
    const { folder, open } = await twoProcesses(EAGER)
    await plant(folder, 'a')
    const path = createPaths(folder).revision('a', 1)
    const sound = await readFile(path)
    await writeFile(path, 'x')
    const catalogue = open()
    expect([await catalogue.list(ANONYMOUS, ALL), await catalogue.list(ADMIN, ALL)]).toEqual([[], ['a']])
    await rm(path)
    await writeFile(path, sound)
    await vi.waitFor(async () => expect(await catalogue.list(ANONYMOUS, ALL)).toEqual(['a']), PATIENCE)
  })
})
