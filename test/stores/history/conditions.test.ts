// Conditions of changes on revisions that show the same.

import { expect, it } from 'vitest'
import type { ProjectChange } from '../../../src/core/project/changes.ts'
import { conditionsAt } from '../../../src/stores/history/conditions.ts'

const IMAGE_ID = '0'.repeat(20)

/** Changes with a condition on these revisions. */
const changesAt = (revisions: readonly number[]): ProjectChange[] => {
  const expected = { imageIds: [], revisions }
  return [
    { type: 'delete_asset', name: 'logo', expected },
    { type: 'add_pending', pendingId: IMAGE_ID, atMs: 0, terms: { maxImages: 3, asset: { name: 'logo', expected } } },
    { type: 'edit', title: 'New', ifRevision: revisions },
  ]
}

it('are on the present revision in place of those since which slot tables alone were added', () => {
  const state = { revision: 7, shownRevision: 5 }
  const at = changesAt([4, 5, 6, 7, 8]).map((change) => conditionsAt(7, state, change))
  expect(at).toEqual(changesAt([4, 7, 7, 7, 8]))
})

it('stay as they are where there is none of those, and behind another change of the same commit', () => {
  const changes = [...changesAt([6]), { type: 'create_project', expected: 'absent' } as const]
  for (const change of changes) {
    expect(conditionsAt(7, { revision: 7 }, change)).toBe(change)
    expect(conditionsAt(8, { revision: 7, shownRevision: 5 }, change)).toBe(change)
  }
  const last = { type: 'create_project', expected: 'absent' } as const
  expect(conditionsAt(7, { revision: 7, shownRevision: 5 }, last)).toEqual(last)
})
