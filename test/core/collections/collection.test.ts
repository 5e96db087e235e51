// Collections: lists and queries, and what of them is a change.

import { describe, expect, it } from 'vitest'
import type { Principal } from '../../../src/core/auth/access.ts'
import {
  deleteCollection,
  type NewCollection,
  presentOf,
  putCollection,
  readableCollection,
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

describe('a new collection', () => {
  const key: Principal = { kind: 'key', id: 'k', role: 'writer' }

  it('has the given fields, and the usual ones in place of others', () => {
    expect(putCollection('wall', undefined, {}, { by: ADA, now: AT, newVisibility: 'private' })).toStrictEqual({
      name: 'wall',
      title: null,
      created_at: AT,
      updated_at: AT,
      owner_id: 'ada',
      visibility: 'private',
      members: {},
      projects: [],
      deleted: false,
    })
    const given = { title: 'Wall', visibility: 'private', members: { bob: 'viewer' }, projects: ['a'] } as const
    expect(made(given, key)).toMatchObject({ ...given, owner_id: null })
  })

  it('needs the right to create one', () => {
    expect(() => made({}, { kind: 'anonymous' })).toThrow(expect.objectContaining({ code: 'unauthenticated' }))
    expect(() => made({}, { ...key, role: 'reader' })).toThrow(expect.objectContaining({ code: 'forbidden' }))
  })

  it('takes the place of a deleted one, of which it keeps nothing', () => {
    const deleted = deleteCollection('wall', made({ title: 'Old', projects: ['a'] }), { by: ADA, now: AT })
    const again = putCollection('wall', deleted, {}, { by: key, now: LATER, newVisibility: 'public' })
    expect(again).toMatchObject({ title: null, projects: [], owner_id: null, created_at: LATER, deleted: false })
  })
})

describe('a change of a collection', () => {
  const before = made({ title: 'Wall', members: { bob: 'editor', eve: 'viewer' }, projects: ['a'] })
  const by = (principal: Principal, given: NewCollection) => () =>
    putCollection('wall', before, given, { by: principal, now: LATER, newVisibility: 'public' })
  const BOB: Principal = { kind: 'user', id: 'bob' }
  const EVE: Principal = { kind: 'user', id: 'eve' }

  it('keeps what is not named, and removes the title by null', () => {
    expect(by(ADA, { projects: ['b'] })()).toEqual({ ...before, projects: ['b'], updated_at: LATER })
    expect(by(ADA, { projects: ['a'], title: null })()).toEqual({ ...before, title: null, updated_at: LATER })
    expect(by(ADA, { projects: ['a'], members: {} })()).toEqual({ ...before, members: {}, updated_at: LATER })
    expect(by(ADA, { projects: ['a'], visibility: 'private' })()).toMatchObject({ visibility: 'private' })
  })

  it('is allowed to an editor, unless it changes the access rules', () => {
    expect(by(BOB, { projects: ['b'], title: 'New' })()).toMatchObject({
      projects: ['b'],
      title: 'New',
      owner_id: 'ada',
    })
    for (const given of [{ visibility: 'public' as const }, { members: {} }])
      expect(by(BOB, { projects: ['a'], ...given })).toThrow(
        'Expected a key or user that may manage collection "wall".',
      )
  })

  it('is refused to a viewer', () => {
    expect(by(EVE, { projects: ['b'] })).toThrow('Expected a key or user that may change collection "wall".')
  })
})

describe('deleting a collection', () => {
  const before = made({ title: 'Wall', visibility: 'private', members: { bob: 'editor' }, projects: ['a'] })

  it('leaves a tombstone with its name and its times', () => {
    expect(deleteCollection('wall', before, { by: ADA, now: LATER })).toStrictEqual({
      name: 'wall',
      title: null,
      created_at: AT,
      updated_at: LATER,
      owner_id: null,
      visibility: 'public',
      members: {},
      projects: [],
      deleted: true,
    })
  })

  it('needs the right to manage it', () => {
    expect(() => deleteCollection('wall', before, { by: { kind: 'user', id: 'bob' }, now: LATER })).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    )
  })

  it('is refused where there is none', () => {
    const deleted = deleteCollection('wall', before, { by: ADA, now: LATER })
    for (const none of [undefined, deleted])
      for (const by of [ADA, { kind: 'unrestricted' } as const])
        expect(() => deleteCollection('wall', none, { by, now: LATER })).toThrow('There is no collection "wall".')
  })
})

describe('a collection to be read', () => {
  const closed = made({ visibility: 'private', projects: ['a'] })

  it('is its state, for the principals that may read it', () => {
    expect(readableCollection('wall', closed, ADA)).toBe(closed)
    expect(readableCollection('wall', made({}), { kind: 'anonymous' })).toEqual(made({}))
  })

  it('is unknown to others, as one that is deleted or never was', () => {
    const deleted = deleteCollection('wall', closed, { by: ADA, now: LATER })
    const unknown = expect.objectContaining({ code: 'collection_not_found', message: 'There is no collection "wall".' })
    expect(() => readableCollection('wall', closed, { kind: 'anonymous' })).toThrow(unknown)
    for (const none of [undefined, deleted])
      for (const by of [ADA, { kind: 'unrestricted' } as const, { kind: 'anonymous' } as const])
        expect(() => readableCollection('wall', none, by)).toThrow(unknown)
    expect([presentOf(undefined), presentOf(deleted), presentOf(closed)]).toEqual([undefined, undefined, closed])
  })
})
