// The list of projects: what a page reads, and its cursors.

import { describe, expect, it } from 'vitest'
import type { Principal } from '../../../src/core/auth/access.ts'
import { fileStoreFixture } from '../../support/store/file-store.ts'
import { plantProject } from '../../support/store/planted-project.ts'
import { openCatalogue, openProjectService } from '../../support/store/project-service.ts'

const ANONYMOUS: Principal = { kind: 'anonymous' }
const ADMIN: Principal = { kind: 'key', id: 'one', role: 'admin' }

/** Projects by their names, in order; a capital one is private. */
const listing = async (names: readonly string[]) => {
  const { store, another, folder: storageDir } = await fileStoreFixture()
  for (const name of names)
    await plantProject({
      storageDir,
      projectId: name,
      visibility: /[A-Z]/.test(name) ? 'private' : 'public',
      images: 0,
    })
  let reads = 0
  const counted: typeof store = {
    ...store,
    project(projectId) {
      reads++
      return store.project(projectId)
    },
    current: () => undefined,
  }
  const { list } = openProjectService(counted, storageDir, { catalogue: openCatalogue(store, storageDir) })

  /** Follows `next` to the end. */
  const pages = async (by: Principal, limit: number) => {
    const found: { ids: string[]; reads: number; next: string | undefined }[] = []
    do {
      reads = 0
      const { projects, next } = await list({ after: found.at(-1)?.next, limit }, by)
      found.push({ ids: projects.map(({ project }) => project.project_id), reads, next })
      if (found.length > names.length + 1) throw new Error('the list has no end')
    } while (found.at(-1)?.next !== undefined)
    return found
  }
  return { list, pages, store, other: await another() }
}

const numbered = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${letter}${String(at).padStart(3, '0')}`)

describe('a list of projects', () => {
  it('reads the projects of a page and one more, however many hidden ones there are', async () => {
    const { pages } = await listing([...numbered('A', 90), 'b', ...numbered('a', 3), ...numbered('C', 9), 'd', 'e'])
    const found = await pages(ANONYMOUS, 3)
    expect(found.map(({ ids }) => ids)).toEqual([
      ['a000', 'a001', 'a002'],
      ['b', 'd', 'e'],
    ])
    expect(found.map(({ reads }) => reads)).toEqual([4, 3])
    expect((await pages(ADMIN, 60)).map(({ ids, reads }) => [ids.length, reads])).toEqual([
      [60, 61],
      [45, 45],
    ])
  })

  it('has a next page exactly where more projects are visible', async () => {
    const { pages } = await listing(['A', 'b', 'C', 'd', 'E'])
    for (const [limit, lengths] of [
      [1, [1, 1]],
      [2, [2]],
      [3, [2]],
    ] as const)
      expect((await pages(ANONYMOUS, limit)).map(({ ids }) => ids.length)).toEqual(lengths)
    for (const [limit, lengths] of [
      [2, [2, 2, 1]],
      [5, [5]],
    ] as const)
      expect((await pages(ADMIN, limit)).map(({ ids }) => ids.length)).toEqual(lengths)
  })

  it('lists the projects of a restricted key alone, in order and once', async () => {
    const { pages } = await listing(['A', 'b', 'C', 'd'])
    const by: Principal = { ...ADMIN, projects: ['d', 'C', 'gone', 'd', 'A'] }
    expect((await pages(by, 2)).map(({ ids }) => ids)).toEqual([['A', 'C'], ['d']])
  })

  it('never shows a project that another process has made private, and fills the page from those behind it', async () => {
    const { list, other } = await listing(['a', 'b', 'c', 'd'])
    await list({ limit: 1 }, ANONYMOUS)
    for (const id of ['a', 'b']) await other.commit(id, { type: 'edit', visibility: 'private' })
    const { projects, next } = await list({ limit: 2 }, ANONYMOUS)
    expect([projects.map(({ project }) => project.project_id), next]).toEqual([['c', 'd'], undefined])
  })

  it('has the same cursor each time, and refuses one that was not sealed by this store', async () => {
    const { list } = await listing(['a', 'b'])
    const { next = '' } = await list({ limit: 1 }, ANONYMOUS)
    expect(next).toMatch(/^[\w-]{123}$/)
    expect((await list({ limit: 1 }, ADMIN)).next).toBe(next)
    const changed = `${next.slice(0, 60)}${next[60] === 'A' ? 'B' : 'A'}${next.slice(61)}`
    for (const after of ['', 'a', next.slice(1), `${next}A`, changed, 'A'.repeat(123)])
      await expect(list({ after, limit: 10 }, ANONYMOUS), after).rejects.toMatchObject({
        code: 'invalid_parameter',
        details: { field: 'after' },
      })
    expect(
      (await list({ after: next, limit: 10 }, ANONYMOUS)).projects.map(({ project }) => project.project_id),
    ).toEqual(['b'])
  })

  it('has stable pages in each order: behind projects that were deleted, changed or renamed since', async () => {
    const { list, store } = await listing(['a', 'b', 'c', 'd', 'e'])
    for (const id of ['a', 'b', 'c', 'd', 'e']) await store.commit(id, { type: 'edit', title: `t${id}` })
    const ids = async (request: Parameters<typeof list>[0]) => {
      const { projects, next } = await list(request, ADMIN)
      return { ids: projects.map(({ project }) => project.project_id), next }
    }
    const first = await ids({ sort: 'title', limit: 2 })
    expect(first.ids).toEqual(['a', 'b'])
    await store.commit('b', { type: 'delete_project' })
    expect((await ids({ sort: 'title', after: first.next, limit: 2 })).ids).toEqual(['c', 'd'])
    await store.commit('a', { type: 'edit', title: 'z' })
    expect((await ids({ sort: 'title', after: first.next, limit: 9 })).ids).toEqual(['c', 'd', 'e', 'a'])
    expect((await ids({ sort: 'title', q: 'T', limit: 9 })).ids).toEqual(['c', 'd', 'e'])
    expect((await ids({ sort: 'title', q: 'T', after: first.next, limit: 1 })).ids).toEqual(['c'])
    for (const sort of [undefined, 'id', 'updated', 'created'] as const)
      await expect(ids({ sort, after: first.next, limit: 2 })).rejects.toMatchObject({
        code: 'invalid_parameter',
        details: { field: 'after' },
      })
  })

  it('sorts and searches the projects of a restricted key alone', async () => {
    const { list } = await listing(['A', 'b', 'C', 'd'])
    const by: Principal = { ...ADMIN, projects: ['d', 'C', 'gone', 'd', 'A'] }
    const ids = async (request: object) =>
      (await list({ limit: 9, ...request }, by)).projects.map(({ project }) => project.project_id)
    expect([await ids({ sort: 'title' }), await ids({ q: 'c' }), await ids({ q: 'b', sort: 'created' })]).toEqual([
      ['A', 'C', 'd'],
      ['C'],
      [],
    ])
  })

  it('shows nothing that a search no longer finds, though the catalogue has not noticed', async () => {
    const { list, other } = await listing(['a', 'b'])
    await other.commit('a', { type: 'edit', title: 'boats' })
    const found = async () => (await list({ q: 'boats', limit: 9 }, ANONYMOUS)).projects.length
    // The other process has no catalogue, so it gives no hint: a list that shows the project has it read again.
    await list({ sort: 'title', limit: 9 }, ANONYMOUS)
    expect(await found()).toBe(1)
    await other.commit('a', { type: 'edit', title: 'ships' })
    expect([await found(), await found()]).toEqual([0, 0])
  })
})
