// Creating a project before its first upload.

import { describe, expect, it } from 'vitest'
import type { Principal } from '../../../src/core/auth/access.ts'
import { applyChange, needsImages, type ProjectChange } from '../../../src/core/project/changes.ts'
import type { CreateProject } from '../../../src/core/project/create-project.ts'
import { eventsOf } from '../../../src/core/project/events.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { recordOf } from '../../contracts/store.ts'

const NOW = '2026-03-04T05:06:07.890Z'
const LATER = '2026-04-05T06:07:08.901Z'
const USER: Principal = { kind: 'user', id: 'ada' }
const STRANGER: Principal = { kind: 'user', id: 'eve' }

const create = (more: Omit<CreateProject, 'type'> & Pick<ProjectChange, 'by' | 'ifRevision'> = {}) =>
  ({ type: 'create_project', ...more }) as const

const absent = emptyProject('shop', NOW)
const tombstone = { ...absent, revision: 9 }
const existing: ProjectState = { ...absent, deleted: false, revision: 4, title: 'Drift', visibility: 'private' }

const errorOf = (state: ProjectState, change: ProjectChange) => {
  try {
    applyChange(state, change, LATER)
  } catch (error) {
    return error
  }
  throw new Error('expected an error')
}

describe('creating a project', () => {
  it('makes one without images and without a cover, with the time of the change', () => {
    const change = create({ title: 'Cosmic Drift', visibility: 'private' })
    const state = applyChange(absent, change, LATER)
    expect(state).toEqual({
      ...absent,
      deleted: false,
      title: 'Cosmic Drift',
      visibility: 'private',
      created_at: LATER,
      updated_at: LATER,
    })
    expect(eventsOf(absent, change, state)).toEqual([{ type: 'project.changed' }])
    expect(needsImages(change)).toBe(false)
  })

  it('takes visibility from the settings where the request names none', () => {
    expect(applyChange(absent, create({ newVisibility: 'private' }), LATER).visibility).toBe('private')
    expect(
      applyChange(absent, create({ visibility: 'public', newVisibility: 'private' }), LATER).visibility,
    ).toBeUndefined()
    expect(applyChange(absent, create(), LATER)).toMatchObject({ title: null })
  })

  it('makes a user its owner, and charges a key for it, as the first upload does', () => {
    expect(applyChange(absent, create({ by: USER }), LATER).owner_id).toBe('ada')
    const byKey = applyChange(absent, create({ by: { kind: 'key', id: 'k1', role: 'writer' } }), LATER)
    expect(byKey.made_by).toBe('key:k1')
    expect(byKey.owner_id).toBeUndefined()
  })

  it('goes on with the number of a deleted project, of which nothing else remains', () => {
    expect(applyChange(tombstone, create({ title: 'New' }), LATER)).toMatchObject({
      revision: 9,
      deleted: false,
      title: 'New',
    })
  })

  it('makes the first upload the cover', () => {
    const state = applyChange(absent, create({ title: 'Kept' }), NOW)
    const image = recordOf('a'.repeat(20))
    expect(applyChange(state, { type: 'add_image', image }, LATER)).toMatchObject({
      title: 'Kept',
      created_at: NOW,
      primary_image_id: image.id,
    })
  })
})

describe('creating a project that exists', () => {
  it.each([
    create(),
    create({ title: 'Drift' }),
    create({ visibility: 'private' }),
    create({ title: 'Drift', visibility: 'private' }),
    create({ newVisibility: 'public' }),
    create({ ifRevision: [3, 4], expected: 'present' }),
  ])('changes nothing where it is as described: %j', (change) => {
    const state = applyChange(existing, change, LATER)
    expect(state).toBe(existing)
    expect(eventsOf(existing, change, state)).toEqual([])
  })

  it.each([
    [create({ title: 'Other' }), 'title', '"Drift"', '"Other"'],
    [create({ title: null }), 'title', '"Drift"', 'null'],
    [create({ title: 'Drift', visibility: 'public' }), 'visibility', 'private', 'public'],
  ])('fails where it differs: %j', (change, field, expected, received) => {
    const message = `Project "shop" exists: expected its ${field} ${expected}, received ${received}. PATCH changes it.`
    const details = { field, expected, received }
    expect(errorOf(existing, change)).toMatchObject({ code: 'project_exists', message, details })
  })

  it('compares the visibility of a project of an older version, which names none, as public', () => {
    const older = { ...existing, visibility: undefined }
    expect(applyChange(older, create({ visibility: 'public' }), LATER)).toBe(older)
    expect(errorOf(older, create({ visibility: 'private' }))).toMatchObject({ code: 'project_exists' })
  })

  it('is authorized as an upload: hidden from strangers where it is private, forbidden where it is public', () => {
    const owned = { ...existing, owner_id: 'ada' }
    expect(applyChange(owned, create({ by: USER }), LATER)).toBe(owned)
    expect(errorOf(owned, create({ by: STRANGER }))).toMatchObject({ code: 'project_not_found' })
    const open: ProjectState = { ...owned, visibility: 'public' }
    expect(errorOf(open, create({ by: STRANGER }))).toMatchObject({ code: 'forbidden' })
    expect(errorOf(absent, create({ by: { kind: 'anonymous' } }))).toMatchObject({ code: 'unauthenticated' })
  })
})

describe('conditions of a creation', () => {
  it('come before the comparison with an existing project', () => {
    for (const change of [
      create({ title: 'Other', expected: 'absent' }),
      create({ expected: 'absent' }),
      create({ title: 'Other', ifRevision: [3], expected: 'present' }),
    ])
      expect(errorOf(existing, change)).toMatchObject({ code: 'precondition_failed' })
  })

  it('say what was expected and what is there', () => {
    expect(errorOf(existing, create({ expected: 'absent' }))).toMatchObject({
      message: 'Expected no project "shop" (If-None-Match: *), it exists.',
    })
    expect(errorOf(absent, create({ expected: 'present' }))).toMatchObject({
      message: 'Expected an existing project "shop" (If-Match), there is none.',
    })
  })

  it('fail where there is no project, or hold', () => {
    for (const state of [absent, tombstone]) {
      expect(errorOf(state, create({ ifRevision: [9], expected: 'present' }))).toMatchObject({
        code: 'precondition_failed',
      })
      expect(applyChange(state, create({ expected: 'absent' }), LATER).deleted).toBe(false)
    }
  })
})
