// What every store of collections must do. One passes by a few lines: see test/stores/collections/collections.test.ts.

import { describe, expect, it } from 'vitest'
import type { CollectionState } from '../../src/core/collections/collection.ts'
import { unknownCollection } from '../../src/core/not-found.ts'
import type { CollectionStore } from '../../src/stores/collections/collections.ts'

const AT = '2026-05-04T09:30:00.000Z'

export const collectionOf = (name: string, projects: string[] = []): CollectionState => ({
  ...{ name, title: null, created_at: AT, updated_at: AT, owner_id: null, visibility: 'public', members: {} },
  ...{ projects, deleted: false },
})

/** Adds a project to the list. */
const adding = (name: string, project: string) => (before: CollectionState | undefined) =>
  collectionOf(name, [...(before?.projects ?? []), project])

/** @param open a store, and a way to open it as another process does */
export const collectionsContract = (name: string, open: () => Promise<{ another: () => CollectionStore }>): void => {
  describe(`${name}: a collection`, () => {
    it('is found as it was written, by every process, under its own name alone', async () => {
      const { another } = await open()
      const collections = another()
      expect(await collections.newest('Wall')).toBeUndefined()
      expect(await collections.names()).toEqual([])
      await collections.change('Wall', adding('Wall', 'a'))
      await collections.change('wall', adding('wall', 'b'))
      await collections.change('-1', adding('-1', 'c'))
      for (const each of [collections, another()]) {
        expect(await each.newest('Wall')).toMatchObject(collectionOf('Wall', ['a']))
        expect(await each.recent('wall')).toMatchObject(collectionOf('wall', ['b']))
        expect(await each.names()).toEqual(['-1', 'Wall', 'wall'])
      }
    })

    it('has every change of many writers at once', async () => {
      const { another } = await open()
      const writers = Array.from({ length: 4 }, another)
      const projects = Array.from({ length: 24 }, (_, at) => `p${at}`)
      await Promise.all(projects.map((project, at) => writers[at % 4]?.change('wall', adding('wall', project))))
      expect((await another().newest('wall'))?.projects.sort()).toEqual([...projects].sort())
    })

    it('is not written where nothing changes or the change throws, and shows a change of another process', async () => {
      const { another } = await open()
      const [one, other] = [another(), another()]
      await one.change('wall', adding('wall', 'a'))
      const before = await other.newest('wall')
      expect(await one.change('wall', (state) => state)).toMatchObject({ projects: ['a'] })
      const refused = one.change('wall', () => {
        throw unknownCollection('wall')
      })
      await expect(refused).rejects.toMatchObject({ code: 'collection_not_found' })
      expect((await another().newest('wall'))?.commits).toEqual(before?.commits)
      await one.change('wall', adding('wall', 'b'))
      expect(await other.newest('wall')).toMatchObject({ projects: ['a', 'b'] })
      expect(await other.recent('wall')).toMatchObject({ projects: ['a', 'b'] })
    })
  })
}
