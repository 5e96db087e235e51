import { describe, expect, it } from 'vitest'
import {
  actionOf,
  applyChange,
  MAX_MEMBERS,
  needsImages,
  type ProjectChange,
} from '../../../src/core/project/changes.ts'
import { imagesOf, listOf, SEGMENT_LENGTH } from '../../../src/core/project/image-list.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { recordOf } from '../../contracts/store.ts'

const NOW = '2026-03-04T05:06:07.890Z'
const LATER = '2026-04-05T06:07:08.901Z'

const id = (n: number): string => String(n).padStart(20, '0')
const image = (n: number): ImageRecord => recordOf(id(n))
const nobody = 'z'.repeat(20)

/** Freezes a value and everything in it, so that a change that alters its input throws. */
const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) frozen(part)
  }
  return value
}

/** Applies a change to a frozen state, and makes sure that nothing of it was altered. */
const apply = (state: ProjectState, change: ProjectChange, now = LATER): ProjectState => {
  const before = JSON.stringify(state)
  try {
    return applyChange(frozen(state), frozen(change), now)
  } finally {
    expect(JSON.stringify(state)).toBe(before)
  }
}

const projectWith = (count: number, more: Partial<ProjectState> = {}): ProjectState => ({
  ...emptyProject('shop', NOW),
  deleted: false,
  revision: 7,
  primary_image_id: count > 0 ? id(0) : null,
  image_count: count,
  images: listOf(Array.from({ length: count }, (_, n) => image(n))),
  ...more,
})

const ids = (state: ProjectState): string[] => imagesOf(state.images).map((each) => each.id)

const expectError = (state: ProjectState, change: ProjectChange, code: string, message: string) =>
  expect(() => apply(state, change)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  )

describe('adding an image', () => {
  it('creates a project with this image as its cover', () => {
    const state = apply(emptyProject('shop', NOW), { type: 'add_image', image: image(0) })
    expect(state).toMatchObject({
      deleted: false,
      primary_image_id: id(0),
      image_count: 1,
      created_at: LATER,
      title: null,
    })
    expect(ids(state)).toEqual([id(0)])
  })

  it('appends it and keeps the cover', () => {
    const state = apply(projectWith(2), { type: 'add_image', image: image(2) })
    expect(ids(state)).toEqual([id(0), id(1), id(2)])
    expect(state).toMatchObject({ primary_image_id: id(0), image_count: 3, created_at: NOW })
  })

  it('sets the cover of a project that had lost all its images', () => {
    const state = apply(projectWith(0, { title: 'Kept' }), { type: 'add_image', image: image(3) })
    expect(state).toMatchObject({ primary_image_id: id(3), image_count: 1, title: 'Kept', created_at: NOW })
  })

  it('creates a deleted project anew, with continued revision numbers', () => {
    const deleted = apply(projectWith(3, { title: 'Old' }), { type: 'delete_project' })
    const state = apply(deleted, { type: 'add_image', image: image(9) })
    expect(state).toMatchObject({
      deleted: false,
      revision: 7,
      title: null,
      created_at: LATER,
      primary_image_id: id(9),
    })
    expect(ids(state)).toEqual([id(9)])
  })

  it('needs none of the existing images', () => {
    const segment = { images: undefined, count: SEGMENT_LENGTH, stored: { id: 'r', sha256: '', bytes: 1 } }
    const unloaded = projectWith(1, {
      image_count: SEGMENT_LENGTH + 1,
      images: { segments: [segment], tail: [image(0)] },
    })
    expect(apply(unloaded, { type: 'add_image', image: image(1) })).toMatchObject({ image_count: SEGMENT_LENGTH + 2 })
  })
})

describe('deleting an image', () => {
  it.each([
    ['the next one the cover', 1, 2],
    ['the first one the cover, where it was the last', 3, 0],
  ])('makes the cover %s', (_, primary, next) => {
    const state = apply(projectWith(4, { primary_image_id: id(primary) }), {
      type: 'delete_image',
      imageId: id(primary),
    })
    expect(state).toMatchObject({ primary_image_id: id(next), image_count: 3 })
    expect(ids(state)).not.toContain(id(primary))
  })

  it('keeps the cover where another image is deleted, and removes it with the only one', () => {
    expect(apply(projectWith(3), { type: 'delete_image', imageId: id(2) }).primary_image_id).toBe(id(0))
    const none = apply(projectWith(1), { type: 'delete_image', imageId: id(0) })
    expect(none).toMatchObject({ primary_image_id: null, image_count: 0, deleted: false })
  })

  it('finds the next cover across two segments, and from the last segment in the tail', () => {
    const long = projectWith(SEGMENT_LENGTH * 2 + 1, { primary_image_id: id(SEGMENT_LENGTH - 1) })
    const state = apply(long, { type: 'delete_image', imageId: id(SEGMENT_LENGTH - 1) })
    expect(state.primary_image_id).toBe(id(SEGMENT_LENGTH))
    const second = { ...state, primary_image_id: id(SEGMENT_LENGTH * 2 - 1) }
    expect(apply(second, { type: 'delete_image', imageId: id(SEGMENT_LENGTH * 2 - 1) }).primary_image_id).toBe(
      id(SEGMENT_LENGTH * 2),
    )
  })

  it('is refused for an image that does not exist', () => {
    expectError(projectWith(2), { type: 'delete_image', imageId: nobody }, 'image_not_found', nobody)
  })
})

describe('choosing the cover', () => {
  it('accepts any image of the project', () => {
    expect(apply(projectWith(3), { type: 'set_primary', imageId: id(2) })).toMatchObject({
      primary_image_id: id(2),
      image_count: 3,
    })
  })

  it('returns the same state where the image is the cover already', () => {
    const state = projectWith(3)
    expect(apply(state, { type: 'set_primary', imageId: id(0) })).toBe(state)
  })

  it('is refused for an image that does not exist', () => {
    expectError(projectWith(2), { type: 'set_primary', imageId: nobody }, 'image_not_found', nobody)
  })
})

describe('editing a project', () => {
  it('sets a title, removes it, and keeps the fields that it does not name', () => {
    const titled = apply(projectWith(2), { type: 'edit', title: 'Spring' })
    expect(titled.title).toBe('Spring')
    expect(apply(titled, { type: 'edit', imageOrder: [id(1)] }).title).toBe('Spring')
    expect(apply(titled, { type: 'edit', title: null }).title).toBeNull()
    expect(ids(titled)).toEqual([id(0), id(1)])
  })

  it('sets tags, replaces and removes them, and keeps them where they are not named', () => {
    const tagged = apply(projectWith(2), { type: 'edit', tags: ['space', 'new'] })
    expect(tagged.tags).toEqual(['space', 'new'])
    expect(apply(tagged, { type: 'edit', title: 'x', imageOrder: [id(1)] }).tags).toEqual(['space', 'new'])
    expect(apply(tagged, { type: 'edit', tags: ['new'] }).tags).toEqual(['new'])
    for (const tags of [null, []]) expect(apply(tagged, { type: 'edit', tags })).not.toHaveProperty('tags')
    for (const change of [{ tags: ['space', 'new'] }, {}])
      expect(apply(tagged, { type: 'edit', ...change })).toBe(tagged)
    const plain = projectWith(1)
    for (const tags of [null, []]) expect(apply(plain, { type: 'edit', tags })).toBe(plain)
    expect(apply(tagged, { type: 'delete_project' })).not.toHaveProperty('tags')
  })

  it('puts the named images first, and the others after them in their order', () => {
    const state = apply(projectWith(SEGMENT_LENGTH + 3), { type: 'edit', imageOrder: [id(SEGMENT_LENGTH + 2), id(5)] })
    const others = Array.from({ length: SEGMENT_LENGTH + 2 }, (_, n) => id(n)).filter((each) => each !== id(5))
    expect(ids(state)).toEqual([id(SEGMENT_LENGTH + 2), id(5), ...others])
    expect(state).toMatchObject({ primary_image_id: id(0), image_count: SEGMENT_LENGTH + 3 })
  })

  it('returns the same state where nothing differs', () => {
    const state = projectWith(SEGMENT_LENGTH + 3, { title: 'Spring' })
    for (const change of [{}, { title: 'Spring' }, { imageOrder: [] }, { imageOrder: [id(0), id(1)], title: 'Spring' }])
      expect(apply(state, { type: 'edit', ...change })).toBe(state)
  })

  it('refuses an order that names an image twice or an unknown one, and names it', () => {
    const twice = { type: 'edit', imageOrder: [id(1), id(0), id(1)] } as const
    expectError(projectWith(2), twice, 'invalid_parameter', `"${id(1)}" is named twice`)
    const unknown = { type: 'edit', title: 'New', imageOrder: [nobody] } as const
    expectError(projectWith(2), unknown, 'invalid_parameter', `"${nobody}" is none`)
    expect(() => apply(projectWith(2), unknown)).toThrow(
      expect.objectContaining({ details: { field: 'image_order', received: nobody } }),
    )
  })
})

describe('deleting a project', () => {
  it('leaves a tombstone that keeps its revision', () => {
    expect(apply(projectWith(SEGMENT_LENGTH + 3, { title: 'Old' }), { type: 'delete_project' })).toMatchObject({
      deleted: true,
      title: null,
      primary_image_id: null,
      image_count: 0,
      revision: 7,
      images: { segments: [], tail: [] },
    })
  })
})

describe('replacing the record of an image', () => {
  it('keeps its id and its position', () => {
    const mended = { ...image(1), width: 1, height: 1 }
    const state = apply(projectWith(SEGMENT_LENGTH + 1), { type: 'replace_image', image: mended })
    expect(imagesOf(state.images)[1]).toEqual(mended)
    expect(ids(state)).toEqual(ids(projectWith(SEGMENT_LENGTH + 1)))
    expect(state.image_count).toBe(SEGMENT_LENGTH + 1)
  })

  it('is refused for an image that does not exist', () => {
    const change = { type: 'replace_image', image: recordOf(nobody) } as const
    expectError(projectWith(2), change, 'image_not_found', nobody)
  })
})

describe('a project that does not exist', () => {
  it.each<ProjectChange>([
    { type: 'delete_image', imageId: id(0) },
    { type: 'set_primary', imageId: id(0) },
    { type: 'edit_image', imageId: id(0), edit: {} },
    { type: 'edit', title: 'x' },
    { type: 'delete_project' },
    { type: 'replace_image', image: image(0) },
  ])('refuses $type, both before its first image and after its deletion', (change) => {
    expectError(emptyProject('shop', NOW), change, 'project_not_found', '"shop"')
    expectError(apply(projectWith(1), { type: 'delete_project' }), change, 'project_not_found', '"shop"')
  })
})

describe('the images of a project', () => {
  const segment = { images: undefined, count: SEGMENT_LENGTH, stored: { id: 'r', sha256: '', bytes: 1 } }
  const unloaded = projectWith(1, {
    image_count: SEGMENT_LENGTH + 1,
    images: { segments: [segment], tail: [image(0)] },
  })

  it.each<ProjectChange>([
    { type: 'add_image', image: image(1) },
    { type: 'edit', title: 'x' },
    { type: 'delete_project' },
  ])('need not be loaded for $type', (change) => {
    expect(needsImages(change)).toBe(false)
    expect(apply(unloaded, change)).not.toBe(unloaded)
  })

  it.each<ProjectChange>([
    { type: 'delete_image', imageId: id(5) },
    { type: 'set_primary', imageId: id(5) },
    { type: 'edit_image', imageId: id(5), edit: { title: 'x' } },
    { type: 'replace_image', image: image(5) },
    { type: 'edit', imageOrder: [id(0)] },
  ])('must be loaded for $type', (change) => {
    expect(needsImages(change)).toBe(true)
    expect(() => apply(unloaded, change)).toThrow('the segment is not loaded')
  })
})

describe('a change by a principal', () => {
  const by = (name: string) => ({ kind: 'user', id: name }) as const
  const owned = (more: Partial<ProjectState> = {}) => projectWith(2, { owner_id: 'ada', ...more })

  it('makes the principal the owner of a new project, which is private on request', () => {
    const change = { type: 'add_image', image: image(0), by: by('ada') } as const
    expect(apply(emptyProject('shop', NOW), change)).toMatchObject({ owner_id: 'ada' })
    expect(apply(emptyProject('shop', NOW), { ...change, visibility: 'private' })).toMatchObject({
      owner_id: 'ada',
      visibility: 'private',
    })
    // One that is there stays as it is.
    expect(apply(owned(), { ...change, image: image(7), visibility: 'private' }).visibility).toBeUndefined()
  })

  it('is authorized again where the project was replaced since its authorization', () => {
    const changes = [
      { type: 'add_image', image: image(7) },
      { type: 'delete_image', imageId: id(0) },
      { type: 'set_primary', imageId: id(1) },
      { type: 'edit', title: 'Mine now' },
      { type: 'edit', members: { eve: 'editor' } },
      { type: 'delete_project' },
    ] as const
    for (const change of changes) {
      expectError(owned(), { ...change, by: by('eve') }, 'forbidden', '"shop"')
      expectError(owned({ visibility: 'private' }), { ...change, by: by('eve') }, 'project_not_found', '"shop"')
      expectError(owned(), { ...change, by: { kind: 'anonymous' } }, 'unauthenticated', 'API key')
      expect(() => apply(owned(), { ...change, by: by('ada') })).not.toThrow()
    }
  })

  it('is allowed to an editor, unless it changes the access rules', () => {
    const shared = owned({ visibility: 'private', members: { bob: 'editor' } })
    expect(apply(shared, { type: 'edit', title: 'x', by: by('bob') }).title).toBe('x')
    const changes: ProjectChange[] = [
      { type: 'edit', visibility: 'public' },
      { type: 'edit', members: { bob: null } },
      { type: 'edit', title: 'x', members: {} },
    ]
    for (const change of changes) expectError(shared, { ...change, by: by('bob') }, 'forbidden', '"shop"')
  })

  it('returns the same state where the access rules are equal', () => {
    const shared = owned({ visibility: 'private', members: { bob: 'editor' } })
    const changes: ProjectChange[] = [
      { type: 'edit', visibility: 'private' },
      { type: 'edit', members: { bob: 'editor', eve: null } },
      { type: 'edit', members: {} },
    ]
    for (const change of changes) expect(apply(shared, change)).toBe(shared)
    expect(apply(shared, { type: 'edit', members: { bob: 'viewer' } }).members).toEqual({ bob: 'viewer' })
  })

  it('leaves no owner and members of a deleted project', () => {
    const gone = apply(owned({ visibility: 'private', members: { bob: 'editor' } }), { type: 'delete_project' })
    for (const field of ['owner_id', 'visibility', 'members', 'made_by']) expect(gone).not.toHaveProperty(field)
  })
})

describe('a change with a condition', () => {
  const message = 'Expected the tag of project "shop" at revision 7, received that of'

  it('is applied at one of its revisions alone', () => {
    const change = { type: 'edit', title: 'New' } as const
    for (const ifRevision of [[7], [3, 7]]) expect(apply(projectWith(1), { ...change, ifRevision }).title).toBe('New')
    const details = { expected: 7, received: [3, 8] }
    expect(() => apply(projectWith(1), { ...change, ifRevision: [3, 8] })).toThrow(
      expect.objectContaining({ code: 'precondition_failed', message: `${message} revision 3 or 8.`, details }),
    )
    expectError(projectWith(1), { ...change, ifRevision: [] }, 'precondition_failed', `${message} no revision of it.`)
  })

  it('is compared with the revision that the state will have in its batch', () => {
    const change = { type: 'edit', title: 'New', ifRevision: [9] } as const
    expect(applyChange(projectWith(1), change, NOW, 9).title).toBe('New')
    expect(() => applyChange(projectWith(1), change, NOW)).toThrow('at revision 7')
  })

  it('is refused for a missing image or project first', () => {
    const change = { type: 'set_primary', imageId: nobody, ifRevision: [3] } as const
    expectError(projectWith(1), change, 'image_not_found', nobody)
    expectError(projectWith(0, { deleted: true }), change, 'project_not_found', '"shop"')
  })
})

describe('the members of a project', () => {
  const membersOf = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`user-${n}`, 'viewer' as const]))

  it('are added, changed and removed by id, and others stay', () => {
    const shared = projectWith(0, { members: { ada: 'viewer', bob: 'editor', cy: 'viewer' } })
    const members = { ada: 'editor', cy: null, dan: 'viewer' } as const
    expect(apply(shared, { type: 'edit', members })).toMatchObject({
      members: { ada: 'editor', bob: 'editor', dan: 'viewer' },
      visibility: 'public',
    })
    expect(apply(shared, { type: 'edit', members }).members).not.toHaveProperty('cy')
    // One member is replaced by another: as many as before.
    expect(apply(shared, { type: 'edit', members: { cy: null, dan: 'viewer' } }).members).toHaveProperty('dan')
  })

  it('are at most 1000, counted after the change', () => {
    const full = apply(projectWith(0), { type: 'edit', members: membersOf(MAX_MEMBERS) })
    expect(Object.keys(full.members ?? {})).toHaveLength(1000)
    expect(apply(full, { type: 'edit', members: { 'user-0': null, eve: 'viewer' } }).members).toHaveProperty('eve')
    expect(() => apply(full, { type: 'edit', members: { eve: 'viewer' } })).toThrow(
      expect.objectContaining({
        code: 'invalid_parameter',
        message: 'members: expected at most 1000, it would be 1001.',
        details: { field: 'members', expected: 1000, received: 1001 },
      }),
    )
  })

  it('do not change with a title, and the access rules are not written then', () => {
    const changed = apply(projectWith(0), { type: 'edit', title: 'x' })
    for (const field of ['members', 'visibility', 'owner_id']) expect(changed).not.toHaveProperty(field)
  })
})

it('the first upload of a key records the key, and a public project no visibility', () => {
  const key = { kind: 'key', id: 'abcdefghijkl', role: 'writer' } as const
  const state = apply(emptyProject('shop', NOW), {
    type: 'add_image',
    image: image(0),
    by: key,
    visibility: 'public',
  })
  expect(state).toMatchObject({ made_by: 'key:abcdefghijkl' })
  for (const field of ['owner_id', 'visibility']) expect(state).not.toHaveProperty(field)
  const open = apply(emptyProject('shop', NOW), { type: 'add_image', image: image(0), by: { kind: 'unrestricted' } })
  for (const field of ['owner_id', 'made_by']) expect(open).not.toHaveProperty(field)
})

it('each change needs the permission of its action', () => {
  const actions = [
    { type: 'add_image', image: image(0) },
    { type: 'add_image', image: image(0), terms: { asset: { name: 'a', expected: undefined } } },
    { type: 'delete_image', imageId: id(0) },
    { type: 'set_primary', imageId: id(0) },
    { type: 'edit_image', imageId: id(0), edit: {} },
    { type: 'replace_image', image: image(0) },
    { type: 'edit', title: 'x', imageOrder: [] },
    { type: 'edit', visibility: 'public' },
    { type: 'edit', members: {} },
    { type: 'delete_project' },
  ] satisfies ProjectChange[]
  expect(actions.map(actionOf)).toEqual(['upload', 'create', ...Array(5).fill('write'), ...Array(3).fill('manage')])
})

it('creating a project and its source need the permission of an owner', () => {
  const changes: ProjectChange[] = [
    { type: 'add_pending', pendingId: id(0), atMs: 0 },
    { type: 'create_project' },
    { type: 'edit', source: 's3://photos/' },
    { type: 'edit', source: null },
    { type: 'edit', tags: ['new'] },
    { type: 'drop_pending', pendingId: id(0) },
    { type: 'delete_images', imageIds: [] },
    { type: 'delete_asset', name: 'logo' },
    { type: 'add_slots', name: 'game', rule: { kind: 'packed' } },
  ]
  expect(changes.map(actionOf)).toEqual([
    ...Array(2).fill('create'),
    ...Array(2).fill('manage'),
    ...Array(5).fill('write'),
  ])
})

it('an upload needs the images for its key and its duplicates alone', () => {
  const change = { type: 'add_image', image: image(7) } as const
  const needed = [undefined, {}, { dedupe: false }, { maxImages: 3 }, { dedupe: true }, { idempotencyKey: 'k' }]
  const changes = needed.map((terms) => (terms ? { ...change, terms } : change))
  expect(changes.map(needsImages)).toEqual([false, false, false, false, true, true])
})

it('a pending upload needs the images for a condition on its asset alone', () => {
  const change = { type: 'add_pending', pendingId: id(7), atMs: 0 } as const
  const asset = { name: 'logo' }
  const needed = [undefined, {}, { asset }, { asset: { ...asset, expected: 'absent' as const } }]
  const changes = needed.map((terms) => (terms ? { ...change, terms } : change))
  expect(changes.map(needsImages)).toEqual([false, false, false, true])
})

it('a slot table is added with places for all images, at the revision of the change', () => {
  const change = { type: 'add_slots', name: 'game', rule: { kind: 'grid', width: 50, height: 50 } } as const
  expect(needsImages(change)).toBe(true)
  const state = apply(projectWith(2), change)
  expect(state.atlas?.game).toMatchObject({ revision: 8, slots: [id(0), id(1)] })
  expect(ids(state)).toEqual([id(0), id(1)])
  expect(apply(state, change), 'it is there already').toBe(state)
})

it('deleting another image than the cover keeps the cover, whichever image follows', () => {
  expect(apply(projectWith(3), { type: 'delete_image', imageId: id(1) }).primary_image_id).toBe(id(0))
})

it('the visibility changes alone, and a member is removed alone', () => {
  const shared = projectWith(0, { visibility: 'public', members: { ada: 'viewer', bob: 'editor' } })
  expect(apply(shared, { type: 'edit', visibility: 'private' })).toMatchObject({
    visibility: 'private',
    members: shared.members,
  })
  expect(apply(shared, { type: 'edit', members: { ada: null } }).members).toEqual({ bob: 'editor' })
})

it('a wrong order is refused by its reason, also behind a valid beginning', () => {
  const order = (imageOrder: string[]) => ({ type: 'edit', imageOrder }) as const
  expectError(projectWith(2), order([id(0), nobody]), 'invalid_parameter', `"${nobody}" is none.`)
  expectError(projectWith(2), order([id(0), id(0)]), 'invalid_parameter', `"${id(0)}" is named twice.`)
  expectError(projectWith(2), order([id(0), id(1), id(0)]), 'invalid_parameter', `"${id(0)}" is named twice.`)
})
