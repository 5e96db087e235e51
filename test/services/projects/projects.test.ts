// The list of projects: the cost of one call, and its cursors.

import { describe, expect, it } from 'vitest'
import type { Principal } from '../../../src/core/auth/access.ts'
import { createProjectService, type ListCursor } from '../../../src/services/projects/projects.ts'
import { createSealedCursors } from '../../../src/services/projects/sealed-cursor.ts'
import { createFileAccountStore } from '../../../src/stores/accounts/file-account-store.ts'
import { fileStoreFixture, silent } from '../../support/store/file-store.ts'
import { plantProject } from '../../support/store/planted-project.ts'

const ANONYMOUS: Principal = { kind: 'anonymous' }
const ADMIN: Principal = { kind: 'key', id: 'one', role: 'admin' }

const MOST_HEADS = 40

/** Projects by their names, in order; a capital one is private. */
const listing = async (names: readonly string[]) => {
  const { store, folder: storageDir } = await fileStoreFixture()
  for (const name of names)
    await plantProject({
      storageDir,
      projectId: name,
      visibility: /[A-Z]/.test(name) ? 'private' : 'public',
      images: 0,
    })
  let looked = 0
  const counted: typeof store = {
    ...store,
    project(projectId) {
      looked++
      return store.project(projectId)
    },
    current: () => undefined,
  }
  const { list } = createProjectService({
    store: counted,
    log: silent,
    cursors: createSealedCursors(createFileAccountStore({ storageDir })),
    mostHeads: MOST_HEADS,
  })

  /** Follows `next` to the end. */
  const pages = async (by: Principal, limit: number) => {
    const found: { ids: string[]; looked: number; next: ListCursor | undefined }[] = []
    do {
      looked = 0
      const { projects, next } = await list({ ...found.at(-1)?.next, limit }, by)
      found.push({ ids: projects.map(({ project_id }) => project_id), looked, next })
      if (found.length > names.length + 1) throw new Error('the list has no end')
    } while (found.at(-1)?.next)
    return found
  }
  return { list, pages }
}

const sealedIn = (next: ListCursor | undefined): string => (next && 'from' in next ? next.from : '')

const numbered = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${letter}${String(at).padStart(3, '0')}`)

describe('a list of mostly hidden projects', () => {
  it('reads a limited number of projects for a page, and lists all over further pages', async () => {
    const { pages } = await listing([...numbered('A', 90), 'b', ...numbered('a', 3), ...numbered('c', 2)])
    const found = await pages(ANONYMOUS, 10)
    expect(Math.max(...found.map(({ looked }) => looked))).toBeLessThanOrEqual(MOST_HEADS)
    expect(found.flatMap(({ ids }) => ids)).toEqual(['a000', 'a001', 'a002', 'b', 'c000', 'c001'])
    expect(found.map(({ ids }) => ids.length)).toEqual([0, 0, 6])
  })

  it('reveals neither id nor length of a hidden project in a cursor', async () => {
    const { pages, list } = await listing([...numbered('A', MOST_HEADS - 1), 'B'.repeat(64), 'z'])
    const [first] = await pages(ANONYMOUS, 10)
    expect(first?.next).toEqual({ from: expect.stringMatching(/^[\w-]{123}$/) })
    const place = sealedIn(first?.next)
    expect(Buffer.from(place, 'base64url').toString('latin1')).not.toContain('BBBB')
    expect((await list({ limit: 10 }, ANONYMOUS)).next, 'the same each time').toEqual({ from: place })
    const { pages: others } = await listing([...numbered('A', MOST_HEADS), 'z'])
    expect(sealedIn((await others(ANONYMOUS, 10))[0]?.next)).toHaveLength(place.length)
  })

  it('refuses a cursor that was not sealed by this store', async () => {
    const { list, pages } = await listing([...numbered('A', MOST_HEADS + 1)])
    const place = sealedIn((await pages(ANONYMOUS, 10))[0]?.next)
    const changed = `${place.slice(0, 60)}${place[60] === 'A' ? 'B' : 'A'}${place.slice(61)}`
    for (const from of ['', 'A000', place.slice(1), `${place}A`, changed, 'A'.repeat(123)])
      await expect(list({ from, limit: 10 }, ANONYMOUS), from).rejects.toMatchObject({
        code: 'invalid_parameter',
        details: { field: 'from' },
      })
    expect(await list({ from: place, limit: 10 }, ANONYMOUS)).toEqual({ projects: [], next: undefined })
  })

  it('has plain cursors for principals that see all projects', async () => {
    const { pages } = await listing(numbered('A', 100))
    const found = await pages(ADMIN, 60)
    expect(found.map(({ next }) => next)).toEqual([{ after: 'A039' }, { after: 'A079' }, undefined])
    expect((await pages(ADMIN, 40)).map(({ ids }) => ids.length)).toEqual([40, 40, 20])
    expect((await pages(ADMIN, 7)).map(({ looked }) => looked)).toEqual([...Array(14).fill(8), 2])
  })
})
