import { describe, expect, it } from 'vitest'
import type { ProjectChange } from '../../../src/core/project/changes.ts'
import { applyBatch, successorOf } from '../../../src/stores/history/apply-batch.ts'
import { recordOf } from '../../contracts/store.ts'

const NOW = '2026-03-04T05:06:07.890Z'
const id = (n: number): string => String(n).padStart(20, '0')
const add = (n: number): ProjectChange => ({ type: 'add_image', image: recordOf(id(n)) })

describe('a batch of changes', () => {
  it('lists the events of all changes in their order, without those of a change that failed', () => {
    const { events, outcomes, state } = applyBatch(
      undefined,
      'shop',
      [add(1), { type: 'delete_image', imageId: id(9) }, add(2), { type: 'delete_image', imageId: id(1) }],
      NOW,
    )
    expect(outcomes.map((outcome) => 'error' in outcome)).toEqual([false, true, false, false])
    expect(state?.revision).toBe(1)
    expect(events).toEqual([
      { type: 'project.changed' },
      { type: 'image.added', image_id: id(1) },
      { type: 'cover.changed', image_id: id(1) },
      { type: 'image.added', image_id: id(2) },
      { type: 'image.deleted', image_id: id(1) },
      { type: 'cover.changed', image_id: id(2) },
    ])
  })

  it('gives its revision an empty list where it makes no visible change, and only its own events otherwise', () => {
    const first = applyBatch(undefined, 'shop', [add(1)], NOW)
    if (!first.state) return expect.unreachable()
    const more = { base: undefined, removing: [], removingSegments: [] }
    const base = successorOf({ ...more, state: first.state, commit: 'a', events: first.events })
    expect(base.events).toHaveLength(3)
    const dropped = applyBatch(base.state, 'shop', [undefined], NOW)
    expect(dropped.events).toEqual([])
    if (!dropped.state) return expect.unreachable()
    expect(successorOf({ ...more, base, state: dropped.state, commit: 'b', events: dropped.events }).events).toEqual([])
  })

  it('gives every image that it adds a slot, and frees those of all that it removes', () => {
    const slots: ProjectChange = { type: 'add_slots', name: 'game', rule: { kind: 'grid', width: 50, height: 50 } }
    const remove = (n: number): ProjectChange => ({ type: 'delete_image', imageId: id(n) })
    const first = applyBatch(undefined, 'shop', [add(1), slots, add(2), add(3)], NOW)
    expect(first.state?.atlas?.game).toMatchObject({ revision: 1, slots: [id(1), id(2), id(3)] })
    if (!first.state) return expect.unreachable()
    const second = applyBatch(first.state, 'shop', [add(4), remove(1), add(5), remove(2)], NOW)
    const freed = `-${Math.floor(Date.parse(NOW) / 1000)}`
    expect(second.state?.atlas?.game).toMatchObject({ revision: 2, slots: [freed, freed, id(3), id(4), id(5)] })
    expect(second.state?.atlas?.game?.replaced.map(({ revision }) => revision)).toEqual([1])
  })
})
