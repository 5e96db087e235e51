import { describe, expect, it } from 'vitest'
import { isPending, pendingOf } from '../../../src/core/jobs/pending.ts'
import { applyChange, type ProjectChange } from '../../../src/core/project/changes.ts'
import { droppedPending, eventsOf } from '../../../src/core/project/events.ts'
import { imagesOf } from '../../../src/core/project/image-list.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { recordOf } from '../../contracts/store.ts'

const NOW = '2026-03-04T05:06:07.890Z'
const AT_MS = Date.parse(NOW)
const id = (n: number): string => String(n).padStart(20, '0')

const expecting = (n: number, more: object = {}): ProjectChange => ({
  type: 'add_pending',
  pendingId: id(n),
  atMs: AT_MS,
  ...more,
})
const adding = (n: number, more: object = {}): ProjectChange => ({
  type: 'add_image',
  image: recordOf(id(n)),
  isPending: true,
  ...more,
})
const changed = (...changes: ProjectChange[]): ProjectState =>
  changes.reduce((state, change) => applyChange(state, change, NOW), emptyProject('shop', NOW))

const user = { kind: 'user', id: 'ada' } as const

describe('a pending image', () => {
  it('creates its project, without an image', () => {
    const state = changed(expecting(0, { by: user, visibility: 'private' }))
    expect(state).toMatchObject({ deleted: false, image_count: 0, owner_id: 'ada', visibility: 'private' })
    expect(pendingOf(state)).toEqual([{ id: id(0), createdAt: NOW }])
    expect(eventsOf(emptyProject('shop', NOW), expecting(0), state)).toEqual([{ type: 'project.changed' }])
  })

  it('becomes an image once', () => {
    const state = changed(expecting(0), expecting(1), adding(0))
    expect(imagesOf(state.images).map((image) => image.id)).toEqual([id(0)])
    expect(pendingOf(state).map((image) => image.id)).toEqual([id(1)])
    expect(() => applyChange(state, adding(0), NOW)).toThrow(expect.objectContaining({ code: 'image_not_found' }))
  })

  it('is refused where it is not pending, or no longer', () => {
    for (const state of [
      emptyProject('shop', NOW),
      changed(expecting(1)),
      changed(expecting(0), { type: 'drop_pending', pendingId: id(0) }),
      changed(expecting(0), adding(0), { type: 'delete_image', imageId: id(0) }),
      changed(expecting(0), { type: 'delete_project' }),
      changed(expecting(0), { type: 'delete_project' }, expecting(1)),
    ])
      expect(() => applyChange(state, adding(0), NOW)).toThrow(expect.objectContaining({ code: 'image_not_found' }))
  })

  it('is pending no more where an identical image answers its upload', () => {
    const twin = { ...recordOf(id(1)), sha256: recordOf(id(0)).sha256 }
    const before = changed({ type: 'add_image', image: recordOf(id(0)) }, expecting(1))
    const change = adding(1, { image: twin, terms: { dedupe: true } })
    const state = applyChange(before, change, NOW)
    expect(imagesOf(state.images)).toHaveLength(1)
    expect(isPending(state, id(1))).toBe(false)
    expect(droppedPending(before, change, state)).toEqual([id(1)])
    expect(eventsOf(before, change, state)).toEqual([])
  })

  it('counts in the limit of images with those that are there', () => {
    const terms = { maxImages: 2 }
    const state = changed({ type: 'add_image', image: recordOf(id(0)) }, expecting(1, { terms }))
    expect(() => applyChange(state, expecting(2, { terms }), NOW)).toThrow(
      expect.objectContaining({ code: 'quota_exceeded' }),
    )
    expect(pendingOf(applyChange(state, adding(1, { terms }), NOW))).toEqual([])
  })

  it('is authorized as an upload, when it is accepted and when it becomes an image', () => {
    const state = changed(expecting(0, { by: user }))
    for (const change of [expecting(1), adding(0)])
      expect(() => applyChange(state, { ...change, by: { kind: 'user', id: 'bob' } }, NOW)).toThrow(
        expect.objectContaining({ code: 'forbidden' }),
      )
  })

  it('leaves files to be removed where it was dropped, and none where it became an image', () => {
    const before = changed(expecting(0), expecting(1))
    const dropped = (change: ProjectChange) => droppedPending(before, change, applyChange(before, change, NOW))
    expect(dropped({ type: 'drop_pending', pendingId: id(1) })).toEqual([id(1)])
    expect(dropped({ type: 'drop_pending', pendingId: id(2) })).toEqual([])
    expect(dropped({ type: 'delete_project' })).toEqual([id(0), id(1)])
    expect(dropped(adding(0))).toEqual([])
    expect(dropped(expecting(2))).toEqual([])
    const logo = { ...recordOf(id(5)), asset: 'logo', sha256: '5'.repeat(64) }
    const replacing = adding(1, { image: { ...recordOf(id(1)), asset: 'logo' }, terms: { asset: { name: 'logo' } } })
    const named = changed({ type: 'add_image', image: logo }, expecting(1))
    expect(droppedPending(named, replacing, applyChange(named, replacing, NOW)), 'as an asset').toEqual([])
  })

  it('respects the condition on its asset when it is accepted', () => {
    const terms = { asset: { name: 'logo', expected: 'present' } }
    expect(() => changed(expecting(0, { terms }))).toThrow(expect.objectContaining({ code: 'precondition_failed' }))
    const absent = { asset: { name: 'logo', expected: 'absent' } }
    expect(pendingOf(changed(expecting(0, { terms: absent })))).toHaveLength(1)
  })
})

describe('a pending image that is made pending again', () => {
  it('changes nothing, also where the project is full', () => {
    const state = changed(expecting(0))
    expect(applyChange(state, expecting(0, { atMs: AT_MS + 1 }), NOW)).toBe(state)
    expect(applyChange(state, expecting(0, { terms: { maxImages: 1 } }), NOW)).toBe(state)
  })
})

describe('ending that an image is pending', () => {
  it('changes nothing where it is not', () => {
    const state = changed(expecting(0))
    const dropping: ProjectChange = { type: 'drop_pending', pendingId: id(1) }
    expect(applyChange(state, dropping, NOW)).toBe(state)
    const none = changed({ type: 'add_image', image: recordOf(id(5)) })
    expect(applyChange(none, dropping, NOW)).toBe(none)
    expect([isPending(none, id(1)), isPending(state, id(0))]).toEqual([false, true])
  })

  it('leaves the others, and no list once none is left', () => {
    const state = changed(expecting(0), expecting(1), { type: 'drop_pending', pendingId: id(0) })
    expect(pendingOf(state).map((image) => image.id)).toEqual([id(1)])
    expect(applyChange(state, { type: 'drop_pending', pendingId: id(1) }, NOW)).not.toHaveProperty('pending')
  })
})

it('an upload that replaces an asset of a full project may wait', () => {
  const asset = { name: 'logo', expected: 'present' as const }
  const full = changed({ type: 'add_image', image: { ...recordOf(id(0)), asset: 'logo' } })
  const terms = { maxImages: 1, asset }
  expect(pendingOf(applyChange(full, expecting(1, { terms }), NOW))).toHaveLength(1)
  expect(() => applyChange(full, expecting(1, { terms: { maxImages: 1 } }), NOW)).toThrow(
    expect.objectContaining({ code: 'quota_exceeded' }),
  )
})
