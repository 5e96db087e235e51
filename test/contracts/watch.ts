// What every store must do for those that follow its changes. Needs only a fixture of the store contract.

import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ProjectEvent } from '../../src/core/project/events.ts'
import type { Store } from '../../src/stores/store.ts'
import type { ChangeListener, ProjectChanges, WatchedProject } from '../../src/stores/watch.ts'
import { newChance } from '../support/chance.ts'
import { openedForEach } from '../support/store/each-fixture.ts'
import { thorough } from '../support/thorough.ts'
import { addImage, idsOf, type StoreFixture } from './store.ts'

const PATIENCE = { timeout: 60_000, interval: 5 }

/**
 * Number of revisions that a store of a fixture keeps for watchers. A sample keeps fewer than the default: the code is the
 * same, and a thousand commits take seconds of a core.
 */
export const KEPT = thorough({ count: 100 }, {})
/** The default, where there is no sample. */
const { count = 1000 }: { count?: number } = KEPT
/** More than it keeps, where their age does not count. */
const TOO_MANY = count + 200

/** A listener that keeps what it was called with. */
const newRecorder = () => {
  const calls: ProjectChanges[] = []
  const waiting = new Set<() => void>()
  const listener: ChangeListener = (changes) => {
    calls.push(changes)
    for (const look of waiting) look()
  }
  const of = (projectId: string) => calls.filter((call) => call.projectId === projectId)
  const position = (projectId = 'shop') => of(projectId).at(-1)?.revision
  return {
    calls,
    listener,
    revisions: (projectId = 'shop') => of(projectId).flatMap(({ revisions }) => revisions.map((each) => each.revision)),
    events: (projectId = 'shop') => of(projectId).flatMap(({ revisions }) => revisions.flatMap((each) => each.events)),
    resets: (projectId = 'shop') => of(projectId).flatMap(({ reset, revision }) => (reset ? [revision] : [])),
    position,
    /** Resolves when the position is this one, without a timer. */
    reaches: (revision: number) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (position() === revision && waiting.delete(look)) resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

/** Keeps watchers that begin later from polls, so that they only get what a commit or a hint makes them read. */
const withoutPolls = () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}

const upTo = (revision: number, from = 1): number[] => Array.from({ length: revision - from + 1 }, (_, n) => from + n)

/** @param open a store that keeps {@link KEPT} and no more changes for their age */
export const watchContract = (name: string, open: () => Promise<StoreFixture>): void => {
  describe(`${name} keeps its promises to watchers`, () => {
    const fresh = openedForEach(open)
    const ends: AbortController[] = []
    const watching = async (store: Store, watched: readonly WatchedProject[], listener: ChangeListener) => {
      const end = new AbortController()
      ends.push(end)
      await store.watch(watched, listener, { signal: end.signal })
      return end
    }
    // Before the stores are closed.
    afterEach(() => {
      for (const end of ends.splice(0)) end.abort()
    })

    it('delivers each revision once and in order, with the events of its changes and the time of its commit', async () => {
      const { store } = await fresh()
      const heard = newRecorder()
      await watching(store, [{ projectId: 'shop', since: 0 }], heard.listener)
      const [a, b] = [await addImage(store, 'shop'), await addImage(store, 'shop')]
      await store.commit('shop', { type: 'set_primary', imageId: b })
      await store.commit('shop', { type: 'edit', title: 'Spring' })
      const { revision, updated_at } = await store.commit('shop', { type: 'delete_image', imageId: b })
      await vi.waitFor(() => expect(heard.position()).toBe(revision), PATIENCE)
      expect(heard.revisions()).toEqual(upTo(5))
      expect(heard.resets()).toEqual([])
      expect(heard.events()).toEqual([
        { type: 'project.changed' },
        { type: 'image.added', image_id: a },
        { type: 'cover.changed', image_id: a },
        { type: 'image.added', image_id: b },
        { type: 'cover.changed', image_id: b },
        { type: 'project.changed' },
        { type: 'image.deleted', image_id: b },
        { type: 'cover.changed', image_id: a },
      ])
      expect(heard.calls.at(-1)?.revisions.at(-1)?.at).toBe(updated_at)
    })

    it('delivers the revisions after an older position, and then new ones', async () => {
      const { store } = await fresh()
      for (let n = 0; n < 4; n++) await addImage(store, 'shop')
      const heard = newRecorder()
      await watching(store, [{ projectId: 'shop', since: 2 }], heard.listener)
      await vi.waitFor(() => expect(heard.revisions()).toEqual([3, 4]), PATIENCE)
      await addImage(store, 'shop')
      await vi.waitFor(() => expect(heard.revisions()).toEqual([3, 4, 5]), PATIENCE)
    })

    it('begins at the newest revision without a position', async () => {
      const { store } = await fresh()
      await addImage(store, 'shop')
      const heard = newRecorder()
      await watching(store, [{ projectId: 'shop' }, { projectId: 'none' }], heard.listener)
      await addImage(store, 'shop')
      await addImage(store, 'none')
      await vi.waitFor(() => expect([heard.revisions(), heard.revisions('none')]).toEqual([[2], [1]]), PATIENCE)
    })

    it('delivers the changes of the watched projects alone', async () => {
      const { store } = await fresh()
      const heard = newRecorder()
      await watching(
        store,
        ['a', 'b'].map((projectId) => ({ projectId, since: 0 })),
        heard.listener,
      )
      for (const projectId of ['a', 'c', 'b', 'a']) await addImage(store, projectId)
      await vi.waitFor(() => expect([heard.revisions('a'), heard.revisions('b')]).toEqual([[1, 2], [1]]), PATIENCE)
      expect(new Set(heard.calls.map(({ projectId }) => projectId))).toEqual(new Set(['a', 'b']))
    })

    it('delivers its own changes at once', async () => {
      const { store } = await fresh()
      await addImage(store, 'shop')
      const heard = newRecorder()
      withoutPolls()
      await watching(store, [{ projectId: 'shop' }], heard.listener)
      for (let n = 0; n < 15; n++) {
        const { revision } = await store.commit('shop', { type: 'edit', title: String(n) })
        await heard.reaches(revision)
      }
      expect(heard.revisions()).toEqual(upTo(16, 2))
    })

    it('delivers changes of another process', async () => {
      const { store, another } = await fresh()
      const other = await another()
      await addImage(store, 'shop')
      const heard = newRecorder()
      await watching(
        store,
        ['shop', 'new'].map((projectId) => ({ projectId })),
        heard.listener,
      )
      for (const projectId of ['shop', 'shop', 'new', 'shop', 'new']) {
        await setTimeout(Math.random() * 600)
        await addImage(other, projectId)
        const revision = (await other.project(projectId))?.revision
        await vi.waitFor(() => expect(heard.position(projectId)).toBe(revision), PATIENCE)
      }
      expect(heard.revisions()).toEqual([2, 3, 4])
      expect(heard.revisions('new')).toEqual([1, 2])
      expect(heard.resets()).toEqual([])
    })

    it('follows a project from before its creation, through its deletion, to its new creation', async () => {
      const { store, another } = await fresh()
      const other = await another()
      const [here, there] = [newRecorder(), newRecorder()]
      await watching(store, [{ projectId: 'shop', since: 0 }], here.listener)
      await watching(other, [{ projectId: 'shop' }], there.listener)
      const a = await addImage(store, 'shop')
      await store.commit('shop', { type: 'delete_project' })
      const b = await addImage(other, 'shop')
      const position = (await store.project('shop'))?.revision
      const expected: ProjectEvent[] = [
        { type: 'project.changed' },
        { type: 'image.added', image_id: a },
        { type: 'cover.changed', image_id: a },
        { type: 'project.deleted' },
        { type: 'project.changed' },
        { type: 'image.added', image_id: b },
        { type: 'cover.changed', image_id: b },
      ]
      for (const heard of [here, there]) {
        await vi.waitFor(() => expect(heard.position()).toBe(position), PATIENCE)
        expect(heard.events()).toEqual(expected)
        expect(heard.revisions()).toEqual(upTo(position ?? 0))
      }
    })

    it('delivers the last revisions that are kept, and one reset for an older position or one newer than the project', async () => {
      const { store } = await fresh()
      await addImage(store, 'shop')
      for (let n = 0; n < TOO_MANY; n++) await store.commit('shop', { type: 'edit', title: String(n) })
      const newest = TOO_MANY + 1
      for (const since of [0, 1, newest + 1]) {
        const heard = newRecorder()
        await watching(
          store,
          [
            { projectId: 'shop', since },
            { projectId: 'none', since },
          ],
          heard.listener,
        )
        await vi.waitFor(() => expect(heard.resets()).toEqual([newest]), PATIENCE)
        if (since > 0) await vi.waitFor(() => expect(heard.resets('none')).toEqual([0]), PATIENCE)
        expect(heard.revisions()).toEqual([])
      }
      const heard = newRecorder()
      await watching(store, [{ projectId: 'shop', since: newest - count }], heard.listener)
      await store.commit('shop', { type: 'edit', title: null })
      await vi.waitFor(() => expect(heard.revisions()).toEqual(upTo(newest + 1, newest - count + 1)), PATIENCE)
    })

    it('reads the changes after a position without watching, in parts, up to where there are none', async () => {
      const { store, another } = await fresh()
      const other = await another()
      for (const each of [store, other, store]) await addImage(each, 'shop')
      const found = await store.changesAfter('shop', 1)
      expect(found).toMatchObject({ projectId: 'shop', revision: 3, reset: false })
      expect(found?.revisions.map(({ revision }) => revision)).toEqual([2, 3])
      expect(await store.changesAfter('shop', 3)).toBeUndefined()
      expect(await store.changesAfter('shop', 4)).toMatchObject({ revision: 3, reset: true, revisions: [] })
      expect(await store.changesAfter('none', 0)).toBeUndefined()
      expect(await store.changesAfter('none', 1)).toMatchObject({ revision: 0, reset: true })
      for (let n = 0; n < 100; n++) await other.commit('shop', { type: 'edit', title: String(n) })
      const all: number[] = []
      for (let position = 0; ; ) {
        const part = await store.changesAfter('shop', position)
        if (!part) break
        all.push(...part.revisions.map(({ revision }) => revision))
        position = part.revision
      }
      expect(all).toEqual(upTo(103))
    })

    it('delivers changes of another process at once after a hint of them', async () => {
      const { store, another } = await fresh()
      const other = await another()
      await addImage(store, 'shop')
      const heard = newRecorder()
      withoutPolls()
      await watching(store, [{ projectId: 'shop' }], heard.listener)
      for (let n = 0; n < 15; n++) {
        const { revision } = await other.commit('shop', { type: 'edit', title: String(n) })
        store.hint('shop')
        store.hint('none')
        await heard.reaches(revision)
      }
      expect(heard.revisions()).toEqual(upTo(16, 2))
    })

    it('calls a slow listener again only when it has finished, with all revisions since', async () => {
      const { store } = await fresh()
      await addImage(store, 'shop')
      const heard = newRecorder()
      let finish = (): void => {}
      const finished = new Promise<void>((resolve) => {
        finish = resolve
      })
      await watching(store, [{ projectId: 'shop' }], async (changes) => {
        void heard.listener(changes)
        await finished
      })
      await store.commit('shop', { type: 'edit', title: '1' })
      await vi.waitFor(() => expect(heard.revisions()).toEqual([2]), PATIENCE)
      for (let n = 2; n <= 20; n++) await store.commit('shop', { type: 'edit', title: String(n) })
      expect(heard.calls).toHaveLength(1)
      finish()
      await vi.waitFor(() => expect(heard.revisions()).toEqual(upTo(21, 2)), PATIENCE)
      expect(heard.calls).toHaveLength(2)
    })

    it('continues after a listener that throws or rejects, for it and for the others', async () => {
      const { store } = await fresh()
      const [bad, good] = [newRecorder(), newRecorder()]
      const projects = [{ projectId: 'shop', since: 0 }]
      await watching(store, projects, (changes) => {
        void bad.listener(changes)
        throw new Error('thrown by a listener')
      })
      await watching(store, projects, async (changes) => {
        void bad.listener(changes)
        throw new Error('rejected by a listener')
      })
      await watching(store, projects, good.listener)
      const end = new AbortController()
      ends.push(end)
      store.watchCommits(
        () => {
          throw new Error('thrown by a listener of commits')
        },
        { signal: end.signal },
      )
      for (let n = 0; n < 3; n++) await addImage(store, 'shop')
      await vi.waitFor(() => expect(good.revisions()).toEqual([1, 2, 3]), PATIENCE)
      await vi.waitFor(() => expect(bad.revisions().toSorted()).toEqual([1, 1, 2, 2, 3, 3]), PATIENCE)
    })

    it('reports to listeners of some types of events only commits that have one', async () => {
      const { store } = await fresh()
      const heard = newRecorder()
      const end = new AbortController()
      ends.push(end)
      const types = ['project.changed', 'project.deleted'] as const
      store.watchCommits(heard.listener, { signal: end.signal, types })
      await addImage(store, 'shop')
      await addImage(store, 'shop')
      await store.commit('shop', { type: 'edit', title: 'A title' })
      await addImage(store, 'shop')
      await store.commit('shop', { type: 'delete_project' })
      expect(heard.revisions()).toEqual([1, 3, 5])
    })

    it('delivers nothing after the signal has aborted, and nothing after the store is closed', async () => {
      const { store, another } = await fresh()
      const other = await another()
      const [aborted, early, closed, commits] = [newRecorder(), newRecorder(), newRecorder(), newRecorder()]
      const projects = [{ projectId: 'shop', since: 0 }]
      const end = await watching(store, projects, aborted.listener)
      store.watchCommits(commits.listener, { signal: end.signal })
      await watching(store, projects, closed.listener)
      await store.watch(projects, early.listener, { signal: AbortSignal.abort() })
      await addImage(store, 'shop')
      await vi.waitFor(
        () => expect([aborted.position(), commits.position(), closed.position()]).toEqual([1, 1, 1]),
        PATIENCE,
      )
      end.abort()
      await addImage(store, 'shop')
      await vi.waitFor(() => expect(closed.position()).toBe(2), PATIENCE)
      await store.close()
      await addImage(other, 'shop')
      await setTimeout(700)
      expect([aborted, commits, early, closed].map((heard) => heard.position())).toEqual([1, 1, undefined, 2])
      await expect(store.watch(projects, early.listener, { signal: new AbortController().signal })).resolves.toBe(
        undefined,
      )
    })

    it('ends for a listener that aborts during its call', async () => {
      const { store } = await fresh()
      for (let n = 0; n < 3; n++) await addImage(store, 'shop')
      const end = new AbortController()
      const heard = newRecorder()
      const listener: ChangeListener = (changes) => {
        void heard.listener(changes)
        end.abort()
      }
      await store.watch([{ projectId: 'shop', since: 1 }], listener, { signal: end.signal })
      await vi.waitFor(() => expect(heard.calls).toHaveLength(1), PATIENCE)
      await addImage(store, 'shop')
      await setTimeout(100)
      expect(heard.calls).toHaveLength(1)
    })

    it('reports the commits of this process in all projects, before they are acknowledged or soon after', async () => {
      const { store, another } = await fresh()
      const other = await another()
      const heard = newRecorder()
      const end = new AbortController()
      ends.push(end)
      await addImage(store, 'shop')
      store.watchCommits(heard.listener, { signal: end.signal })
      const a = await addImage(store, 'shop')
      const b = await addImage(store, 'new')
      await addImage(other, 'shop')
      await addImage(store, 'shop')
      await vi.waitFor(() => expect(heard.revisions()).toEqual([2, 4]), PATIENCE)
      expect(heard.events()[0]).toEqual({ type: 'image.added', image_id: a })
      expect(heard.events('new')).toContainEqual({ type: 'image.added', image_id: b })
    })

    it('neither loses, repeats nor reorders changes with many writers and listeners in several processes', async () => {
      const { store, another } = await fresh()
      const stores = [store, await another(), await another()] as const
      const chance = newChance()
      const ids = ['one', 'two', 'three']
      const truth = new Map<string, readonly ProjectEvent[]>()
      const end = new AbortController()
      ends.push(end)
      for (const each of stores)
        each.watchCommits(
          ({ projectId, revisions }) => {
            for (const { revision, events } of revisions) truth.set(`${projectId} ${revision}`, events)
          },
          { signal: end.signal },
        )
      const followers = Array.from({ length: 8 }, () => newFollower(stores[chance.number(3)] ?? store, ids, chance))
      for (const follower of followers) await follower.begin()
      let isWriting = true
      const restarts = followers.map(async (follower) => {
        while (isWriting) {
          await setTimeout(chance.number(300))
          if (chance.number(3) === 0) await follower.again()
        }
      })
      await Promise.all(stores.map((each) => writeAtRandom(each, ids, chance)))
      isWriting = false
      await Promise.all(restarts)
      const newest = new Map<string, number>()
      for (const key of truth.keys()) {
        const [projectId = '', revision = 0] = key.split(' ')
        newest.set(projectId, Math.max(newest.get(projectId) ?? 0, Number(revision)))
      }
      for (const follower of followers) {
        await vi.waitFor(
          () => expect(Object.fromEntries(follower.positions)).toEqual(Object.fromEntries(newest)),
          PATIENCE,
        )
        follower.end()
        expect(follower.faults).toEqual([])
        for (const [key, events] of follower.heard) expect(events, key).toEqual(truth.get(key))
        for (const projectId of ids) {
          if (follower.wasReset.has(projectId)) continue
          const heard = upTo(newest.get(projectId) ?? 0).map((revision) =>
            follower.heard.get(`${projectId} ${revision}`),
          )
          expect(heard.includes(undefined), `${projectId} has a gap`).toBe(false)
          const replayed = replay(heard.flatMap((events) => events ?? []))
          const state = await store.project(projectId)
          expect(replayed.exists).toBe(state !== undefined)
          expect([...replayed.images].sort()).toEqual((await idsOf(store, projectId))?.toSorted() ?? [])
          expect(replayed.cover).toBe(state?.primary_image_id ?? null)
        }
      }
    })
  })
}

/** Watches projects from their start, ends now and then, and goes on where it was. */
const newFollower = (store: Store, ids: readonly string[], chance: ReturnType<typeof newChance>) => {
  const positions = new Map<string, number>(ids.map((id) => [id, 0]))
  const heard = new Map<string, readonly ProjectEvent[]>()
  const wasReset = new Set<string>()
  const faults: string[] = []
  const slownessMs = chance.number(3) === 0 ? 30 : 0
  let end = new AbortController()
  const listener = async ({ projectId, revision, reset, revisions }: ProjectChanges, signal: AbortSignal) => {
    if (signal.aborted) faults.push(`${projectId} ${revision} came after the end`)
    let position = positions.get(projectId) ?? 0
    if (reset) wasReset.add(projectId)
    for (const each of revisions) {
      if (each.revision !== ++position) faults.push(`${projectId}: ${each.revision} came in place of ${position}`)
      heard.set(`${projectId} ${each.revision}`, each.events)
    }
    if (!reset && position !== revision) faults.push(`${projectId} leads to ${revision} and ends at ${position}`)
    positions.set(projectId, revision)
    if (slownessMs > 0) await setTimeout(chance.number(slownessMs))
  }
  const begin = () => {
    const { signal } = end
    const watched = [...positions].map(([projectId, since]) => ({ projectId, since }))
    return store.watch(watched, (changes) => listener(changes, signal), { signal })
  }
  const again = () => {
    end.abort()
    end = new AbortController()
    return begin()
  }
  return { positions, heard, wasReset, faults, begin, again, end: () => end.abort() }
}

const writeAtRandom = async (store: Store, ids: readonly string[], chance: ReturnType<typeof newChance>) => {
  const one = async () => {
    for (let n = 0; n < 12; n++) {
      const projectId = ids[chance.number(ids.length)] ?? ''
      const images = (await idsOf(store, projectId)) ?? []
      const imageId = images[chance.number(Math.max(1, images.length))] ?? ''
      const kind = chance.number(10)
      const done =
        images.length === 0 || kind < 4
          ? addImage(store, projectId)
          : kind < 6
            ? store.commit(projectId, { type: 'delete_image', imageId })
            : kind < 8
              ? store.commit(projectId, { type: 'set_primary', imageId })
              : kind < 9
                ? store.commit(projectId, { type: 'edit', title: String(n) })
                : store.commit(projectId, { type: 'delete_project' })
      // Others may have deleted it first.
      await done.catch(() => {})
    }
  }
  await Promise.all([one(), one(), one()])
}

const replay = (events: readonly ProjectEvent[]) => {
  let images = new Set<string>()
  let cover: string | null = null
  let exists = false
  for (const event of events) {
    if (event.type === 'project.changed') exists = true
    if (event.type === 'project.deleted') [images, cover, exists] = [new Set(), null, false]
    if (event.type === 'image.added') images.add(event.image_id)
    if (event.type === 'image.deleted') images.delete(event.image_id)
    if (event.type === 'cover.changed') cover = event.image_id
  }
  return { images, cover, exists }
}
