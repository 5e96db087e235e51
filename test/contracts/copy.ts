// Copies of stores: what holds between any two places.

import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { copyStore } from '../../src/stores/copy/copy-store.ts'
import type { CopyTarget } from '../../src/stores/copy/place.ts'
import type { Store } from '../../src/stores/store.ts'
import { addImage, bytesOf, idsOf, readVariant } from './store.ts'

/** A place, and how a store is opened on it. */
export interface CopyFixture {
  place(): CopyTarget
  open(): Promise<Store>
  /** Overwrites a stored file with other content of the same length. */
  damage(projectId: string, imageId: string): Promise<void>
  /** Faults that the doctor finds; none where it knows nothing of the place. */
  faults(): Promise<string[]>
}

interface Wanted {
  source: CopyFixture
  target: CopyFixture
}

/** Copies between two places, which need not be open. */
export const copyBetween = async (
  { source, target }: Record<keyof Wanted, Pick<CopyFixture, 'place'>>,
  options: { verify?: boolean; accounts?: boolean; signal?: AbortSignal; onProgress?: () => void } = {},
) => {
  const [from, to] = [source.place(), target.place()]
  try {
    return await copyStore({
      ...{ source: from, target: to, verify: false, accounts: false, parallel: 8 },
      ...{ signal: new AbortController().signal, onProgress: () => {}, ...options },
    })
  } finally {
    await from.close()
    await to.close()
  }
}

/** All that a store shows of its projects. */
const shown = async (store: Store) => {
  const projects: unknown[] = []
  for (const projectId of await store.projectIds()) {
    const state = await store.project(projectId)
    if (!state) continue
    const { images: _, ...project } = state
    const images = await store.images(state)
    const files = await Promise.all((images ?? []).map(({ id }) => readVariant(store, projectId, id, 'thumb')))
    projects.push({ project, images, cover: await store.cover(state), files })
  }
  return projects
}

const assertSame = async ({ source, target }: Wanted): Promise<void> => {
  const [one, other] = [await source.open(), await target.open()]
  const expected = await shown(one)
  expect(expected.length).toBeGreaterThan(0)
  expect(await shown(other)).toEqual(expected)
  await one.close()
  await other.close()
  expect(await target.faults()).toEqual([])
}

export const copyContract = (name: string, open: () => Promise<Wanted>): void => {
  describe(`a copy ${name}`, () => {
    it('has every project with its images, order, cover and details, and later copies only what is new', async () => {
      const places = await open()
      const store = await places.source.open()
      const ids: string[] = []
      for (let n = 0; n < 3; n++) ids.push(await addImage(store, 'shop'))
      await addImage(store, 'Shop', ['original', 'medium', 'thumb', 'game', 'source'])
      await store.commit('shop', { type: 'set_primary', imageId: ids[1] ?? '' })
      await store.commit('shop', { type: 'edit', title: 'Cosmic Drift', imageOrder: ids.slice(2) })
      await addImage(store, 'gone')
      await store.commit('gone', { type: 'delete_project' })
      expect(await copyBetween(places)).toMatchObject({ copied: 3, present: 0, refused: [], files: 17 })
      await assertSame(places)
      expect(await copyBetween(places)).toMatchObject({ copied: 0, present: 3, refused: [], files: 0 })

      await store.commit('shop', { type: 'delete_image', imageId: ids[0] ?? '' })
      await addImage(store, 'shop')
      await store.commit('Shop', { type: 'delete_project' })
      expect(await copyBetween(places)).toMatchObject({ copied: 2, present: 1, refused: [], files: 4 })
      await assertSame(places)
      const target = await places.target.open()
      expect(await readVariant(target, 'shop', ids[0] ?? '')).toBeUndefined()
      expect(await target.project('Shop')).toBeUndefined()
    })

    it('of long lists, far behind, has the newest state and no gap below it', async () => {
      const places = await open()
      const store = await places.source.open()
      await addImage(store, 'shop')
      expect((await copyBetween(places)).copied).toBe(1)
      await Promise.all(Array.from({ length: 140 }, () => addImage(store, 'shop')))
      for (let n = 0; n < 140; n++) await store.commit('shop', { type: 'edit', title: `title ${n}` })
      expect(await copyBetween(places)).toMatchObject({ copied: 1, refused: [], files: 560 })
      await assertSame(places)
      const [first] = (await idsOf(store, 'shop')) ?? []
      await store.commit('shop', { type: 'delete_image', imageId: first ?? '' })
      expect(await copyBetween(places)).toMatchObject({ copied: 1, refused: [], files: 0 })
      await assertSame(places)
    })

    it('is whole while the store is changed', async () => {
      const places = await open()
      const store = await places.source.open()
      for (let n = 0; n < 20; n++) await addImage(store, 'shop')
      let isDone = false
      const change = async () => {
        while (!isDone) {
          const [first] = (await idsOf(store, 'shop')) ?? []
          await store.commit('shop', { type: 'delete_image', imageId: first ?? '' })
          await addImage(store, 'shop')
          await setImmediate()
        }
      }
      const changing = change()
      const copied = await copyBetween(places).finally(() => {
        isDone = true
      })
      await changing
      expect(copied).toMatchObject({ copied: 1, refused: [] })
      const target = await places.target.open()
      const ids = (await idsOf(target, 'shop')) ?? []
      expect(ids.length).toBeGreaterThan(18)
      for (const id of ids) expect(await readVariant(target, 'shop', id)).toBe(bytesOf(id, 'original'))
      await target.close()
      expect(await places.target.faults()).toEqual([])
      await copyBetween(places)
      await assertSame(places)
    })

    it('that is stopped at any file goes on where it ended', async () => {
      const places = await open()
      const store = await places.source.open()
      for (let n = 0; n < 6; n++) await addImage(store, 'shop')
      for (const after of [1, 7, 15]) {
        const stop = new AbortController()
        let files = 0
        const onProgress = () => void (++files > after && stop.abort(new Error('stopped')))
        await expect(copyBetween(places, { signal: stop.signal, onProgress })).rejects.toThrow('stopped')
      }
      const { files, copied } = await copyBetween(places)
      expect(copied).toBe(1)
      expect(files).toBeLessThan(24)
      await assertSame(places)
    })

    it('has the accounts, keys and webhooks of the store, unless it is told not to', async () => {
      const places = await open()
      const store = await places.source.open()
      await addImage(store, 'shop')
      const records = {
        '.accounts/emails/ab.json': '{"user_id":"one"}\n',
        '.accounts/families/f/7.json': '{"generation":7}\n',
        '.accounts/keys/key.json': '{"role":"admin"}\n',
        '.accounts/users/one/12.json': '{"email":"a@example.com"}\n',
        '.webhooks/endpoints/hook/1.json': '{"url":"https://example.com"}\n',
      }
      const place = places.source.place()
      await place.openToWrite()
      for (const [path, text] of Object.entries(records)) await place.putRecord(path, text)
      const copied = async () => {
        const target = places.target.place()
        const paths = await target.records()
        const found = await Promise.all(paths.map(async (path) => [path, await target.record(path)] as const))
        await target.close()
        return Object.fromEntries(found)
      }
      expect(await copyBetween(places)).toMatchObject({ records: 0, copied: 1 })
      expect(await copied()).toEqual({})
      expect(await copyBetween(places, { accounts: true })).toMatchObject({ records: 5, copied: 0 })
      expect(await copied()).toEqual(records)
      await place.removeRecord('.accounts/families/f/7.json')
      await place.putRecord('.accounts/keys/key.revoked.json', '{}\n')
      expect(await copyBetween(places, { accounts: true })).toMatchObject({ records: 1 })
      const { '.accounts/families/f/7.json': _, ...kept } = records
      expect(await copied()).toEqual({ ...kept, '.accounts/keys/key.revoked.json': '{}\n' })
      await place.removeRecord('.accounts/keys/key.json')
      await expect(copyBetween(places, { accounts: true })).rejects.toThrow('accounts or keys of its own')
      expect(await copyBetween(places)).toMatchObject({ records: 0, present: 1 })
      await place.close()
    })

    it('has the collections of the store as they are, also without its accounts', async () => {
      const places = await open()
      const store = await places.source.open()
      await addImage(store, 'shop')
      const place = places.source.place()
      await place.openToWrite()
      const [first, second] = ['.collections/entries/!wall/9.json', '.collections/entries/!wall/10.json']
      await place.putRecord(first, '{"projects":["shop"]}\n')
      await place.putRecord('.collections/entries/old/1.json', '{"projects":[]}\n')
      const copied = async () => {
        const target = places.target.place()
        const paths = await target.records()
        await target.close()
        return paths
      }
      expect(await copyBetween(places)).toMatchObject({ records: 2 })
      expect(await copied()).toEqual([first, '.collections/entries/old/1.json'])
      await place.putRecord(second, '{"projects":[]}\n')
      await place.removeRecord(first)
      expect(await copyBetween(places, { accounts: true })).toMatchObject({ records: 1 })
      expect(await copied()).toEqual([second, '.collections/entries/old/1.json'])
      expect(await copyBetween(places)).toMatchObject({ records: 0 })
      await place.close()
    })

    it('with verify finds a damaged file, and copies it again; a damaged source is refused', async () => {
      const places = await open()
      const store = await places.source.open()
      const [one, other] = [await addImage(store, 'shop'), await addImage(store, 'fine')]
      await copyBetween(places)
      await places.target.damage('shop', one)
      expect(await copyBetween(places)).toMatchObject({ copied: 0, files: 0 })
      expect(await copyBetween(places, { verify: true })).toMatchObject({ copied: 1, files: 1, refused: [] })
      await assertSame(places)
      await places.source.damage('fine', other)
      await places.target.damage('fine', other)
      expect(await copyBetween(places, { verify: true })).toMatchObject({
        present: 1,
        refused: [{ path: 'fine', reason: expect.stringMatching(/^original of image .* \(SHA-256\)$/) }],
      })
    })

    it('refuses a project that was changed in the target', async () => {
      const places = await open()
      const store = await places.source.open()
      await addImage(store, 'shop')
      await copyBetween(places)
      const target = await places.target.open()
      await target.commit('shop', { type: 'edit', title: 'own' })
      const refused = [{ path: 'shop', reason: expect.stringContaining('it was changed by itself') }]
      expect(await copyBetween(places)).toMatchObject({ copied: 0, refused })
      await store.commit('shop', { type: 'edit', title: 'other' })
      expect(await copyBetween(places)).toMatchObject({ copied: 0, refused })
      for (let n = 0; n < 80; n++) await store.commit('shop', { type: 'edit', title: `${n}` })
      expect(await copyBetween(places)).toMatchObject({ copied: 0, refused })
      const head = (await store.project('shop'))?.revision ?? 0
      const place = places.source.place()
      const [oldest = 0] = await place.revisions('shop')
      let isPruned = false
      const pruned: CopyTarget = {
        ...place,
        async revision(projectId, number) {
          // The oldest one, by which the two are compared.
          const isOldest = number > 2 && number < head && !isPruned
          isPruned ||= isOldest
          return isOldest ? undefined : place.revision(projectId, number)
        },
      }
      expect(await copyBetween({ ...places, source: { place: () => pruned } })).toMatchObject({ copied: 0, refused })
      // A bucket keeps all revisions of an hour, so that the two can be compared by that of the target itself.
      expect(isPruned).toBe(oldest > 2)
      expect((await target.project('shop'))?.title).toBe('own')
      await addImage(target, 'other')
      expect(await copyBetween(places)).toMatchObject({ onlyInTarget: 1 })
    })
  })
}
