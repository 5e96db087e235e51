// Focal points in a store, through commits and in another process.

import { describe, expect, it } from 'vitest'
import { SEGMENT_LENGTH } from '../../../src/core/project/image-list.ts'
import type { Store } from '../../../src/stores/store.ts'
import { recordOf } from '../../contracts/store.ts'
import { fileStoreFixture } from '../../support/store/file-store.ts'

const id = (n: number): string => String(n).padStart(20, '0')
const POINT = { x: 0.3, y: 0.6 }

const focus = (store: Store, n: number, focal_point: typeof POINT | null) =>
  store.commit('shop', { type: 'edit_image', imageId: id(n), edit: { focal_point } })

const filled = async (store: Store, count: number): Promise<void> => {
  await store.commit('shop', { type: 'create_project' })
  const records = Array.from({ length: count }, (_, n) => recordOf(id(n)))
  await Promise.all(records.map((image) => store.commit('shop', { type: 'add_image', image })))
}

/** Point by both ways of reading; the one without a wait says `undefined` where it does not know. */
const pointOf = async (store: Store, n: number) => {
  const state = await store.project('shop')
  if (!state) return expect.unreachable('the project is there')
  const now = store.focalPointNow(state, id(n))
  const point = await store.focalPoint(state, id(n))
  expect([point, undefined]).toContainEqual(now)
  return { point, now, named: state.images.segments.map(({ stored }) => stored?.focal_points) }
}

describe('the focal point of an image', () => {
  it('is that of the state, in sealed segments too, which say whether they have any', async () => {
    const { store, another } = await fileStoreFixture()
    await filled(store, 2 * SEGMENT_LENGTH + 2)
    const [sealed, inTail] = [SEGMENT_LENGTH + 3, 2 * SEGMENT_LENGTH + 1]
    expect(await pointOf(store, sealed)).toEqual({ point: null, now: null, named: [undefined, undefined] })

    await focus(store, inTail, { x: 0.1, y: 0.2 })
    expect(await pointOf(store, inTail)).toMatchObject({ point: { x: 0.1, y: 0.2 }, now: { x: 0.1, y: 0.2 } })
    await focus(store, sealed, POINT)
    expect(await pointOf(store, sealed)).toEqual({ point: POINT, now: POINT, named: [undefined, true] })
    expect(await pointOf(store, 0)).toMatchObject({ point: null, now: null })

    const other = await another()
    expect(await pointOf(other, sealed), 'read from disk').toMatchObject({ point: POINT, now: undefined })
    expect(await pointOf(other, sealed), 'then in memory').toMatchObject({ point: POINT, now: POINT })
    expect(await pointOf(other, 0)).toMatchObject({ point: null, now: null })

    await focus(other, sealed, null)
    expect(await pointOf(store, sealed)).toEqual({ point: null, now: null, named: [undefined, undefined] })
  })

  it('is unknown in a state whose segment is gone, so that the project is read again', async () => {
    const { store, another } = await fileStoreFixture()
    await filled(store, SEGMENT_LENGTH)
    await focus(store, 1, POINT)
    const old = await (await another()).project('shop')
    if (!old) return expect.unreachable('the project is there')
    for (let turn = 0; turn < 70; turn++) await focus(store, 2, { x: turn / 100, y: 0 })
    const other = await another()
    expect(await other.focalPoint(old, id(1))).toBeUndefined()
    expect(await pointOf(other, 1)).toMatchObject({ point: POINT })
  })
})
