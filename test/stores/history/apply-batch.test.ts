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

  it('that changes nothing makes no revision where there is a slot table, either', () => {
    const slots: ProjectChange = { type: 'add_slots', name: 'game', rule: { kind: 'packed' } }
    const { state } = applyBatch(undefined, 'shop', [add(1), slots], NOW)
    const cover: ProjectChange = { type: 'set_primary', imageId: id(1) }
    expect(applyBatch(state, 'shop', [cover, slots], NOW).state).toBeUndefined()
  })

  it('of slot tables alone changes neither the time nor what a condition allows, and has no events', () => {
    const [before, later] = ['2026-03-04T05:06:07.890Z', '2026-05-06T07:08:09.100Z']
    const slots = (name: string): ProjectChange => ({ type: 'add_slots', name, rule: { kind: 'packed' } })
    const edit = (title: string, revision: number): ProjectChange => ({ type: 'edit', title, ifRevision: [revision] })
    const refused = (applied: ReturnType<typeof applyBatch>) => applied.outcomes.map((each) => 'error' in each)
    const first = applyBatch(undefined, 'shop', [add(1)], before).state
    const quiet = applyBatch(first, 'shop', [slots('game')], later)
    expect(quiet).toMatchObject({ events: [], state: { revision: 2, updated_at: before } })
    const twice = applyBatch(quiet.state, 'shop', [slots('thumb')], later).state
    expect(twice).toMatchObject({ revision: 3, updated_at: before })
    for (const revision of [1, 2, 3])
      expect(refused(applyBatch(twice, 'shop', [edit('A', revision)], later))).toEqual([false])
    for (const revision of [0, 4])
      expect(refused(applyBatch(twice, 'shop', [edit('A', revision)], later))).toEqual([true])
    // In one batch with it, and never after another change.
    const mixed = applyBatch(twice, 'shop', [slots('card'), edit('A', 2), edit('B', 2), edit('B', 3)], later)
    expect(refused(mixed)).toEqual([false, false, true, true])
    expect(mixed.state).toMatchObject({ revision: 4, updated_at: later, title: 'A' })
    expect(refused(applyBatch(mixed.state, 'shop', [edit('C', 3)], later))).toEqual([true])
  })
})
