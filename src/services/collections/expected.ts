// Changes of collections under a condition: on their existence, or on what the principal reads of them.

import type { Principal } from '../../core/auth/access.ts'
import { type CollectionState, presentOf } from '../../core/collections/collection.ts'
import { TintypeError } from '../../core/errors.ts'
import type { CollectionStore } from '../../stores/collections/collections.ts'
import type { ProjectWithCover } from '../projects/projects.ts'

export interface CollectionWithCovers {
  collection: CollectionState
  /** The projects that the principal may see, in the order of the list; those of a query by id. */
  covers: ProjectWithCover[]
}

/**
 * State that a change of a collection requires: its existence, or what the principal reads of it. Checked where the change
 * would succeed without it (RFC 9110 section 13.2.1).
 */
export type ExpectedCollection = 'absent' | 'present' | ((shown: CollectionWithCovers) => boolean)

interface ExpectedChange {
  name: string
  by: Principal
  /** @default any state */
  expected: ExpectedCollection | undefined
  /** See {@link CollectionStore.change}. Also authorizes, before the condition can tell of the collection. */
  change(before: CollectionState | undefined): CollectionState
}

/** @param withCovers reads a collection as a principal sees it */
export const createExpectedChanges = (
  collections: Pick<CollectionStore, 'newest' | 'change'>,
  withCovers: (collection: CollectionState, by: Principal) => Promise<CollectionWithCovers>,
) => {
  /** Whether the newest state is the expected one, and the commit that made it. */
  const judge = async (name: string, by: Principal, isExpected: (shown: CollectionWithCovers) => boolean) => {
    const newest = await collections.newest(name)
    const present = presentOf(newest)
    return { commit: commitOf(newest), isMet: present !== undefined && isExpected(await withCovers(present, by)) }
  }

  /**
   * Changes a collection, and exactly the state that was judged.
   *
   * @throws TintypeError `precondition_failed`; errors of `change` and of {@link CollectionStore.change}
   */
  return async ({ name, by, expected, change }: ExpectedChange): Promise<CollectionState | undefined> => {
    for (;;) {
      const judged = typeof expected === 'function' ? await judge(name, by, expected) : undefined
      let isOvertaken = false
      const after = await collections.change(name, (before) => {
        const next = change(before)
        isOvertaken = judged !== undefined && judged.commit !== commitOf(before)
        if (isOvertaken) return before
        const isPresent = presentOf(before) !== undefined
        const isMet = judged?.isMet ?? (expected === undefined || isPresent === (expected === 'present'))
        if (!isMet) throw unexpected(name, isPresent)
        return next
      })
      if (!isOvertaken) return after
    }
  }
}

/** Token of the writer of a state, which no other state has. */
const commitOf = (state: CollectionState | undefined): string | undefined => state?.commits?.at(-1)

const unexpected = (name: string, isPresent: boolean): TintypeError =>
  new TintypeError(
    'precondition_failed',
    isPresent
      ? `Collection "${name}" is not, or no longer, as the request expects it.`
      : `Expected an existing collection "${name}" (If-Match), there is none.`,
  )
