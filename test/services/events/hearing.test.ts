import { describe, expect, it } from 'vitest'
import type { Principal } from '../../../src/core/auth/access.ts'
import type { ProjectEvent } from '../../../src/core/project/events.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { hear } from '../../../src/services/events/hearing.ts'
import type { ListedRevision, ProjectChanges } from '../../../src/stores/watch.ts'

const OWNER: Principal = { kind: 'user', id: 'owner' }
const OTHER: Principal = { kind: 'user', id: 'other' }
const ANYONE: Principal = { kind: 'anonymous' }
const ADMIN: Principal = { kind: 'key', id: 'k', role: 'admin' }
const UNRESTRICTED: Principal = { kind: 'unrestricted' }

const at = (minute: number): string => `2026-01-02T03:${String(minute).padStart(2, '0')}:00.000Z`

const added: ProjectEvent = { type: 'image.added', image_id: 'a' }
const changed: ProjectEvent = { type: 'project.changed' }
const deleted: ProjectEvent = { type: 'project.deleted' }

/** Revisions from a number on, a minute apart: the one of number n was at minute n. */
const listed = (first: number, ...events: ProjectEvent[][]): ListedRevision[] =>
  events.map((each, n) => ({ revision: first + n, at: at(first + n), events: each }))

const changes = (...revisions: ListedRevision[]): ProjectChanges => ({
  projectId: 'shop',
  revision: revisions.at(-1)?.revision ?? 0,
  reset: false,
  revisions,
})

/** A private project of the owner, created at a minute. */
const owned = (revision: number, created: number, visibility: 'public' | 'private' = 'private'): ProjectState => ({
  ...emptyProject('shop', at(created)),
  ...{ revision, visibility, owner_id: 'owner' },
})

const numbersOf = (heard: ReturnType<typeof hear>) =>
  heard.kind === 'heard' ? heard.revisions.map(({ revision }) => revision) : heard

describe('a listener', () => {
  it('hears the changes of a project that it may read', () => {
    const some = changes(...listed(2, [added], [changed], []))
    expect(numbersOf(hear(some, { by: OWNER, newest: owned(4, 1) }))).toEqual([2, 3, 4])
    expect(numbersOf(hear(some, { by: ANYONE, newest: owned(9, 1, 'public') }))).toEqual([2, 3, 4])
  })

  it('hears nothing of one that it may not read now, whatever it heard before', () => {
    const some = changes(...listed(2, [added]))
    for (const by of [OTHER, ANYONE])
      expect(hear(some, { by, newest: owned(4, 1), seenAt: 1 })).toEqual({ kind: 'hidden' })
    const reset = { ...changes(), revision: 4, reset: true }
    expect(hear(reset, { by: OTHER, newest: owned(4, 1), seenAt: 1 })).toEqual({ kind: 'hidden' })
    expect(hear(reset, { by: OWNER, newest: owned(4, 1) })).toEqual({ kind: 'reset', revision: 4 })
  })

  it('hears the deletion as the last event, where it listened before', () => {
    const end = changes(...listed(5, [added], [deleted]))
    const heard = hear(end, { by: OTHER, newest: undefined, seenAt: 4 })
    expect(numbersOf(heard)).toEqual([5, 6])
    expect(heard).toMatchObject({ revision: 6, rest: { revisions: [] } })
    expect(hear(end, { by: OTHER, newest: undefined })).toEqual({ kind: 'hidden' })
  })

  it('hears nothing where its access may have changed before the deletion', () => {
    const end = changes(...listed(5, [changed], [added], [deleted]))
    expect(hear(end, { by: OTHER, newest: undefined, seenAt: 4 })).toEqual({ kind: 'hidden' })
    expect(numbersOf(hear(end, { by: OTHER, newest: undefined, seenAt: 5 }))).toEqual([5, 6, 7])
  })

  it.each([ADMIN, UNRESTRICTED])('that may read all hears a deleted project, and each life up to its end: %j', (by) => {
    const two = changes(...listed(5, [changed], [deleted], [changed], [added]))
    expect(numbersOf(hear(two, { by, newest: undefined }))).toEqual([5, 6])
    const heard = hear(two, { by, newest: owned(8, 7) })
    expect(numbersOf(heard)).toEqual([5, 6])
    expect(heard.kind === 'heard' && heard.rest?.revisions.map(({ revision }) => revision)).toEqual([7, 8])
  })

  it('gets a reset in place of an earlier life of the id', () => {
    const newest = owned(8, 7, 'public')
    const two = changes(...listed(5, [added], [deleted], [changed], [added]))
    expect(hear(two, { by: ANYONE, newest })).toEqual({ kind: 'reset', revision: 8 })
    // A part that ends before the deletion.
    expect(hear(changes(...listed(3, [added], [added])), { by: ANYONE, newest })).toEqual({
      kind: 'reset',
      revision: 8,
    })
    expect(numbersOf(hear(changes(...listed(7, [changed], [added])), { by: ANYONE, newest }))).toEqual([7, 8])
    // It listened to the earlier one, up to its end.
    expect(numbersOf(hear(two, { by: ANYONE, newest, seenAt: 4 }))).toEqual([5, 6])
  })
})
