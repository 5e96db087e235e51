import { readFile, rm, writeFile } from 'node:fs/promises'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { emptyProject } from '../../../src/core/project/state.ts'
import { createHeads } from '../../../src/stores/file/commit/heads.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { createFileWatching } from '../../../src/stores/file/watching.ts'
import { decodeRevision, encodeRevision, type Revision } from '../../../src/stores/history/revision.ts'
import type { Store } from '../../../src/stores/store.ts'
import type { ProjectChanges } from '../../../src/stores/watch.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { addImage } from '../../contracts/store.ts'
import { KEPT, watchContract } from '../../contracts/watch.ts'
import { failing, watchDisk } from '../../support/disk/calls.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { fileStoreFixture, openFileStore, silent } from '../../support/store/file-store.ts'
import { revisionNumbers } from '../../support/store/store-folder.ts'
import { PATIENCE } from '../../support/vitest/patience.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))
vi.mock('node:fs', async (original) => (await import('../../support/disk/calls.ts')).watchedSyncs(await original()))

watchContract('the file store', () => fileStoreFixture({ keptChanges: { ...KEPT, ageMs: 0 } }))

const ends: AbortController[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end.abort()
})

const newSignal = (): AbortSignal => {
  const end = new AbortController()
  ends.push(end)
  return end.signal
}

/** Watches a project; what comes of it is `[revision, 'reset']` or the numbers of revisions. */
const follow = async (store: Store, since?: number) => {
  const heard: (number | 'reset')[] = []
  const listener = ({ reset, revision, revisions }: ProjectChanges) =>
    void heard.push(...(reset ? [revision, 'reset' as const] : revisions.map((each) => each.revision)))
  await store.watch([{ projectId: 'shop', since }], listener, { signal: newSignal() })
  return heard
}

const retitle = async (store: Store, from: number, to: number) => {
  for (let n = from; n <= to; n++) await store.commit('shop', { type: 'edit', title: `title ${n}` })
}

/** Writes another revision in the place of one, or after the newest, without a hint to any store. */
const plant = async (folder: string, number: number, change: (revision: Revision) => Partial<Revision>) => {
  const paths = createPaths(folder)
  const like = (await revisionNumbers(folder)).at(-1) ?? 0
  const revision = decodeRevision(await readFile(paths.revision('shop', like), 'utf8'))
  const state = { ...revision.state, revision: number }
  await writeFile(paths.revision('shop', number), encodeRevision({ ...revision, state, ...change(revision) }))
}

describe('a watcher of a file store', () => {
  it('gets a reset for a revision of an older version without events, and continues after it', async () => {
    const folder = await temporaryFolder()
    const store = await openFileStore(folder)
    await addImage(store, 'shop')
    const [newest, behind] = [await follow(store), await follow(store, 0)]
    await vi.waitFor(() => expect(behind).toEqual([1]), PATIENCE)
    await plant(folder, 2, ({ commits }) => ({ commits: [...commits, 'old'], events: undefined }))
    await vi.waitFor(
      () =>
        expect([newest, behind]).toEqual([
          [2, 'reset'],
          [1, 2, 'reset'],
        ]),
      PATIENCE,
    )
    await retitle(store, 3, 4)
    await vi.waitFor(
      () =>
        expect([newest, behind]).toEqual([
          [2, 'reset', 3, 4],
          [1, 2, 'reset', 3, 4],
        ]),
      PATIENCE,
    )
    const late = await follow(store, 1)
    await vi.waitFor(() => expect(late).toEqual([4, 'reset']), PATIENCE)
    const later = await follow(store, 2)
    await vi.waitFor(() => expect(later).toEqual([3, 4]), PATIENCE)
  })

  it('gets the kept change in place of a revision that a suspended writer linked to a pruned number', async () => {
    const folder = await temporaryFolder()
    const store = await openFileStore(folder, { maxHeldMs: 0 })
    await addImage(store, 'shop')
    await retitle(store, 2, 80)
    const [oldest = 0] = await revisionNumbers(folder)
    const newest = (await revisionNumbers(folder)).at(-1) ?? 0
    expect(oldest).toBeGreaterThan(2)
    await plant(folder, oldest - 1, () => ({ commits: ['slept'], events: [{ type: 'project.deleted' }] }))
    const others = await openFileStore(folder)
    const found = await others.changesAfter('shop', oldest - 2)
    expect(found?.revisions[0]).toMatchObject({ revision: oldest - 1, events: [{ type: 'project.changed' }] })
    // Without its file of changes, the number tells nothing.
    await rm(createPaths(folder).changes('shop'), { recursive: true })
    const another = await openFileStore(folder)
    const [past, kept] = [await follow(another, oldest - 2), await follow(another, oldest - 1)]
    await vi.waitFor(() => expect(past).toEqual([newest, 'reset']), PATIENCE)
    await vi.waitFor(
      () => expect(kept).toEqual(Array.from({ length: newest - oldest + 1 }, (_, n) => oldest + n)),
      PATIENCE,
    )
  })

  it('gets the changes of pruned revisions, also where several processes prune at once', async () => {
    const folder = await temporaryFolder()
    const stores = [await openFileStore(folder, { maxHeldMs: 0 }), await openFileStore(folder, { maxHeldMs: 0 })]
    await addImage(stores[0] ?? expect.unreachable(), 'shop')
    await Promise.all(stores.map((store) => retitle(store, 1, 80)))
    const numbers = await revisionNumbers(folder)
    const newest = numbers.at(-1) ?? 0
    expect(numbers[0]).toBeGreaterThan(2)
    const late = await follow(await openFileStore(folder), 0)
    await vi.waitFor(() => expect(late.at(-1)).toBe(newest), PATIENCE)
    expect(late).toEqual(Array.from({ length: newest }, (_, n) => n + 1))
  })

  it('gets many revisions in several deliveries', async () => {
    const folder = await temporaryFolder()
    const store = await openFileStore(folder, { maxHeldMs: 0, keptRevisions: 200 })
    await addImage(store, 'shop')
    await retitle(store, 2, 150)
    const sizes: number[] = []
    const listener = ({ revisions }: ProjectChanges) => void sizes.push(revisions.length)
    await (await openFileStore(folder)).watch([{ projectId: 'shop', since: 0 }], listener, { signal: newSignal() })
    await vi.waitFor(() => expect(sizes).toEqual([64, 64, 22]), PATIENCE)
  })

  it('gets a revision of another process only once its folder is synced', async () => {
    const folder = await temporaryFolder()
    await addImage(await openFileStore(folder), 'shop')
    const heard = await follow(await openFileStore(folder))
    const isSync = ({ name, path }: { name: string; path: string }) => name === 'sync' && path.endsWith('.meta')
    const stop = failing(isSync, 'EIO')
    await plant(folder, 2, ({ commits }) => ({ commits: [...commits, 'other'], events: [] }))
    await setTimeout(800)
    expect(heard).toEqual([])
    stop()
    let syncs = 0
    watchDisk({ after: (call) => void (isSync(call) && syncs++) })
    await vi.waitFor(() => expect(heard).toEqual([2]), PATIENCE)
    expect(syncs).toBe(1)
  })

  it('waits for a project that is damaged, which is logged once', async () => {
    const folder = await temporaryFolder()
    const lines: string[] = []
    const log = createLogger({ level: 'warn', destination: { write: (line) => void lines.push(line) } })
    const [writer, store] = [await openFileStore(folder), await openFileStore(folder, { log })]
    await addImage(writer, 'shop')
    const heard = await follow(store)
    const path = createPaths(folder).revision('shop', 2)
    await writeFile(path, 'damaged')
    await vi.waitFor(() => expect(lines.join('')).toContain('could not read a watched project'), PATIENCE)
    await setTimeout(1200)
    expect(lines.filter((line) => line.includes('could not read a watched project'))).toHaveLength(1)
    await rm(path)
    await retitle(writer, 2, 2)
    await vi.waitFor(() => expect(heard).toEqual([2]), PATIENCE)
  })

  it('is called once per watch, and only by its own store', async () => {
    const folder = await temporaryFolder()
    const store = await openFileStore(folder)
    let count = 0
    const listener = () => void count++
    const twice = [newSignal(), newSignal()]
    for (const signal of twice) store.watchCommits(listener, { signal })
    ;(await openFileStore(folder)).watchCommits(() => expect.unreachable(), { signal: newSignal() })
    await addImage(store, 'shop')
    await vi.waitFor(() => expect(count).toBe(2), PATIENCE)
  })
})

describe('the timer of watchers', () => {
  it('finds a commit of another process within a second', async () => {
    const folder = await temporaryFolder()
    const writer = await openFileStore(folder)
    await addImage(writer, 'shop')
    const paths = createPaths(folder)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const watching = createFileWatching({ paths, heads: createHeads({ paths }), log: silent })
      let hear = (_: ProjectChanges): void => {}
      const heard = new Promise<ProjectChanges>((resolve) => {
        hear = resolve
      })
      await watching.watch([{ projectId: 'shop' }], hear, { signal: newSignal() })
      // The first poll, which finds the place of the newest revision, has ended when there is a timer for the next one.
      await vi.advanceTimersByTimeAsync(500)
      while (vi.getTimerCount() === 0) await setImmediate()
      await retitle(writer, 2, 2)
      vi.advanceTimersByTime(1000)
      expect(await heard).toMatchObject({ revision: 2, reset: false })
      watching.close()
    } finally {
      vi.useRealTimers()
    }
  })

  it.each([
    ['damaged', () => Promise.reject(new Error('damaged'))],
    ['gone', () => Promise.resolve(undefined)],
  ])('is no faster for a project that is %s after many changes', async (_, locate) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      let lookups = 0
      let harmed = false
      const revision: Revision = {
        state: emptyProject('shop', '2026-01-02T03:04:05.678Z'),
        commits: [],
        removing: [],
        removingSegments: [],
        droppedSegments: [],
        events: [],
      }
      // Not on the disk, so that it counts as overtaken at every poll.
      const head = { revision, path: '/nowhere/1', next: '/nowhere/2', inode: 1, modifiedMs: 1 }
      const heads = {
        read: async () => undefined,
        locate: () => {
          lookups++
          return harmed ? locate() : Promise.resolve(head)
        },
      }
      const watching = createFileWatching({ paths: createPaths('/nowhere'), heads, log: silent })
      await watching.watch([{ projectId: 'shop', since: 0 }], () => {}, { signal: newSignal() })
      await vi.advanceTimersByTimeAsync(2000)
      expect(lookups).toBeGreaterThan(20)
      harmed = true
      lookups = 0
      await vi.advanceTimersByTimeAsync(2000)
      expect(lookups).toBeGreaterThan(2)
      expect(lookups).toBeLessThan(7)
    } finally {
      vi.useRealTimers()
    }
  })

  it('exists only while a project is watched', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const heads = { read: async () => undefined, locate: async () => undefined }
      const watching = createFileWatching({ paths: createPaths('/nowhere'), heads, log: silent })
      const [one, two, commits] = [new AbortController(), new AbortController(), new AbortController()]
      const projects = [{ projectId: 'shop', since: 0 }]
      watching.watchCommits(() => {}, { signal: commits.signal })
      expect(vi.getTimerCount()).toBe(0)
      await watching.watch(projects, () => {}, { signal: one.signal })
      await watching.watch(projects, () => {}, { signal: two.signal })
      expect(vi.getTimerCount()).toBe(1)
      for (let n = 0; n < 5; n++) await vi.advanceTimersByTimeAsync(500)
      expect(vi.getTimerCount()).toBe(1)
      one.abort()
      expect(vi.getTimerCount()).toBe(1)
      two.abort()
      expect(vi.getTimerCount()).toBe(0)
      await watching.watch(projects, () => {}, { signal: newSignal() })
      expect(vi.getTimerCount()).toBe(1)
      watching.close()
      await vi.advanceTimersByTimeAsync(2000)
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})
