import { describe, expect, it } from 'vitest'
import { applyChange, type ProjectChange } from '../../../src/core/project/changes.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { recordOf } from '../../contracts/store.ts'
import { type Entry, snapshotOf } from './entry.ts'
import { explain } from './explain.ts'

const NOW = '2026-01-02T03:04:05.678Z'
const EARLIER = '2026-01-02T03:04:05.000Z'
const NOTHING = emptyProject('shop', NOW)

const [a, b, c] = ['a'.repeat(20), 'b'.repeat(20), 'c'.repeat(20)] as const

const add = (imageId: string): ProjectChange => ({ type: 'add_image', image: recordOf(imageId) })

/** The state after changes, each in a revision of its own. */
const stateAfter = (...changes: ProjectChange[]): ProjectState =>
  changes.reduce((state, change) => ({ ...applyChange(state, change, NOW), revision: state.revision + 1 }), NOTHING)

/** One line of a history: when it began and ended, what it was, what came of it. */
const entry = (start: number, end: number, action: Entry['action'], result: Entry['result']): Entry => ({
  pid: start,
  projectId: 'shop',
  start: BigInt(start),
  end: BigInt(end),
  action,
  result,
})
const changed = (start: number, end: number, change: ProjectChange, state: ProjectState): Entry =>
  entry(start, end, actionOf(change), { state: snapshotOf(state) })
const failed = (start: number, end: number, change: ProjectChange, error: string): Entry =>
  entry(start, end, actionOf(change), { error, because: '' })
const read = (start: number, end: number, state: ProjectState | null): Entry =>
  entry(start, end, { type: 'read' }, { state: state && snapshotOf(state) })
const variant = (start: number, end: number, imageId: string, bytes: string | null): Entry =>
  entry(start, end, { type: 'variant', imageId }, { bytes })

const actionOf = (change: ProjectChange): Entry['action'] => {
  if (
    change.type === 'replace_image' ||
    change.type === 'edit_image' ||
    change.type === 'create_project' ||
    change.type === 'add_pending' ||
    change.type === 'drop_pending' ||
    change.type === 'add_slots'
  )
    throw new Error('no process of the model does that')
  return {
    type: 'change',
    change:
      change.type === 'edit'
        ? { ...change, imageOrder: change.imageOrder?.slice() }
        : change.type === 'delete_images'
          ? { ...change, imageIds: change.imageIds.slice() }
          : change,
  }
}

const drop = (imageId: string): ProjectChange => ({ type: 'delete_image', imageId })

/** A deletion of several, to which a missing one is as good as deleted. */
const dropAll = (...imageIds: string[]): ProjectChange => ({ type: 'delete_images', imageIds })

/** An upload to one asset. */
const put = (imageId: string): ProjectChange => ({
  type: 'add_image',
  // The same file again would change nothing.
  image: { ...recordOf(imageId), asset: 'button', sha256: imageId.repeat(4).slice(0, 64) },
  terms: { asset: { name: 'button' } },
})

/** An id of 20 characters. */
const imageIdOf = (revision: number, at: number): string => `${revision}x${at}x`.padEnd(20, 'z')

/** A project with one image, which is its asset. */
const stateOf = (imageId: string, revision: number): ProjectState => ({ ...stateAfter(put(imageId)), revision })

describe('a history', () => {
  it('of two uploads to one asset in one revision is explained, whichever is the last, and not both', () => {
    const puts = [a, b].map((id, at) => changed(1 + at, 3 + at, put(id), stateAfter(put(id))))
    const gone = [a, b].map((id, at) => failed(5 + at, 7 + at, { type: 'set_primary', imageId: id }, 'image_not_found'))
    for (const one of gone) expect(explain([...puts, one], NOTHING)).toEqual([])
    expect(explain([...puts, ...gone], NOTHING)).not.toEqual([])
  })

  it('of many uploads to one asset, committed together, is explained where any of their orders fits', () => {
    const revisions = 30
    const history: Entry[] = []
    let begun = 0
    for (let revision = 1; revision <= revisions; revision++) {
      const together = Array.from({ length: 6 }, (_, at) => imageIdOf(revision, at))
      const from = begun
      for (const id of together) history.push(changed(++begun, from + 10, put(id), stateOf(id, revision)))
      begun = from + 10
      // The third of them was the last, whichever the search tries first.
      history.push(variant(++begun, ++begun, together[2] ?? a, `thumb of ${together[2]}`))
    }
    expect(explain(history, NOTHING)).toEqual([])
    const other = imageIdOf(1, 3)
    expect(explain([...history, variant(11, 12, other, `thumb of ${other}`)], NOTHING)).not.toEqual([])
  })

  it('of many changes of unknown outcome is explained where any of them were kept', () => {
    const ids = Array.from({ length: 6 }, (_, at) => imageIdOf(0, at))
    const history = [
      changed(1, 2, put(a), stateOf(a, 1)),
      ...ids.map((id) => failed(3, 4, put(id), 'store_unavailable')),
      ...ids.slice(1, 5).map((id, at) => variant(5 + 2 * at, 6 + 2 * at, id, `thumb of ${id}`)),
      changed(20, 21, put(b), stateOf(b, 6)),
    ]
    expect(explain(history, NOTHING)).toEqual([])
    // One of the others may have been kept behind all of that, but none of these twice.
    const [kept, other] = [ids[1] ?? a, ids[5] ?? a]
    expect(explain([...history, variant(22, 23, other, `thumb of ${other}`)], NOTHING)).toEqual([])
    expect(explain([...history, variant(22, 23, kept, `thumb of ${kept}`)], NOTHING)).not.toEqual([])
  })

  it('of thousands of revisions is explained', () => {
    let state = NOTHING
    const history = Array.from({ length: 5000 }, (_, at) => {
      const change: ProjectChange = at === 0 ? add(a) : { type: 'edit', title: `title ${at}` }
      state = { ...applyChange(state, change, NOW), revision: state.revision + 1 }
      return changed(2 * at, 2 * at + 1, change, state)
    })
    expect(explain(history, NOTHING)).toEqual([])
    expect(explain([...history, read(1, 10_001, { ...state, title: 'no title of these' })], NOTHING)).not.toEqual([])
  })

  it.each<[string, Entry[]]>([
    ['nothing', []],
    [
      'changes one after the other, and what was read between them',
      [
        read(1, 2, null),
        changed(3, 4, add(a), stateAfter(add(a))),
        read(5, 6, stateAfter(add(a))),
        variant(5, 6, a, `thumb of ${a}`),
        changed(7, 8, drop(a), stateAfter(add(a), drop(a))),
        variant(9, 10, a, null),
        failed(9, 10, drop(a), 'image_not_found'),
      ],
    ],
    [
      'changes at the same time, in the order of their revisions',
      [changed(1, 9, add(b), stateAfter(add(a), add(b))), changed(2, 8, add(a), stateAfter(add(a)))],
    ],
    [
      'changes that were committed together',
      [
        changed(1, 9, add(b), { ...stateAfter(add(a), add(b)), revision: 1 }),
        changed(1, 9, add(a), stateAfter(add(a))),
        read(10, 11, { ...stateAfter(add(a), add(b)), revision: 1 }),
      ],
    ],
    [
      'a deletion that was seen by others before it was acknowledged, and asked for again meanwhile',
      [
        changed(1, 2, add(a), stateAfter(add(a))),
        changed(6, 9, dropAll(a), stateAfter(add(a), drop(a))),
        changed(3, 8, dropAll(a), stateAfter(add(a), drop(a))),
        failed(4, 5, drop(a), 'image_not_found'),
      ],
    ],
    [
      'a deletion that was seen before it was acknowledged',
      [
        changed(1, 2, add(a), stateAfter(add(a))),
        changed(3, 9, drop(a), stateAfter(add(a), drop(a))),
        variant(4, 5, a, null),
        variant(4, 5, a, `thumb of ${a}`),
      ],
    ],
    [
      'a change of unknown outcome that was kept',
      [
        changed(1, 2, add(a), stateAfter(add(a))),
        failed(3, 4, add(b), 'store_unavailable'),
        changed(5, 6, add(c), stateAfter(add(a), add(b), add(c))),
      ],
    ],
    [
      'a change of unknown outcome that was not kept',
      [
        changed(1, 2, add(a), stateAfter(add(a))),
        failed(3, 4, add(b), 'store_unavailable'),
        changed(5, 6, add(c), stateAfter(add(a), add(c))),
      ],
    ],
    [
      'a change of unknown outcome that was kept, and made the project at a time that nobody was told',
      [
        failed(1, 2, add(a), 'store_unavailable'),
        changed(3, 4, add(b), { ...stateAfter(add(a), add(b)), created_at: EARLIER }),
        read(5, 6, { ...stateAfter(add(a), add(b)), created_at: EARLIER }),
      ],
    ],
    [
      'changes of unknown outcome that were kept, behind the newest revision of an answer',
      [
        changed(1, 2, add(a), stateAfter(add(a))),
        failed(3, 4, add(b), 'store_unavailable'),
        failed(3, 4, drop(a), 'store_unavailable'),
        variant(5, 6, a, null),
        failed(5, 6, drop(a), 'image_not_found'),
        variant(7, 8, b, `thumb of ${b}`),
      ],
    ],
    [
      'a change that was refused because all was busy',
      [failed(1, 2, add(a), 'busy'), changed(3, 4, add(b), stateAfter(add(b)))],
    ],
    [
      'the revision that follows the deletion of a project',
      [
        changed(1, 2, add(a), stateAfter(add(a))),
        changed(3, 6, { type: 'delete_project' }, stateAfter(add(a), { type: 'delete_project' })),
        read(7, 8, null),
        changed(9, 10, add(b), { ...stateAfter(add(b)), revision: 4 }),
      ],
    ],
  ])('of %s is explained', (_, history) => {
    expect(explain(history, NOTHING)).toEqual([])
  })

  it.each<[string, Entry[]]>([
    [
      'a change that is missing from the next one',
      [changed(1, 2, add(a), stateAfter(add(a))), changed(3, 4, add(b), { ...stateAfter(add(b)), revision: 2 })],
    ],
    [
      'two changes that each took the same state for theirs',
      [changed(1, 9, add(a), stateAfter(add(a))), changed(2, 8, add(b), stateAfter(add(b)))],
    ],
    ['a change that was made twice', [changed(1, 2, add(a), { ...stateAfter(add(a), add(a)), revision: 1 })]],
    [
      'a list that is older than what was acknowledged before its request',
      [
        changed(1, 2, add(a), stateAfter(add(a))),
        changed(3, 4, add(b), stateAfter(add(a), add(b))),
        read(5, 6, stateAfter(add(a))),
      ],
    ],
    [
      'a list that goes back behind another',
      [
        changed(1, 9, add(a), stateAfter(add(a))),
        changed(1, 9, add(b), stateAfter(add(a), add(b))),
        read(2, 3, stateAfter(add(a), add(b))),
        read(4, 5, stateAfter(add(a))),
      ],
    ],
    ['a list that no revision had', [changed(1, 2, add(a), stateAfter(add(a))), read(1, 2, stateAfter(add(b)))]],
    ['no project, where there was one all the time', [changed(1, 2, add(a), stateAfter(add(a))), read(3, 4, null)]],
    [
      'a change that came before one that had ended',
      [changed(1, 2, add(b), stateAfter(add(a), add(b))), changed(3, 4, add(a), stateAfter(add(a)))],
    ],
    [
      'a picture that could be read after it was deleted',
      [
        changed(1, 2, add(a), stateAfter(add(a))),
        changed(3, 4, drop(a), stateAfter(add(a), drop(a))),
        variant(5, 6, a, `thumb of ${a}`),
      ],
    ],
    [
      'a picture that was missing before it was deleted',
      [
        changed(1, 2, add(a), stateAfter(add(a))),
        variant(3, 4, a, null),
        changed(5, 6, drop(a), stateAfter(add(a), drop(a))),
      ],
    ],
    ['a picture of other bytes', [changed(1, 2, add(a), stateAfter(add(a))), variant(3, 4, a, `thumb of ${b}`)]],
    [
      'an error that the state gives no reason for',
      [changed(1, 2, add(a), stateAfter(add(a))), failed(3, 4, drop(a), 'image_not_found')],
    ],
    [
      'a revision without a request',
      [
        changed(1, 2, add(a), stateAfter(add(a))),
        changed(3, 4, add(b), { ...stateAfter(add(a), add(b)), revision: 3 }),
      ],
    ],
    [
      'a project of two times of creation, whichever change made it',
      [
        failed(1, 2, add(a), 'store_unavailable'),
        read(3, 4, { ...stateAfter(add(a)), created_at: EARLIER }),
        changed(5, 6, add(b), stateAfter(add(a), add(b))),
      ],
    ],
    ['a refused change that was made', [failed(1, 2, add(a), 'busy'), read(3, 4, stateAfter(add(a)))]],
    [
      'a change of unknown outcome that was made twice',
      [failed(1, 2, add(a), 'store_unavailable'), read(3, 4, { ...stateAfter(add(a), add(a)), revision: 1 })],
    ],
  ])('of %s is not explained', (_, history) => {
    expect(explain(history, NOTHING)).not.toEqual([])
  })
})
