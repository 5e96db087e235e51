// Selects the projects of a collection that a principal sees: those of its list, or those with its tag.
//
// A query finds what `GET /projects?tag=` lists for the owner, so that no stranger places a picture in the collection.
// Its bound counts projects that the reader may see, so that the others neither show nor push any out.

import { accessOf, decideAccess, type Principal } from '../../core/auth/access.ts'
import { type CollectionState, selectingOwner } from '../../core/collections/collection.ts'
import type { ReadableState } from '../../core/project/state.ts'
import type { Position } from '../../core/project-query.ts'
import type { Catalogue } from '../../stores/catalogue/catalogue.ts'
import type { ReadableProjects } from '../projects/readable.ts'

export interface SelectionOptions {
  catalogue: Pick<Catalogue, 'list' | 'changes' | 'refresh'>
  /** Most projects of a query, the first ones by id. */
  maxSelected: number
}

/** @param by without share links. Calls throw TintypeError as {@link Catalogue.list} */
export interface Selection {
  /** Projects that a principal may read: in the order of the list, or by id. Each is read and judged now. */
  visible(collection: CollectionState, by: Principal, readable: ReadableProjects): Promise<ReadableState[]>
  /** Ids of a list, or of a query as the catalogue knows them, and whether the query has found others since. */
  watch(collection: CollectionState, by: Principal): Promise<{ ids: readonly string[]; isOther(): Promise<boolean> }>
}

export const createSelection = ({ catalogue, maxSelected }: SelectionOptions): Selection => {
  const page = (
    { query, ...collection }: CollectionState,
    by: Principal,
    after: Position | undefined,
    limit: number,
  ) =>
    query === undefined
      ? []
      : catalogue.list(selectingOwner(collection), {
          ...{ tags: [query.tag], readableBy: by, after, limit },
          // A game shows no wall at all where it fails.
          isPatient: true,
        })

  const ids = async (collection: CollectionState, by: Principal): Promise<string[]> =>
    (await page(collection, by, undefined, maxSelected)).map(({ id }) => id)

  return {
    async visible(collection, by, readable) {
      if (!collection.query) return readable(collection.projects, by)
      const found: ReadableState[] = []
      for (let after: Position | undefined; ; ) {
        const wanted = maxSelected - found.length
        const positions = await page(collection, by, after, wanted)
        const projects = await readable(
          positions.map(({ id }) => id),
          by,
        )
        const selected = projects.filter((project) => isSelected(collection, project))
        const shown = new Set(selected.map(({ project_id: id }) => id))
        for (const { id } of positions) if (!shown.has(id)) catalogue.refresh(id)
        found.push(...selected)
        after = positions.at(-1)
        if (positions.length < wanted || found.length === maxSelected) return found
      }
    },

    async watch(collection, by) {
      if (!collection.query) return { ids: collection.projects, isOther: async () => false }
      let changes = catalogue.changes()
      const before = await ids(collection, by)
      return {
        ids: before,
        async isOther() {
          if (catalogue.changes() === changes) return false
          changes = catalogue.changes()
          return (await ids(collection, by)).join() !== before.join()
        },
      }
    },
  }
}

const isSelected = (collection: CollectionState, project: ReadableState): boolean =>
  collection.query !== undefined &&
  (project.tags ?? []).includes(collection.query.tag) &&
  decideAccess(selectingOwner(collection), 'list', project.project_id, accessOf(project)) === 'allowed'
