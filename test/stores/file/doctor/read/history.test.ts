// The history of a project: faults and gaps between its revisions, from the entries alone.

import { describe, expect, it } from 'vitest'
import { emptyProject } from '../../../../../src/core/project/state.ts'
import { MIN_REVISIONS } from '../../../../../src/stores/file/commit/revision-file.ts'
import {
  faultsBelowHead,
  type HistoryEntry,
  newestIntact,
  newestNumber,
  RESTORED,
  revisionNumberOf,
} from '../../../../../src/stores/file/doctor/read/history.ts'

const revision = (number: number, commits: string[] = ['a']) => ({
  state: { ...emptyProject('shop', '2026-05-04T03:02:01.000Z'), revision: number },
  commits,
  removing: [],
  removingSegments: [],
  droppedSegments: [],
  events: undefined,
})

const intact = (number: number, commits?: string[]): HistoryEntry => ({ number, revision: revision(number, commits) })
const damaged = (number: number): HistoryEntry => ({ number, fault: 'is empty' })
const from = (first: number, count: number) => Array.from({ length: count }, (_, index) => intact(first + index))

const found = (...history: HistoryEntry[]) => faultsBelowHead(history).map(({ kind, number }) => `${kind} ${number}`)

describe('the faults below the head', () => {
  it('are none in a history from revision 1 on', () => {
    expect(found(...from(1, 5))).toEqual([])
    expect(found()).toEqual([])
  })

  it('are damaged and misplaced revisions, newest first', () => {
    const misplaced = { ...damaged(3), misplaced: { revision: revision(9), text: '' } }
    expect(found(intact(1), damaged(2), misplaced, intact(4))).toEqual(['revision_misplaced 3', 'revision_damaged 2'])
  })

  it('are gaps, by the number below the next revision', () => {
    const faults = faultsBelowHead([...from(1, 2), intact(4), intact(8)])
    expect(faults.map(({ number, detail }) => [number, detail])).toEqual([
      [7, 'missing; found none between 4 and 8 (3 missing)'],
      [3, 'missing; found none between 2 and 4'],
    ])
  })

  it('are missing first revisions of a history that is too short to have been pruned', () => {
    expect(found(...from(7, MIN_REVISIONS - 1))).toEqual(['revision_missing 6'])
    expect(found(...from(7, MIN_REVISIONS))).toEqual([])
  })

  it('do not include the gap before a revision that the doctor wrote', () => {
    expect(found(intact(9, [`${RESTORED}x`]), intact(10))).toEqual([])
    expect(found(intact(9, [`${RESTORED}x`, 'a']), intact(10))).toEqual(['revision_missing 8'])
  })

  it('are not reported while the head is damaged', () => {
    expect(found(damaged(1), damaged(2))).toEqual([])
  })
})

describe('the newest revision', () => {
  it('is the last intact one; its number counts damaged ones too', () => {
    const history = [intact(1), intact(2), damaged(3)]
    expect(newestIntact(history)?.state.revision).toBe(2)
    expect(newestNumber(history)).toBe(3)
    expect(newestIntact([damaged(1)])).toBeUndefined()
    expect(newestNumber([])).toBe(0)
  })
})

it.each([
  ['1.json', 1],
  ['120.json', 120],
  ['9007199254740991.json', Number.MAX_SAFE_INTEGER],
  ['9007199254740992.json', undefined],
  ['0.json', undefined],
  ['01.json', undefined],
  ['1.json.tmp', undefined],
  ['-1.json', undefined],
])('a file named %s has the revision number %s', (name, number) => {
  expect(revisionNumberOf(name)).toBe(number)
})
