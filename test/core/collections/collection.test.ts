// Collections: lists and queries, and what of them is a change.

import { describe, expect, it } from 'vitest'
import type { Principal } from '../../../src/core/auth/access.ts'
import {
  deleteCollection,
  type NewCollection,
  putCollection,
  selectingOwner,
  selectsSame,
} from '../../../src/core/collections/collection.ts'

const ADA: Principal = { kind: 'user', id: 'ada' }
const AT = '2026-05-04T09:30:00.000Z'
const LATER = '2026-05-05T09:30:00.000Z'

const made = (given: NewCollection, by: Principal = ADA) =>
  putCollection('wall', undefined, given, { by, now: AT, newVisibility: 'public' })

const replaced = (before: ReturnType<typeof made>, given: NewCollection) =>
  putCollection('wall', before, given, { by: ADA, now: LATER, newVisibility: 'public' })

describe('a collection', () => {
  it('has a list or a query, and the one takes the place of the other', () => {
    const tagged = made({ query: { tag: 'space' } })
    expect(tagged).toMatchObject({ projects: [], query: { tag: 'space' }, owner_id: 'ada', updated_at: AT })
    const listed = replaced(tagged, { projects: ['b', 'a', 'b'] })
    expect(listed).toMatchObject({ projects: ['b', 'a'], created_at: AT, updated_at: LATER })
    expect(listed).not.toHaveProperty('query')
    expect(replaced(listed, { query: { tag: 'new' } })).toMatchObject({ projects: [], query: { tag: 'new' } })
  })

  it('is the same object where nothing changes', () => {
    for (const given of [{ query: { tag: 'space' } }, { projects: ['a'] }, { projects: [] }]) {
      const before = made(given)
      expect(replaced(before, given)).toBe(before)
      expect(replaced(before, { ...given, title: 'x' })).toMatchObject({ title: 'x', updated_at: LATER })
    }
  })

  it('keeps no query as a tombstone', () => {
    const deleted = deleteCollection('wall', made({ query: { tag: 'space' } }), { by: ADA, now: LATER })
    expect(deleted).not.toHaveProperty('query')
    expect(deleted).toMatchObject({ deleted: true, projects: [], owner_id: null })
  })

  it('selects the same where list, query and owner are equal', () => {
    const [tagged, listed] = [made({ query: { tag: 'a' } }), made({ projects: ['a'] })]
    expect(selectsSame(tagged, { ...made({ query: { tag: 'a' } }), title: 'x' })).toBe(true)
    expect(selectsSame(listed, made({ projects: ['a'] }))).toBe(true)
    for (const other of [listed, made({ query: { tag: 'b' } }), { ...tagged, owner_id: 'eve' }])
      expect(selectsSame(tagged, other)).toBe(false)
    expect(selectsSame(listed, made({ projects: ['a', 'b'] }))).toBe(false)
  })

  it('selects from the projects of its owner, without one from all', () => {
    expect(selectingOwner(made({ projects: [] }))).toEqual(ADA)
    const key: Principal = { kind: 'key', id: 'k', role: 'writer' }
    expect(selectingOwner(made({ projects: [] }, key))).toEqual({ kind: 'unrestricted' })
  })
})
