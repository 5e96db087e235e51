// Conditions of changes on revisions that show the same as the present one. Pure.

import type { AssetTerms, ExpectedAsset } from '../../core/project/assets.ts'
import type { ProjectState } from '../../core/project/state.ts'

/** Where changes have conditions on revisions. */
interface Conditional {
  ifRevision?: readonly number[]
  expected?: ExpectedAsset
  terms?: { asset?: AssetTerms }
}

/** The change with conditions on `revision` in place of those on revisions that differ from it by slot tables alone. */
export const conditionsAt = <Change extends Conditional>(
  revision: number,
  { revision: present, shownRevision = present }: Pick<ProjectState, 'revision' | 'shownRevision'>,
  change: Change,
): Change => {
  if (revision !== present || shownRevision === present) return change
  const raised = (revisions: readonly number[]) =>
    revisions.map((each) => (each >= shownRevision && each < revision ? revision : each))
  const expectedAt = (expected: ExpectedAsset | undefined) =>
    typeof expected === 'object' ? { ...expected, revisions: raised(expected.revisions) } : expected
  const { ifRevision, expected, terms } = change
  return {
    ...change,
    ...(ifRevision ? { ifRevision: raised(ifRevision) } : {}),
    ...(expected ? { expected: expectedAt(expected) } : {}),
    ...(terms?.asset
      ? { terms: { ...terms, asset: { ...terms.asset, expected: expectedAt(terms.asset.expected) } } }
      : {}),
  }
}
